"""The jobs that follow from events of tickets."""

from datetime import datetime

from balcao.appointments import actions
from balcao.events.registry import task


@task("appointments.follow")
def follow(*, now: datetime, subject: int, **_data: object) -> None:
    """A ticket went on by another way than its appointment: that is over, too."""
    actions.follow(now=now, ticket_id=subject)
