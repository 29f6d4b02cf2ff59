from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "balcao.notifications"
    label = "notifications"

    def ready(self) -> None:
        from balcao.events.registry import react
        from balcao.notifications import tasks  # noqa: F401 - offers its tasks to the queue
        from balcao.notifications.reactions import REACTIONS

        react(REACTIONS)
