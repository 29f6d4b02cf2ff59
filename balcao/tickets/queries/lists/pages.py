"""One page of a list, and the cursor that leads to the next."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from balcao.policy.access import Actor
from balcao.policy.lifecycle import State
from balcao.tickets.models import Ticket
from balcao.tickets.queries.access import visible_to
from balcao.tickets.queries.lists.filters import ANY, TicketFilter, narrowed
from balcao.tickets.queries.lists.order import Order, Sorting
from balcao.tickets.queries.lists.rows import PAGE_SIZE, TicketRow, read
from balcao.tickets.queries.lists.views import OPEN, View, in_view


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a keyset-paged list; ``after`` is the cursor of the next, None at the end."""

    rows: tuple[TicketRow, ...]
    after: str | None
    first: bool


def order_in(view: View, wanted: Order | None) -> Order:
    """The order of ``view``: the wanted one, but the queue keeps that of submission (S30)."""
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
) -> Page:
    """One page of a desk view: oldest submission first (S30), the done ones newest first.

    Two statements.
    """
    chosen = order_in(view, order)
    newest_first = chosen is Order.CHANGED or (chosen is Order.SUBMITTED and view is View.DONE)
    tickets = narrowed(in_view(actor, view, now=now, timezone=timezone), only, now=now)
    return _page(tickets, Sorting(chosen, newest_first), cursor, places=view is View.QUEUE)


def customer_list(
    actor: Actor, *, open_only: bool = False, others: bool = False, cursor: str | None = None
) -> Page:
    """The customer's tickets, newest first. ``others``: only those that colleagues opened.

    A one-off is among them once its problem was described; before that ``oneoffs_of`` has it.
    """
    tickets = visible_to(actor).filter(organisation__in=actor.organisations)
    if not open_only:
        tickets = tickets.exclude(state=State.SOLD.value)
    if others:
        tickets = tickets.exclude(opener=actor.id)
    if open_only:
        tickets = tickets.filter(state__in=OPEN)
    return _page(tickets, Sorting(Order.SUBMITTED, newest_first=True), cursor)


def _page(
    tickets: QuerySet[Ticket], sorting: Sorting, cursor: str | None, *, places: bool = False
) -> Page:
    found = read(sorting.apply(tickets, cursor), places=places)
    more = len(found) > PAGE_SIZE
    rows = tuple(found[:PAGE_SIZE])
    return Page(rows, sorting.cursor(rows[-1]) if more else None, sorting.read(cursor) is None)
