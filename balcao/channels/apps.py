from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "balcao.channels"
    label = "channels"
