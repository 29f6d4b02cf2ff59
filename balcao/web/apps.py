from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "balcao.web"
    label = "web"
