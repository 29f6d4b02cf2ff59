"""All reads of tickets. What the actor may not see does not exist: NotFound, never a hint."""

from balcao.files.models import StoredFile
from balcao.tickets.models import Draft, Ticket
from balcao.tickets.queries.access import (
    NotFound,
    get_for,
    scope_of,
    ticket_facts,
    visible_to,
)
from balcao.tickets.queries.clocks import clock_of, clocks_of, promise_for
from balcao.tickets.queries.customer import (
    Offers,
    coverage_of,
    get_own,
    offers_for,
    own_id,
    was_asked,
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
from balcao.tickets.queries.opening import (
    Choices,
    choices_of,
    draft_files,
    draft_for,
    drafts_of,
    opening_choices,
)
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
    "Draft",
    "FileRow",
    "Line",
    "MessageRow",
    "NotFound",
    "Offers",
    "Page",
    "StoredFile",
    "Ticket",
    "TicketRow",
    "View",
    "choices_of",
    "clock_of",
    "clocks_of",
    "counts_for",
    "coverage_of",
    "customer_list",
    "deadlines_of",
    "desk_list",
    "draft_files",
    "draft_for",
    "drafts_of",
    "explain_deadline",
    "file_for",
    "get_for",
    "get_own",
    "lines_for",
    "offers_for",
    "opening_choices",
    "own_id",
    "position_of",
    "promise_for",
    "scope_of",
    "thread_for",
    "ticket_facts",
    "visible_to",
    "waiting_for",
    "was_asked",
]
