"""Who serves a ticket first (S30, R24), and what an absence does to it."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from balcao.policy.book import QueueOrder
from balcao.policy.lifecycle import State

# The place in line: by submission, and by id within one instant. It never changes (R24).
FIFO = ("submitted_at", "pk")
# What comes before that in each order of the line: a column of the ticket, or none.
LINES: Mapping[QueueOrder, tuple[str, ...]] = MappingProxyType({"fifo": (), "due": ("answer_due",)})
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Where no first answer is due, in the order of what is due: after everybody else."""


def line(order: QueueOrder) -> tuple[str, ...]:
    """The columns that the line is ordered by: always a total order."""
    return (*LINES[order], *FIFO)


def stands_by(due: datetime | None) -> datetime:
    """Where a ticket stands among those whose first answer is due."""
    return due or NEVER


def position(before: int) -> int:
    """The place shown to the customer: those before, plus one. Raises ValueError below zero."""
    if before < 0:
        raise ValueError("nobody stands before the first")
    return before + 1


def may_claim(
    *, state: State, assignee: int | None, claimed_until: datetime | None, now: datetime
) -> bool:
    """Whether "next ticket" may give this ticket to somebody else.

    It waits for its first answer, and nobody owns it or holds a claim that still runs. A claim ends
    at ``claimed_until`` exactly; an assignee without a claim is an owner.
    """
    if state is not State.OPEN:
        return False
    return assignee is None or (claimed_until is not None and claimed_until <= now)


def goes_back(*, started_at: datetime | None) -> bool:
    """Whether a ticket of somebody who is absent goes back to the line, in its old place (R24).

    One that was answered keeps its owner: its customer goes on with whom they know, unless a
    supervisor hands it over.
    """
    return started_at is None


def day_began(now: datetime, timezone: str) -> datetime:
    """The instant, UTC, at which the day of ``now`` began in ``timezone``."""
    zone = ZoneInfo(timezone)
    return datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(UTC)


def may_be_given(*, skipped_at: datetime | None, now: datetime, timezone: str) -> bool:
    """Whether "next ticket" may give somebody a ticket they last passed over at ``skipped_at``.

    Not again on the same day of ``timezone``; it keeps its place, and colleagues get it (R24).
    """
    return skipped_at is None or skipped_at < day_began(now, timezone)


def may_skip(*, state: State, claimed_until: datetime | None, is_mine: bool, now: datetime) -> bool:
    """Whether somebody may pass over this ticket: they hold it as the next in line, and it waits
    for its first answer. What one chose oneself, or owns, is given back instead.
    """
    holds = is_mine and claimed_until is not None and claimed_until > now
    return state is State.OPEN and holds


class TakenBack(StrEnum):
    """Why a supervisor takes from a colleague what they hold as the next in line. Closed list."""

    AWAY = "away"
    DEADLINE = "deadline"
    OTHER_PERSON = "other_person"
    SETTLED = "settled"


def reserved_for(
    *, assignee: int | None, claimed_until: datetime | None, now: datetime
) -> int | None:
    """Who holds the ticket as the next in line at ``now``; None: nobody, or it has an owner."""
    runs = claimed_until is not None and claimed_until > now
    return assignee if runs else None


def may_end_reservation(
    *, holder: int | None, by: int | None, supervises: bool, why: TakenBack | None
) -> bool:
    """Whether ``by``, of the team, may end or move a ticket that ``holder`` holds as the next in
    line: give it back, take it, hand it on, resolve it (R24, O3).

    What nobody holds so, and what one holds oneself, as it is; a colleague's only who supervises,
    with a reason.
    """
    return holder is None or holder == by or (supervises and why is not None)
