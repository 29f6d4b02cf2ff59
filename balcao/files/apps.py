from datetime import datetime, timedelta

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "balcao.files"
    label = "files"

    def ready(self) -> None:
        from balcao.events import registry
        from balcao.events.actions import spend
        from balcao.files import actions, tasks  # noqa: F401 - offers its tasks to the queue

        def tidy(now: datetime) -> None:
            # Once a day, whatever the number of nodes that tick.
            if now.second == 0 and spend("files.tidy", limit=1, window=timedelta(days=1), now=now):
                actions.discard_partials(now=now)
                actions.discard_orphans(now=now)

        registry.tick("files.tidy", tidy)
