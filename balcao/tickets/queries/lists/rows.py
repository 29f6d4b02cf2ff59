"""What a list reads of a ticket, in one statement for a page of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet

from balcao.tickets.models import Ticket

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class TicketRow:
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


def read(tickets: QuerySet[Ticket]) -> list[TicketRow]:
    """One row more than a page holds, where there is one. One statement."""
    found: list[tuple[Any, ...]] = list(tickets.values_list(*_COLUMNS.values())[: PAGE_SIZE + 1])
    return [_row(values) for values in found]


def _row(values: tuple[Any, ...]) -> TicketRow:
    columns = dict(zip(_COLUMNS, values, strict=True))
    columns["assignee"] = columns["assignee"] or ""
    return TicketRow(**columns, position=None)
