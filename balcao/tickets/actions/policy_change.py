"""Bringing open tickets up to date with a policy that was just saved."""

from datetime import datetime

from django.db import transaction

from balcao.policy import sla
from balcao.policy.book import Policy
from balcao.policy.lifecycle import OPEN_STATES, State
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions.deadlines import shift
from balcao.tickets.actions.moves import next_look
from balcao.tickets.models import Deadline, DeadlineKind, Ticket
from balcao.tickets.queries import clocks_of

BATCH = 100
# A resolved ticket can be reopened, and what was late may turn out excused.
_STATES = sorted(state.value for state in OPEN_STATES | {State.RESOLVED})
_TIMED = (State.RESOLVED.value, State.WAITING_CUSTOMER.value)


@transaction.atomic
def recompute(*, now: datetime, number: int, after: int = 0) -> int | None:
    """Bring the next tickets with an id above ``after`` up to date; the last id, None at the end.

    ``number`` is the version that asks for it: one that is no longer in force leaves the work to
    its successor. Done twice it changes nothing: deadlines follow from the ticket's facts and the
    policy alone.
    """
    policy = rulebook.current()
    if policy.version != number:
        return None
    tickets = list(
        Ticket.objects.select_for_update()
        .filter(pk__gt=after, state__in=_STATES)
        .order_by("pk")[:BATCH]
    )
    if not tickets:
        return None
    before = rulebook.version(number - 1) if number > 1 else policy
    cause = sla.cause_of(before, policy) or "policy"
    clocks = clocks_of(tickets)
    versions = {row: rulebook.version(row) for row in {row.policy_version for row in tickets}}
    rows: dict[int, list[Deadline]] = {ticket.pk: [] for ticket in tickets}
    for row in Deadline.objects.select_for_update().filter(ticket__in=rows).order_by("pk"):
        rows[row.ticket_id].append(row)
    for ticket in tickets:
        clock = clocks[ticket.pk]
        due = sla.due_of(clock, sla.promise(versions[ticket.policy_version], policy))
        for row in sorted(rows[ticket.pk], key=lambda one: one.kind == DeadlineKind.RESOLUTION):
            shift(row, ticket, due, cause=cause, version=policy.version, now=now)
        _look_again(ticket, clock, policy=policy, now=now)
    return tickets[-1].pk


def _look_again(ticket: Ticket, clock: sla.TicketClock, *, policy: Policy, now: datetime) -> None:
    """When a ticket closes and its customer is reminded follow the policy in force (R5)."""
    if ticket.state not in _TIMED:
        return
    at = next_look(ticket, since=clock.stays[-1].start, policy=policy, now=now)
    if at != ticket.next_at:
        Ticket.objects.filter(pk=ticket.pk).update(next_at=at)
