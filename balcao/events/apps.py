from datetime import datetime, timedelta

from django.apps import AppConfig

SEAL_SECONDS = 10
"""How long a row may wait for its seal, about."""


class EventsConfig(AppConfig):
    name = "balcao.events"
    label = "events"

    def ready(self) -> None:
        from balcao.events import actions, registry, sealing, tasks  # noqa: F401 - offers its task

        def sweep(now: datetime) -> None:
            # Once a minute is plenty, and a beat that falls out is made up by the next.
            if now.second == 0:
                actions.sweep(now, keep_done=timedelta(days=7))

        def seal(now: datetime) -> None:
            if now.second % SEAL_SECONDS == 0:
                sealing.seal_due(now)

        def check(now: datetime) -> None:
            # Once a day, whatever the number of nodes that tick.
            day = timedelta(days=1)
            if now.second == 0 and actions.spend("events.verify", limit=1, window=day, now=now):
                actions.enqueue("events.verify", now=now)

        registry.tick("events.sweep", sweep)
        registry.tick("events.check", check)
        registry.tick("events.seal", seal)
