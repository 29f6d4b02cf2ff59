"""The facts that a ticket's deadlines follow from, and what was promised to it."""

from collections import defaultdict
from collections.abc import Iterable

from balcao.events.statements import Statement, among
from balcao.policy import sla
from balcao.policy.book import Policy
from balcao.rulebook import queries as rulebook
from balcao.tickets.models import StateSpan, Ticket


def clocks_of(tickets: Iterable[Ticket]) -> dict[int, sla.TicketClock]:
    """The facts of many tickets by id, in one statement."""
    rows = {ticket.pk: ticket for ticket in tickets}
    stays: defaultdict[int, list[sla.Stay]] = defaultdict(list)
    for pk, state, began, ended in _STAYS.rows(tuple(rows)):
        stays[pk].append(sla.Stay(state, began, ended))
    return {
        pk: sla.TicketClock(
            submitted_at=ticket.submitted_at,
            started_at=ticket.started_at,
            kind=ticket.kind,
            stays=tuple(stays[pk]),
            slot=ticket.slot_at if ticket.slot_starts else None,
        )
        for pk, ticket in rows.items()
    }


_STAYS = Statement(
    lambda tickets: (
        StateSpan.objects.filter(among("ticket", tickets))
        .order_by("pk")
        .values_list("ticket_id", "state", "began", "ended")
    ),
    int,
)


def clock_of(ticket: Ticket) -> sla.TicketClock:
    """The facts of one ticket."""
    return clocks_of([ticket])[ticket.pk]


def promise_for(ticket: Ticket, *, in_force: Policy) -> sla.Promise:
    """What holds for the ticket's deadlines. No statement while its version is the newest."""
    known = ticket.policy_version == in_force.version
    opened_under = in_force if known else rulebook.version(ticket.policy_version)
    return sla.promise(opened_under, in_force)
