from datetime import datetime

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "balcao.people"
    label = "people"

    def ready(self) -> None:
        from balcao.events import registry
        from balcao.people import (
            actions,
            tasks,  # noqa: F401 - offers its tasks to the queue
        )
        from balcao.people.actions import sessions

        def sweep(now: datetime) -> None:
            # Once an hour is plenty, and a beat that falls out is made up by the next.
            if (now.minute, now.second) == (0, 0):
                sessions.sweep(now)

        registry.tick("people", actions.apply_due)

        def invite(now: datetime) -> None:
            actions.send_invitations(now)

        registry.tick("people.sweep", sweep)
        registry.tick("people.invitations", invite)
