from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "balcao.people"
    label = "people"

    def ready(self) -> None:
        from balcao.people import tasks  # noqa: F401 - offers its tasks to the queue
