from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "balcao.notifications"
    label = "notifications"
