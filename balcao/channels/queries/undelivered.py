"""How our mail stands: what went out about a ticket, and what did not arrive."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from balcao.channels.models import Delivery, DeliveryState
from balcao.policy.access import Actor, Duty, Permission, can, may

LIST_SIZE = 50


@dataclass(frozen=True, slots=True)
class FailedRow:
    """One of them. ``subject`` is for those who see every ticket. ``secret``: it cannot be sent
    again, because its text is gone.
    """

    id: int
    recipient: str
    subject: str
    ticket: str
    answer: str
    attempts: int
    failed_at: datetime | None
    secret: bool


def undelivered(actor: Actor) -> QuerySet[Delivery]:
    """What failed and nobody has seen to, for those whose duty it is to look."""
    rows = Delivery.objects.filter(state=DeliveryState.FAILED, settled_at=None)
    return rows if may(actor, Duty.VIEW_UNDELIVERED) else rows.none()


def page_of(actor: Actor, *, after: int | None = None) -> tuple[tuple[FailedRow, ...], int | None]:
    """One page, the newest first, and the id after which the next begins. One statement."""
    rows = undelivered(actor).select_related("ticket").order_by("-pk")
    if after is not None:
        rows = rows.filter(pk__lt=after)
    seen = can(actor, Permission.VIEW, None)
    found = [_row(row, seen=seen) for row in rows[: LIST_SIZE + 1]]
    more = found[LIST_SIZE - 1].id if len(found) > LIST_SIZE else None
    return tuple(found[:LIST_SIZE]), more


def _row(row: Delivery, *, seen: bool) -> FailedRow:
    return FailedRow(
        id=row.pk,
        recipient=row.recipient,
        subject=row.subject if seen else "",
        ticket=row.ticket.number if row.ticket else "",
        answer=row.answer,
        attempts=row.attempts,
        failed_at=row.failed_at,
        secret=bool(row.headers.get("secret")),
    )


@dataclass(frozen=True, slots=True)
class SentRow:
    """One mail about a ticket to one recipient. ``answer``: the server's last words, if any."""

    recipient: str
    subject: str
    state: str
    answer: str
    at: datetime


def sent_about(ticket_id: int) -> tuple[SentRow, ...]:
    """The newest mails about a ticket, one row a recipient; its reader was let in before. One
    statement.
    """
    rows = Delivery.objects.filter(ticket=ticket_id).order_by("-pk")[:LIST_SIZE]
    return tuple(
        SentRow(
            recipient=row.recipient,
            subject=row.subject,
            state=row.state,
            answer=row.answer if row.state != DeliveryState.SENT else "",
            at=row.failed_at or row.sent_at or row.created_at,
        )
        for row in rows
    )
