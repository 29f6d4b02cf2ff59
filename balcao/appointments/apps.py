from datetime import datetime

from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "balcao.appointments"
    label = "appointments"

    def ready(self) -> None:
        from balcao.appointments import actions, tasks  # noqa: F401 - offers its task to the queue
        from balcao.appointments.reactions import REACTIONS
        from balcao.events import registry

        def look(now: datetime) -> None:
            actions.remind(now)

        registry.react(REACTIONS)
        registry.tick("appointments", look)
