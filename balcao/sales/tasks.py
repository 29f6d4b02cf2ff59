"""Jobs of this room."""

from datetime import datetime

from balcao.events.registry import task
from balcao.sales import actions


@task("sales.plan", outside=True)
def plan(*, now: datetime, **_data: object) -> None:
    """Plan when buyers are reminded under the new policy, in several short transactions."""
    actions.plan_orders(now)
