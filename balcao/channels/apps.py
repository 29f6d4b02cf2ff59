from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "balcao.channels"
    label = "channels"

    def ready(self) -> None:
        from balcao.channels import tasks  # noqa: F401 - offers its tasks to the queue
