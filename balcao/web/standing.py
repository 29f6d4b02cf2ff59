"""How a deadline stands, as far as words are concerned: the same from one minute to the next.

A list says the same of its deadlines to every reader and at every glance. What is told of them is
made once from what is said here, and remembered (web.memory).
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from balcao.policy import sla
from balcao.web import format
from balcao.web.format import Chip, Clock

_MINUTE = timedelta(minutes=1)
# Of a clock that is over, or stands still, no distance is told.
_NO_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


class Standing(NamedTuple):
    """A deadline: how its clock stands, and the moment ``at`` from which its distance is told."""

    clock: Clock
    due: datetime | None
    met: datetime | None
    at: datetime


def standing(
    due: datetime | None,
    met: datetime | None,
    *,
    paused: bool,
    soon_at: datetime | None,
    now: datetime,
) -> Standing:
    """How it stands now. Distances are told in whole minutes, so ``at`` is whole minutes away."""
    clock = sla.chip(due, soon_at=soon_at, met_at=met, paused=paused, now=now)
    if due is None or clock in ("met", "paused"):
        return Standing(clock, due, met, _NO_MOMENT)
    # One that was met late is late by as much as it was then, not by more every minute.
    at = met or due + int((now - due) / _MINUTE) * _MINUTE
    return Standing(clock, due, met, at)


def chip(stand: Standing, *, today: date, tz: tzinfo, what: str = "") -> Chip | None:
    """Its chip as on that day; ``what`` names it."""
    found = format.deadline(stand.clock, stand.due, now=stand.at, tz=tz, what=what)
    if found is None or stand.due is None or not found.absolute:
        return found
    return replace(found, absolute=format.as_said_on(today, stand.due, tz))
