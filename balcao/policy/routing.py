"""First in, first out (S30, R24)."""

from datetime import datetime

from balcao.policy.lifecycle import State


def fifo_key(submitted_at: datetime, ticket_id: int) -> tuple[datetime, int]:
    """The place in line: by submission, and by id within one instant. It never changes (R24)."""
    return submitted_at, ticket_id


def position(before: int) -> int:
    """The place shown to the customer: those before, plus one. Raises ValueError below zero."""
    if before < 0:
        raise ValueError("nobody stands before the first")
    return before + 1


def may_claim(
    *,
    state: State,
    assignee: int | None,
    claimed_until: datetime | None,
    claimant: int,
    now: datetime,
) -> bool:
    """Whether "next ticket" may give this ticket to ``claimant``.

    It waits for its first answer, and nobody else owns it or holds a claim that still runs. A
    claim ends at ``claimed_until`` exactly; an assignee without a claim is an owner.
    """
    if state is not State.OPEN:
        return False
    if assignee is None or assignee == claimant:
        return True
    return claimed_until is not None and claimed_until <= now
