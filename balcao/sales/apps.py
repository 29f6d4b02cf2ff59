from datetime import datetime

from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "balcao.sales"
    label = "sales"

    def ready(self) -> None:
        from balcao.events import registry
        from balcao.sales import actions

        def look(now: datetime) -> None:
            actions.run_enquiries(now)

        registry.tick("sales.enquiries", look)
