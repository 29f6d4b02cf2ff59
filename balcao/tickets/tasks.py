"""The jobs that follow from events of other rooms."""

from datetime import datetime

from balcao.events.registry import task
from balcao.tickets import actions


@task("tickets.hand_over")
def hand_over(*, now: datetime, subject: int, organisation: int, to: int, **_data: object) -> None:
    """Somebody leaves: their open tickets in the organisation go on with a colleague."""
    actions.hand_over(now=now, organisation_id=organisation, from_id=subject, to_id=to)
