"""All reads of tickets. What the actor may not see does not exist: NotFound, never a hint."""

from balcao.tickets.models import Ticket
from balcao.tickets.queries.access import (
    NotFound,
    get_for,
    scope_of,
    ticket_facts,
    visible_to,
)
from balcao.tickets.queries.lists import (
    Page,
    TicketRow,
    View,
    counts_for,
    customer_list,
    desk_list,
    position_of,
    waiting_for,
)
from balcao.tickets.queries.opening import Choices, draft_for, drafts_of, opening_choices
from balcao.tickets.queries.thread import (
    DeadlineRow,
    FileRow,
    Line,
    MessageRow,
    deadlines_of,
    explain_deadline,
    file_for,
    lines_for,
    thread_for,
)

__all__ = [
    "Choices",
    "DeadlineRow",
    "FileRow",
    "Line",
    "MessageRow",
    "NotFound",
    "Page",
    "Ticket",
    "TicketRow",
    "View",
    "counts_for",
    "customer_list",
    "deadlines_of",
    "desk_list",
    "draft_for",
    "drafts_of",
    "explain_deadline",
    "file_for",
    "get_for",
    "lines_for",
    "opening_choices",
    "position_of",
    "scope_of",
    "thread_for",
    "ticket_facts",
    "visible_to",
    "waiting_for",
]
