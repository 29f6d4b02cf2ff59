from datetime import datetime

from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "balcao.appointments"
    label = "appointments"

    def ready(self) -> None:
        from balcao.appointments import actions, tasks  # noqa: F401 - offers its task to the queue
        from balcao.appointments.queries.taking_along import PARTS
        from balcao.appointments.reactions import REACTIONS
        from balcao.events import registry
        from balcao.tickets.queries.taking_along import also

        def look(now: datetime) -> None:
            actions.remind(now)

        def tidy(now: datetime) -> None:
            if now.minute == 23 and now.second == 0:
                actions.forget_words(now)

        registry.react(REACTIONS)
        registry.tick("appointments", look)
        registry.tick("appointments.tidy", tidy)
        for part in PARTS:
            also(part)
