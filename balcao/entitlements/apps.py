from datetime import datetime

from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    name = "balcao.entitlements"
    label = "entitlements"

    def ready(self) -> None:
        from balcao.entitlements import (
            actions,
            tasks,  # noqa: F401 - offers its task to the queue
        )
        from balcao.entitlements.reactions import REACTIONS
        from balcao.events import registry

        def look(now: datetime) -> None:
            actions.foretell_ends(now)
            actions.run_prepaid(now)

        registry.react(REACTIONS)
        registry.tick("entitlements", look)
