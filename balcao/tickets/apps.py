from datetime import datetime

from django.apps import AppConfig

WATCH_SECONDS = 20
"""How often the access log is looked at."""


class TicketsConfig(AppConfig):
    name = "balcao.tickets"
    label = "tickets"

    def ready(self) -> None:
        from balcao.events import registry
        from balcao.tickets import actions, tasks  # noqa: F401 - offers its tasks to the queue
        from balcao.tickets.queries.evidence import WITNESSES
        from balcao.tickets.reactions import REACTIONS

        def look(now: datetime) -> None:
            actions.raise_deadlines(now)
            actions.run_due(now)
            actions.run_questions(now)
            actions.run_overrides(now)
            actions.run_absences(now)

        def watch(now: datetime) -> None:
            if now.second % WATCH_SECONDS == 0:
                actions.watch_access(now)

        def tidy(now: datetime) -> None:
            if now.second == 0:
                actions.tidy_exports(now)
            # Twice an hour is plenty, and a beat that falls out is made up by the next.
            if now.minute in (7, 37) and now.second == 0:
                actions.tidy_writing(now)
                actions.forget_drafts(now)

        registry.tick("tickets", look)
        registry.tick("tickets.tidy", tidy)
        registry.tick("tickets.access", watch)
        for one in WITNESSES:
            registry.witness(one)
        registry.react(REACTIONS)
