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

        registry.tick("people", actions.apply_due)
