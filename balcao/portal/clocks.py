"""Deadlines as the customer reads them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from balcao.policy import sla
from balcao.policy.lifecycle import State
from balcao.tickets.queries import DeadlineRow, TicketRow
from balcao.web import format
from balcao.web.format import Chip

# What was called off, or not begun, promises nothing.
_WITHOUT = frozenset({State.CANCELLED.value, State.SOLD.value})


@dataclass(frozen=True, slots=True)
class Promise:
    """One deadline: when it is due and how it stands."""

    due: datetime | None
    met: datetime | None
    paused: bool
    soon_at: datetime | None

    def chip(self, now: datetime, *, what: str = "") -> Chip | None:
        """The promise in words. ``what`` names it while it still runs."""
        clock = sla.chip(
            self.due, soon_at=self.soon_at, met_at=self.met, paused=self.paused, now=now
        )
        tz = timezone.get_current_timezone()
        running = clock in ("ok", "soon")
        # One kept late is late by as much as it was then, not by more every minute.
        chip = format.deadline(
            clock, self.due, now=self.met or now, tz=tz, what=what if running else ""
        )
        if chip is None or self.due is None:
            return chip
        if self.met is not None:
            return _kept(chip, clock, late=self.met - self.due, met=self.met, now=now)
        # A paused promise has no moment anybody could rely on.
        absolute = "" if clock == "paused" else format.absolute(self.due, now=now, tz=tz)
        return replace(chip, absolute=absolute)


def _kept(chip: Chip, clock: str, *, late: timedelta, met: datetime, now: datetime) -> Chip:
    """A promise that was kept: when, and how late if it was."""
    tz = timezone.get_current_timezone()
    return replace(
        chip,
        text=_("%(span)s late") % {"span": format.span(late)} if clock == "late" else chip.text,
        absolute=format.absolute(met, now=now, tz=tz),
        title=format.full(met, tz=tz),
        stamp=format.stamp(met),
        done=True,
    )


@dataclass(frozen=True, slots=True)
class Promises:
    """Both deadlines of a ticket (S12, S13); None where nothing is promised."""

    start: Promise | None
    conclusion: Promise | None

    def next_chip(self, now: datetime) -> Chip | None:
        """The one that matters now: the start until service starts, then the conclusion."""
        if self.start and self.start.met is None and not (self.conclusion and self.conclusion.met):
            return self.start.chip(now, what=_("Start"))
        return self.conclusion.chip(now, what=_("Conclusion")) if self.conclusion else None

    def in_words(self, now: datetime) -> list[str]:
        """Those that still run, each with its moment: "Starts by tomorrow at 12:00"."""
        lines = []
        for promise, ahead, past in (
            (self.start, _("Starts by %(moment)s"), _("Should have started %(moment)s")),
            (self.conclusion, _("Concludes by %(moment)s"), _("Should be ready %(moment)s")),
        ):
            if promise and promise.due and promise.met is None and not promise.paused:
                tz = timezone.get_current_timezone()
                text = ahead if promise.due >= now else past
                lines.append(text % {"moment": format.absolute(promise.due, now=now, tz=tz)})
        return lines


def of_row(row: TicketRow) -> Promises:
    """The promises of a ticket in a list."""
    if row.state in _WITHOUT:
        return Promises(None, None)
    return Promises(
        start=Promise(row.start_due, row.start_met, False, row.start_warn),
        conclusion=Promise(row.resolution_due, row.resolution_met, row.paused, row.resolution_warn),
    )


def of_ticket(deadlines: dict[str, DeadlineRow], *, state: str) -> Promises:
    """The promises of one ticket."""
    if state in _WITHOUT:
        return Promises(None, None)

    def promise(kind: str) -> Promise | None:
        row = deadlines.get(kind)
        return Promise(row.due_at, row.met_at, row.paused, row.warn_at) if row else None

    return Promises(start=promise("start"), conclusion=promise("resolution"))
