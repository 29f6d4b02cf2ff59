"""Lists of tickets as plain rows: only the columns a page shows, one statement a page."""

from balcao.tickets.queries.lists.counting import COUNT_CAP, STOPPED, counts_for
from balcao.tickets.queries.lists.filters import (
    ANY,
    NOBODY,
    ClockFilter,
    TicketFilter,
)
from balcao.tickets.queries.lists.line import claimable, position_of, waiting_for
from balcao.tickets.queries.lists.order import Order
from balcao.tickets.queries.lists.pages import Page, customer_list, desk_list, order_in
from balcao.tickets.queries.lists.rows import PAGE_SIZE, TicketRow
from balcao.tickets.queries.lists.views import View

__all__ = [
    "ANY",
    "COUNT_CAP",
    "NOBODY",
    "PAGE_SIZE",
    "STOPPED",
    "ClockFilter",
    "Order",
    "Page",
    "TicketFilter",
    "TicketRow",
    "View",
    "claimable",
    "counts_for",
    "customer_list",
    "desk_list",
    "order_in",
    "position_of",
    "waiting_for",
]
