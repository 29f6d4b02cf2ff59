"""Who serves a ticket first: first in, first out (S30, R24), and what an absence does to it."""

from datetime import datetime

from balcao.policy.lifecycle import State

# The place in line: by submission, and by id within one instant. It never changes (R24).
FIFO = ("submitted_at", "pk")


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
