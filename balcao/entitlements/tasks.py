"""Jobs of this room."""

from datetime import datetime

from balcao.entitlements import actions
from balcao.events.registry import task


@task("entitlements.plan", outside=True)
def plan(*, now: datetime, **_data: object) -> None:
    """Plan when ends are foretold under the new policy, in several short transactions."""
    actions.plan_all(now)
    actions.plan_prepaid(now)
