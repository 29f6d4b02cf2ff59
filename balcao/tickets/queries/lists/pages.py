"""One page of a list, and the cursor that leads to the next."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from balcao.events.statements import Slot, Statement, among
from balcao.policy import sla
from balcao.policy.access import Actor
from balcao.policy.book import QueueOrder
from balcao.policy.lifecycle import State
from balcao.tickets.models import Ticket
from balcao.tickets.queries.access import in_queues_alone, of_own_alone, of_person, visible_to
from balcao.tickets.queries.lists.filters import ANY, TicketFilter, narrowed
from balcao.tickets.queries.lists.order import Order, Sorting
from balcao.tickets.queries.lists.rows import PAGE_SIZE, TicketRow, read
from balcao.tickets.queries.lists.views import OPEN, View, in_view, viewed


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a keyset-paged list; ``after`` is the cursor of the next, None at the end."""

    rows: tuple[TicketRow, ...]
    after: str | None
    first: bool


def order_in(view: View, wanted: Order | None) -> Order:
    """The order of ``view``: the wanted one, but the queue keeps its own (S30)."""
    return Order.SUBMITTED if view is View.QUEUE or wanted is None else wanted


def desk_list(
    actor: Actor,
    view: View,
    *,
    now: datetime,
    timezone: str,
    only: TicketFilter = ANY,
    order: Order | None = None,
    cursor: str | None = None,
    line: QueueOrder = "fifo",
) -> Page:
    """One page of a desk view: oldest submission first (S30), the done ones newest first, the queue
    in the order of its ``line`` (R24).

    Two statements.
    """
    chosen = order_in(view, order)
    newest_first = chosen is Order.CHANGED or (chosen is Order.SUBMITTED and view is View.DONE)
    sorting, places = Sorting(chosen, newest_first), None
    if view is View.QUEUE:
        sorting, places = Sorting(chosen, line=line), line
    queues = in_queues_alone(actor)
    if queues and only == ANY and sorting.read(cursor) is None:
        # An agent's, which is the desk's first page.
        first = _first_of(view, sorting).rows(actor.id, sla.day_ends(now, timezone), queues)
        return _page([pk for (pk,) in first], sorting, cursor, places=places)
    tickets = narrowed(in_view(actor, view, now=now, timezone=timezone), only, now=now)
    return _page(list(_ids(tickets, sorting, cursor)), sorting, cursor, places=places)


@lru_cache(maxsize=len(View) * len(Order))
def _first_of(view: View, sorting: Sorting) -> Statement:
    """The ids of a view's first page, of the tickets of some queues."""

    def build(person: Slot, today_ends: Slot, queues: list[Slot]) -> QuerySet[Any, Any]:
        tickets = Ticket.objects.filter(among("queue", queues))
        shown = viewed(tickets, view, person=person, today_ends=today_ends)
        return _ids(shown, sorting, None)

    return Statement(build, int, datetime, int)


def customer_list(
    actor: Actor, *, open_only: bool = False, others: bool = False, cursor: str | None = None
) -> Page:
    """The customer's tickets, newest first. ``others``: only those that colleagues opened.

    A one-off is among them once its problem was described; before that ``oneoffs_of`` has it.
    """
    organisations = of_own_alone(actor)
    if organisations and _NEWEST.read(cursor) is None:
        # Of somebody who sees what they take part in, as most do.
        first = _first_of_own(open_only, others).rows(actor.id, organisations)
        return _page([pk for (pk,) in first], _NEWEST, cursor)
    tickets = visible_to(actor).filter(organisation__in=actor.organisations)
    tickets = _shown(tickets, actor.id, open_only=open_only, others=others)
    return _page(list(_ids(tickets, _NEWEST, cursor)), _NEWEST, cursor)


_NEWEST = Sorting(Order.SUBMITTED, newest_first=True)


@lru_cache(maxsize=4)
def _first_of_own(open_only: bool, others: bool) -> Statement:
    """The ids of the first page of a customer's tickets."""

    def build(person: Slot, organisations: list[Slot]) -> QuerySet[Any, Any]:
        tickets = Ticket.objects.filter(among("organisation", organisations), of_person(person))
        shown = _shown(tickets, person, open_only=open_only, others=others)
        return _ids(shown, _NEWEST, None)

    return Statement(build, int, int)


def _shown(
    tickets: QuerySet[Ticket], person: int | Slot | None, *, open_only: bool, others: bool
) -> QuerySet[Ticket]:
    if not open_only:
        tickets = tickets.exclude(state=State.SOLD.value)
    if others:
        tickets = tickets.exclude(opener=person)
    return tickets.filter(state__in=OPEN) if open_only else tickets


def _ids(tickets: QuerySet[Ticket], sorting: Sorting, cursor: str | None) -> QuerySet[Any, Any]:
    """One more than a page holds, where there is one."""
    return sorting.apply(tickets, cursor).values_list("pk", flat=True)[: PAGE_SIZE + 1]


def _page(
    ids: list[int], sorting: Sorting, cursor: str | None, *, places: QueueOrder | None = None
) -> Page:
    rows = tuple(read(ids[:PAGE_SIZE], places=places))
    more = len(ids) > PAGE_SIZE
    return Page(rows, sorting.cursor(rows[-1]) if more else None, sorting.read(cursor) is None)
