"""How a deadline stands at a moment."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from balcao.policy.sla.types import ChipState


def left(due: datetime | None, now: datetime) -> timedelta | None:
    """The time left until ``due`` (negative: late by that much); None when nothing is due."""
    return None if due is None else due - now


def chip(
    due: datetime | None,
    *,
    soon_at: datetime | None,
    met_at: datetime | None,
    paused: bool,
    now: datetime,
) -> ChipState:
    """How a deadline stands: "soon" from the moment the team is warned, "late" after its own.

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
    return "soon" if soon_at is not None and now >= soon_at else "ok"


def next_look(
    due: datetime | None, *, warn: datetime | None, warned: bool, over: bool
) -> datetime | None:
    """When the ticker must look at a deadline again: to warn, then to say that it has passed.

    ``over``: it was met, stands still or has passed already; then nothing more follows by itself.
    """
    if over or due is None:
        return None
    return due if warned or warn is None else min(warn, due)


def day_ends(now: datetime, timezone: str) -> datetime:
    """The instant, UTC, at which the day of ``now`` ends in ``timezone``."""
    zone = ZoneInfo(timezone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)


def due_before(
    due: datetime | None, *, met_at: datetime | None, paused: bool, moment: datetime
) -> bool:
    """Whether a promise has still to be kept before ``moment``, or is late already.

    One that was met, however late, asks for nothing any more; one that stands still not yet.
    """
    return met_at is None and not paused and due is not None and due < moment
