"""The jobs of the channels."""

from datetime import datetime

from balcao.channels import delivery, intake
from balcao.events.registry import task


@task("channels.judge", outside=True)
def judge(*, now: datetime, inbound_id: int) -> None:
    """Judge one kept message. Outside: the ticket action it calls opens its own transaction."""
    intake.judge(inbound_id, now=now)


@task("channels.send", outside=True)
def send(*, now: datetime, delivery_id: int) -> None:
    """Give one mail to the next server."""
    delivery.send(delivery_id, now=now)
