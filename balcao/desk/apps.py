from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "balcao.desk"
    label = "desk"
