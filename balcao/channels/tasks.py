"""The jobs of the channels."""

from datetime import datetime, timedelta

from balcao.channels import delivery, intake
from balcao.channels.actions import testing
from balcao.events.registry import Later, task


@task("channels.judge", outside=True)
def judge(*, now: datetime, inbound_id: int) -> None:
    """Judge one kept message. Outside: the ticket action it calls opens its own transaction."""
    try:
        intake.judge(inbound_id, now=now)
    except OSError as error:
        # A disk that is full now has room some day; a mail we said yes to waits for it (Q3).
        raise Later(timedelta(minutes=1)) from error


@task("channels.test_account", outside=True)
def test_account(*, now: datetime, name: str, mark: str) -> None:
    """Send an account a mail to itself."""
    delivery.send_test(name, mark, now=now)


@task("channels.test_overdue")
def test_overdue(*, now: datetime, mark: str) -> None:
    """Its time is over; nothing happens when it came back."""
    testing.test_failed(mark, words=testing.LATE, now=now)


@task("channels.send", outside=True)
def send(*, now: datetime, delivery_id: int) -> None:
    """Give one mail to the next server."""
    delivery.send(delivery_id, now=now)
