"""What a list reads of a ticket, in one statement for a page of them."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Expression,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from balcao.events.statements import Slot, Statement, among
from balcao.policy import routing
from balcao.policy.book import QueueOrder
from balcao.policy.lifecycle import State
from balcao.tickets.models import Ticket

PAGE_SIZE = 50


class TicketRow(NamedTuple):
    """A ticket in a list. Moments are aware UTC; ``position`` is its place in its own queue, in the
    queue view.
    """

    id: int
    number: str
    subject: str
    organisation: str
    organisation_id: int
    opener: str
    door: str
    state: str
    queue: str
    queue_id: int
    service: str
    assignee: str
    assignee_id: int | None
    claimed_until: datetime | None
    slot_at: datetime | None
    submitted_at: datetime
    changed_at: datetime
    message_count: int
    thanked: bool
    start_due: datetime | None
    start_met: datetime | None
    start_warn: datetime | None
    resolution_due: datetime | None
    resolution_met: datetime | None
    resolution_warn: datetime | None
    paused: bool
    position: int | None


# In the order of the row's fields.
_COLUMNS = {
    "id": "pk",
    "number": "number",
    "subject": "subject",
    "organisation": "organisation__name",
    "organisation_id": "organisation_id",
    "opener": "opener__name",
    "door": "door",
    "state": "state",
    "queue": "queue__name",
    "queue_id": "queue_id",
    "service": "service__name",
    "assignee": "assignee__name",
    "assignee_id": "assignee_id",
    "claimed_until": "claimed_until",
    "slot_at": "slot_at",
    "submitted_at": "submitted_at",
    "changed_at": "changed_at",
    "message_count": "message_count",
    "thanked": "thanked",
    "start_due": "start__due_at",
    "start_met": "start__met_at",
    "start_warn": "start__warn_at",
    "resolution_due": "resolution__due_at",
    "resolution_met": "resolution__met_at",
    "resolution_warn": "resolution__warn_at",
    "paused": "resolution__paused",
}


def with_deadlines(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """The tickets with their two deadlines joined as ``start`` and ``resolution``."""
    return tickets.annotate(
        start=FilteredRelation("deadlines", condition=Q(deadlines__kind="start")),
        resolution=FilteredRelation("deadlines", condition=Q(deadlines__kind="resolution")),
    )


def read(ids: list[int], *, places: QueueOrder | None = None) -> list[TicketRow]:
    """The rows of at most a page of tickets, in their order; with ``position_of`` each, in a line
    of the order ``places``, if wanted.

    One statement, and always the same: which tickets they are, each list has asked with one of its
    own. Together they cost the database a fraction of one with all its joins.
    """
    # Always as many values, so that its plan is kept.
    asked = (*ids, *ids[-1:] * (PAGE_SIZE - len(ids)))
    found = {row[0]: _row(row) for row in (_PLACED[places] if places else _PLAIN).rows(asked)}
    return [found[pk] for pk in ids]


def _row(values: tuple[Any, ...]) -> TicketRow:
    row = TicketRow._make(values)
    return row if row.assignee else row._replace(assignee="")


def _details(ids: list[Slot], *, place: Expression) -> QuerySet[Any, Any]:
    rows = with_deadlines(Ticket.objects.filter(among("pk", ids)))
    return rows.values_list(*_COLUMNS.values(), place)


def _place(order: QueueOrder) -> Expression:
    """``position_of`` of a row: itself and what stands before it in its queue; none once started.

    What is counted is the whole line, so that a filter, a later page or what the reader does not
    see changes nobody's place.
    """
    waiting = Ticket.objects.filter(queue=OuterRef("queue"), state=State.OPEN.value)
    first, *more = routing.line(order)
    before = waiting.filter((f"{first}__lte", OuterRef(first)))
    same = {first: OuterRef(first)}
    for column in more:
        before = before.exclude(**same, **{f"{column}__gt": OuterRef(column)})
        same[column] = OuterRef(column)
    count = before.order_by().values("queue").annotate(place=Count("pk")).values("place")
    return Case(When(state=State.OPEN.value, then=Subquery(count)), default=None)


_PLAIN = Statement(
    lambda ids: _details(ids, place=Value(None, output_field=BigIntegerField())), int
)


def _placed(order: QueueOrder) -> Statement:
    return Statement(lambda ids: _details(ids, place=_place(order)), int)


_PLACED = {order: _placed(order) for order in routing.LINES}
