"""Preview: what a change of the policy would move, before it is saved."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from balcao.policy import sla
from balcao.policy.book import Policy
from balcao.policy.lifecycle import OPEN_STATES
from balcao.reports.queries.replay import Group, replay
from balcao.rulebook import queries as rulebook
from balcao.tickets.models import Deadline, DeadlineKind, Ticket
from balcao.tickets.queries import clocks_of

LISTED = 50
DAYS = 30
DECISIONS = 5000
# What a ticket's clock is read from.
_FACTS = (
    *("number", "kind", "submitted_at", "started_at", "policy_version"),
    *("slot_at", "slot_starts"),
)
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline of an open ticket that would move. None: the calendar would never open."""

    number: str
    deadline: str
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change.

    ``moved``: deadlines of open tickets, oldest tickets first, the first of ``moved_count`` in
    ``tickets`` tickets. ``changed`` of the ``judged`` newest decisions of the last ``days`` days
    would have another verdict, by ``groups``; ``left_out`` older ones of those days were not
    looked at.
    """

    moved: tuple[Moved, ...]
    moved_count: int
    tickets: int
    days: int
    judged: int
    left_out: int
    changed: int
    groups: tuple[Group, ...]


def preview(draft: Policy, *, now: datetime) -> Preview:
    """What ``draft`` would change if it were in force at ``now``.

    A ticket keeps the promise it was opened under; the draft's calendar and suspensions move it.
    Deadlines that were met are past; one that stands still is compared where it stands, as the job
    after the save moves it (tickets.actions.recompute).
    """
    in_force = rulebook.current()
    moved: list[Moved] = []
    count, tickets = 0, 0
    if sla.moves(draft, in_force):
        for rows in _moved(draft, in_force):
            tickets += 1
            count += len(rows)
            moved += rows[: LISTED - len(moved)]
    again = replay(draft, days=DAYS, now=now, limit=DECISIONS)
    return Preview(
        moved=tuple(moved),
        moved_count=count,
        tickets=tickets,
        days=DAYS,
        judged=again.judged,
        left_out=again.left_out,
        changed=again.changed,
        groups=again.groups,
    )


def _moved(draft: Policy, in_force: Policy) -> Iterator[list[Moved]]:
    """The moved deadlines of each open ticket that has any, a few hundred tickets at a time."""
    rules: dict[int, tuple[sla.Promise, sla.Promise]] = {}
    for ticket, clock, unmet in _open_tickets():
        if ticket.policy_version not in rules:
            own = rulebook.version(ticket.policy_version)
            rules[ticket.policy_version] = (
                sla.promise(own, in_force),
                sla.promise(own, draft),
            )
        before, after = (sla.due_of(clock, rule) for rule in rules[ticket.policy_version])
        rows = [
            Moved(ticket.number, kind, was, becomes)
            for kind, was, becomes in (
                (DeadlineKind.START, before.start_due, after.start_due),
                (DeadlineKind.RESOLUTION, before.resolution_due, after.resolution_due),
            )
            if kind in unmet and was != becomes
        ]
        if rows:
            yield rows


def _open_tickets() -> Iterator[tuple[Ticket, sla.TicketClock, frozenset[str]]]:
    """Every open ticket in the order submitted, and which of its deadlines are not met."""
    rows = Ticket.objects.filter(state__in=OPEN_STATES).order_by("pk").only(*_FACTS)
    part = list(rows[:_CHUNK])
    while part:
        ids = [ticket.pk for ticket in part]
        clocks = clocks_of(part)
        unmet: defaultdict[int, set[str]] = defaultdict(set)
        for pk, kind in Deadline.objects.filter(ticket__in=ids, met_at=None).values_list(
            "ticket_id", "kind"
        ):
            unmet[pk].add(kind)
        for ticket in part:
            yield ticket, clocks[ticket.pk], frozenset(unmet[ticket.pk])
        part = list(rows.filter(pk__gt=ids[-1])[:_CHUNK])
