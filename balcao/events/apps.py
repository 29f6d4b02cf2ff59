from datetime import datetime, timedelta

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "balcao.events"
    label = "events"

    def ready(self) -> None:
        from balcao.events import actions, registry

        def sweep(now: datetime) -> None:
            # Once a minute is plenty, and a beat that falls out is made up by the next.
            if now.second == 0:
                actions.sweep(now, keep_done=timedelta(days=7))

        registry.tick("events.sweep", sweep)
