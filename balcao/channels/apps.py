from datetime import datetime

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "balcao.channels"
    label = "channels"

    def ready(self) -> None:
        from balcao.channels import tasks  # noqa: F401 - offers its tasks to the queue
        from balcao.channels.actions import kept
        from balcao.events import registry

        def tidy(now: datetime) -> None:
            if now.second == 0:
                kept.purge(now)

        registry.tick("channels.tidy", tidy)
