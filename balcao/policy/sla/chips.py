"""How a deadline stands at a moment."""

from datetime import datetime, timedelta

from balcao.policy.sla.types import ChipState

# From this part of the time left on, a deadline is "soon".
SOON = 0.25

_ZERO = timedelta(0)


def left(due: datetime | None, now: datetime) -> timedelta | None:
    """The time left until ``due`` (negative: late by that much); None when nothing is due."""
    return None if due is None else due - now


def fraction_left(due: datetime, *, opened: datetime, now: datetime) -> float:
    """The part of the time from ``opened`` to ``due`` that is left at ``now``, 0 to 1."""
    whole = due - opened
    if whole <= _ZERO:
        return 0.0
    return min(max((due - now) / whole, 0.0), 1.0)


def chip(
    due: datetime | None,
    *,
    opened: datetime,
    met_at: datetime | None,
    paused: bool,
    now: datetime,
) -> ChipState:
    """How a deadline stands: "soon" when a quarter or less is left, "late" after its moment.

    One that was met in time is "met"; met after its moment it stays "late" (late by
    ``met_at - due``, no longer growing).
    """
    if met_at is not None:
        return "late" if due is not None and met_at > due else "met"
    if paused:
        return "paused"
    if due is None:
        return "none"
    if now > due:
        return "late"
    return "soon" if fraction_left(due, opened=opened, now=now) <= SOON else "ok"
