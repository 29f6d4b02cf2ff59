from django.apps import AppConfig


class ServerConfig(AppConfig):
    name = "balcao.server"
    label = "server"
