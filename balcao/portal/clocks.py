"""Deadlines as the customer reads them."""

from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from balcao.policy.lifecycle import State
from balcao.tickets.queries import DeadlineRow, TicketRow
from balcao.web import format
from balcao.web.format import Chip
from balcao.web.memory import by_language
from balcao.web.standing import Standing, chip, standing

# What was called off, or not begun, promises nothing.
_WITHOUT = frozenset({State.CANCELLED.value, State.SOLD.value})


class Promises(NamedTuple):
    """Both deadlines of a ticket as they stand (S12, S13); None where nothing is promised.

    ``today``: the day it is in the zone ``tz``.
    """

    start: Standing | None
    conclusion: Standing | None
    today: date
    tz: tzinfo

    def chips(self) -> tuple[Chip | None, Chip | None]:
        """Both in words, without their names."""
        return self._chip(self.start), self._chip(self.conclusion)

    def next_chip(self) -> Chip | None:
        """The one that matters now: the start until service starts, then the conclusion."""
        if self.start and self.start.met is None and not (self.conclusion and self.conclusion.met):
            return self._chip(self.start, what=_("Start"))
        return self._chip(self.conclusion, what=_("Conclusion"))

    def in_words(self) -> list[str]:
        """Those that still run, each with its moment: "Starts by tomorrow at 12:00"."""
        lines = []
        if meeting := self._meeting():
            moment = format.as_said_on(self.today, meeting, self.tz)
            return [_("Starts and concludes by %(moment)s") % {"moment": moment}]
        for promise, ahead, past in (
            (self.start, _("Starts by %(moment)s"), _("Should have started %(moment)s")),
            (self.conclusion, _("Concludes by %(moment)s"), _("Should be ready %(moment)s")),
        ):
            if promise and promise.due and promise.met is None and promise.clock != "paused":
                text = past if promise.clock == "late" else ahead
                moment = format.as_said_on(self.today, promise.due, self.tz)
                lines.append(text % {"moment": moment})
        return lines

    def _meeting(self) -> datetime | None:
        """When both run to one moment: they end while the desk is closed, and wait for it (R1)."""
        start, end = self.start, self.conclusion
        if start is None or end is None or start.met or end.met or start.due != end.due:
            return None
        return start.due if {start.clock, end.clock} <= {"ok", "soon"} else None

    def _chip(self, promise: Standing | None, *, what: str = "") -> Chip | None:
        """A promise in words. ``what`` names it while it still runs."""
        if promise is None:
            return None
        running = promise.clock in ("ok", "soon")
        found = chip(promise, today=self.today, tz=self.tz, what=what if running else "")
        if found is None or promise.due is None or promise.met is None:
            return found
        return self._kept(found, promise.clock, late=promise.met - promise.due, met=promise.met)

    def _kept(self, found: Chip, clock: str, *, late: timedelta, met: datetime) -> Chip:
        """A promise that was kept: when, and how late if it was."""
        return replace(
            found,
            text=_("%(span)s late") % {"span": format.span(late)}
            if clock == "late"
            else found.text,
            absolute=format.as_said_on(self.today, met, self.tz),
            title=format.full(met, tz=self.tz),
            stamp=format.stamp(met),
            done=True,
        )


@by_language
def in_a_list(promises: Promises) -> tuple[Chip | None, tuple[str, ...]]:
    """The next one, and those that still run: what a line of a list tells of them."""
    return promises.next_chip(), tuple(promises.in_words())


def of_row(row: TicketRow, *, now: datetime, today: date, tz: tzinfo) -> Promises:
    """The promises of a ticket in a list. ``today``: the day that ``now`` is in the zone."""
    if row.state in _WITHOUT:
        return Promises(None, None, today, tz)
    start = standing(row.start_due, row.start_met, paused=False, soon_at=row.start_warn, now=now)
    conclusion = standing(
        row.resolution_due,
        row.resolution_met,
        paused=row.paused,
        soon_at=row.resolution_warn,
        now=now,
    )
    return Promises(start, conclusion, today, tz)


def of_ticket(deadlines: dict[str, DeadlineRow], *, state: str, now: datetime) -> Promises:
    """The promises of one ticket."""

    def promise(kind: str) -> Standing | None:
        row = deadlines.get(kind) if state not in _WITHOUT else None
        if row is None:
            return None
        return standing(row.due_at, row.met_at, paused=row.paused, soon_at=row.warn_at, now=now)

    tz = timezone.get_current_timezone()
    return Promises(promise("start"), promise("resolution"), now.astimezone(tz).date(), tz)
