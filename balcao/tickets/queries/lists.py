"""Lists of tickets as plain rows: only the columns a page shows, one statement a page."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import FilteredRelation, Q, QuerySet

from balcao.policy import routing
from balcao.policy.access import Actor, Permission
from balcao.policy.lifecycle import OPEN_STATES, State
from balcao.tickets.models import Ticket
from balcao.tickets.queries.access import visible_to

PAGE_SIZE = 50
COUNT_CAP = 100
_OPEN = sorted(state.value for state in OPEN_STATES)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class View(StrEnum):
    """The desk's views. Values are part of addresses."""

    QUEUE = "fila"
    MINE = "meus"
    UNASSIGNED = "sem-responsavel"
    WAITING = "aguardando-cliente"
    OPEN = "abertos"
    DONE = "resolvidos"


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket in a list. Moments are aware UTC; ``position`` counts from 1 in the queue view."""

    id: int
    number: str
    subject: str
    organisation: str
    opener: str
    door: str
    state: str
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


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a keyset-paged list; ``older`` and ``newer`` are cursors, or None at an end."""

    rows: tuple[TicketRow, ...]
    after: str | None
    first: bool


_COLUMNS = {
    "id": "pk",
    "number": "number",
    "subject": "subject",
    "organisation": "organisation__name",
    "opener": "opener__name",
    "door": "door",
    "state": "state",
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


def _rows(tickets: QuerySet[Ticket]) -> QuerySet[Ticket, tuple[Any, ...]]:
    return tickets.annotate(
        start=FilteredRelation("deadlines", condition=Q(deadlines__kind="start")),
        resolution=FilteredRelation("deadlines", condition=Q(deadlines__kind="resolution")),
    ).values_list(*_COLUMNS.values())


def _page(
    tickets: QuerySet[Ticket], *, cursor: str | None, newest_first: bool, places: bool
) -> Page:
    key = _read_cursor(cursor)
    before = key[2] if key else 0
    if key:
        moment, pk, _ = key
        side = "lt" if newest_first else "gt"
        tickets = tickets.filter(
            Q(**{f"submitted_at__{side}": moment}) | Q(submitted_at=moment, **{f"pk__{side}": pk})
        )
    order = [f"-{field}" for field in routing.FIFO] if newest_first else routing.FIFO
    found = list(_rows(tickets.order_by(*order))[: PAGE_SIZE + 1])
    rows = tuple(
        _row(values, position=before + place if places else None)
        for place, values in enumerate(found[:PAGE_SIZE], start=1)
    )
    more = len(found) > PAGE_SIZE
    after = _write_cursor(rows[-1], before + len(rows)) if more else None
    return Page(rows=rows, after=after, first=key is None)


def _row(values: tuple[Any, ...], *, position: int | None) -> TicketRow:
    columns = dict(zip(_COLUMNS, values, strict=True))
    columns["assignee"] = columns["assignee"] or ""
    return TicketRow(**columns, position=position)


def _write_cursor(row: TicketRow, place: int) -> str:
    micros = (row.submitted_at - _EPOCH) // timedelta(microseconds=1)
    return f"{micros}-{row.id}-{place}"


def _read_cursor(cursor: str | None) -> tuple[datetime, int, int] | None:
    """The position a cursor names; a cursor nobody made starts at the beginning."""
    parts = (cursor or "").split("-")
    if len(parts) != 3 or not all(part.isdecimal() and len(part) < 18 for part in parts):
        return None
    try:
        moment = _EPOCH + timedelta(microseconds=int(parts[0]))
    except OverflowError:
        return None
    return moment, int(parts[1]), int(parts[2])


def _view(actor: Actor, view: View) -> QuerySet[Ticket]:
    tickets = visible_to(actor)
    match view:
        case View.QUEUE:
            return tickets.filter(state=State.OPEN.value)
        case View.MINE:
            return tickets.filter(assignee=actor.id, state__in=_OPEN)
        case View.UNASSIGNED:
            return tickets.filter(assignee=None, state__in=_OPEN)
        case View.WAITING:
            return tickets.filter(state=State.WAITING_CUSTOMER.value)
        case View.OPEN:
            return tickets.filter(state__in=_OPEN)
        case View.DONE:
            return tickets.exclude(state__in=_OPEN)


def desk_list(actor: Actor, view: View, *, cursor: str | None = None) -> Page:
    """One page of a desk view: oldest submission first (S30), the done ones newest first."""
    return _page(
        _view(actor, view),
        cursor=cursor,
        newest_first=view is View.DONE,
        places=view is View.QUEUE,
    )


def customer_list(
    actor: Actor, *, open_only: bool = False, others: bool = False, cursor: str | None = None
) -> Page:
    """The customer's tickets, newest first. ``others``: only those that colleagues opened."""
    tickets = visible_to(actor).filter(organisation__in=actor.organisations)
    if others:
        tickets = tickets.exclude(opener=actor.id)
    if open_only:
        tickets = tickets.filter(state__in=_OPEN)
    return _page(tickets, cursor=cursor, newest_first=True, places=False)


def counts_for(actor: Actor) -> dict[View, int]:
    """How many tickets each open view holds, in one statement, counted to COUNT_CAP at most."""
    views = [view for view in View if view is not View.DONE]
    parts: list[str] = []
    params: list[Any] = []
    for view in views:
        rows = _view(actor, view).order_by().values("pk")[:COUNT_CAP]
        try:
            sql, values = rows.query.sql_with_params()
        except EmptyResultSet:
            # Django knows without asking: this actor reaches no ticket at all.
            parts.append("0")
            continue
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608 - compiled SQL
        params.extend(values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        found = cursor.fetchone()
    return dict(zip(views, found, strict=True))


def claimable(now: datetime) -> Q:
    """``routing.may_claim`` as a filter (a test holds the two together)."""
    free = Q(assignee=None) | Q(claimed_until__lte=now)
    return Q(state=State.OPEN.value) & free


def waiting_for(actor: Actor, *, now: datetime) -> QuerySet[Ticket]:
    """What "Atender próximo" takes from: what may be claimed in my queues, in order (S30)."""
    return visible_to(actor, Permission.TAKE_NEXT).filter(claimable(now)).order_by(*routing.FIFO)


def position_of(ticket: Ticket) -> int | None:
    """The ticket's place in its queue: those submitted before it and not yet started, plus one."""
    if ticket.state != State.OPEN.value:
        return None
    before = Ticket.objects.filter(queue=ticket.queue_id, state=State.OPEN.value).filter(
        Q(submitted_at__lt=ticket.submitted_at)
        | Q(submitted_at=ticket.submitted_at, pk__lt=ticket.pk)
    )
    return routing.position(before.count())
