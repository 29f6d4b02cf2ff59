from datetime import datetime

from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "balcao.sales"
    label = "sales"

    def ready(self) -> None:
        from balcao.entitlements.actions import imports
        from balcao.events import registry
        from balcao.lib.columns import Kind
        from balcao.sales import (
            actions,
            tasks,  # noqa: F401 - offers its task to the queue
        )
        from balcao.sales.actions.importing import oneoff_row
        from balcao.sales.queries.taking_along import PARTS
        from balcao.sales.reactions import REACTIONS
        from balcao.tickets.queries.taking_along import also

        def look(now: datetime) -> None:
            actions.run_enquiries(now)
            actions.run_orders(now)

        def tidy(now: datetime) -> None:
            if now.minute == 17 and now.second == 0:
                actions.forget_enquiries(now)

        registry.react(REACTIONS)
        registry.tick("sales", look)
        registry.tick("sales.tidy", tidy)
        imports(Kind.ONEOFFS, oneoff_row)
        for part in PARTS:
            also(part)
