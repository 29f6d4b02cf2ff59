"""The line (S30): who is next, and each ticket's place in its own queue."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from balcao.events.statements import Counts, Slot
from balcao.policy import routing
from balcao.policy.access import Actor, Permission
from balcao.policy.book import QueueOrder
from balcao.policy.lifecycle import State
from balcao.tickets.models import Skip, Ticket
from balcao.tickets.queries.access import visible_to


def claimable(now: datetime) -> Q:
    """``routing.may_claim`` as a filter (a test holds the two together)."""
    free = Q(assignee=None) | Q(claimed_until__lte=now)
    return Q(state=State.OPEN.value) & free


def passed_over(actor: Actor, *, now: datetime, timezone: str) -> QuerySet[Skip, int]:
    """Tickets for which ``routing.may_be_given`` says no to ``actor`` (a test holds the two
    together).
    """
    today = Skip.objects.filter(agent=actor.id, at__gte=routing.day_began(now, timezone))
    return today.values_list("ticket_id", flat=True)


def waiting_for(
    actor: Actor, *, now: datetime, timezone: str, order: QueueOrder
) -> QuerySet[Ticket]:
    """What "Atender próximo" takes from: what may be claimed in my queues and was not passed over
    by me today, in order (S30, R24).
    """
    skipped = passed_over(actor, now=now, timezone=timezone)
    line = visible_to(actor, Permission.TAKE_NEXT).filter(claimable(now)).exclude(pk__in=skipped)
    return line.order_by(*routing.line(order))


def position_of(ticket: Ticket, *, order: QueueOrder) -> int | None:
    """The ticket's place in its queue: those not yet started that the order puts before it, plus
    one.
    """
    if ticket.state != State.OPEN.value:
        return None
    values = [getattr(ticket, column) for column in routing.LINES[order]]
    [(before,)] = _BEFORE[order].rows(ticket.queue_id, ticket.submitted_at, ticket.pk, *values)
    return routing.position(before)


def _before(columns: Sequence[str]) -> Counts:
    """How many of a queue these columns, and then the time, put before one ticket."""

    def build(queue: Slot, submitted: Slot, pk: Slot, *values: Slot) -> Sequence[QuerySet[Ticket]]:
        rows = Ticket.objects.filter(queue=queue, state=State.OPEN.value)
        earlier = Q(submitted_at__lt=submitted) | Q(submitted_at=submitted, pk__lt=pk)
        for column, value in zip(columns, values, strict=True):
            rows = rows.filter((f"{column}__lte", value))
            earlier |= Q((f"{column}__lt", value))
        return [rows.filter(earlier)]

    return Counts(build, int, datetime, int, *[datetime for _ in columns])


_BEFORE = {order: _before(columns) for order, columns in routing.LINES.items()}
