"""The two deadlines of a ticket as chips."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import pgettext

from balcao.policy import sla
from balcao.policy.lifecycle import State
from balcao.tickets.queries import DeadlineRow, TicketRow
from balcao.web import format
from balcao.web.format import Chip

# A cancelled ticket promises nothing any more.
_WITHOUT = frozenset({State.CANCELLED.value, State.SOLD.value})


@dataclass(frozen=True, slots=True)
class Chips:
    """Both deadlines; None where nothing is promised."""

    start: Chip | None
    resolution: Chip | None


def of_row(row: TicketRow, *, now: datetime) -> Chip | None:
    """The one chip of a row: the start until it was met, then the conclusion; both in its title."""
    if row.state in _WITHOUT:
        return None
    start = _chip(
        row.start_due,
        row.start_met,
        paused=False,
        soon_at=row.start_warn,
        now=now,
        what=pgettext("deadline", "Start"),
    )
    resolution = _chip(
        row.resolution_due,
        row.resolution_met,
        paused=row.paused,
        soon_at=row.resolution_warn,
        now=now,
        what=pgettext("deadline", "Conclusion"),
    )
    shown = start if row.start_met is None and start else resolution
    if shown is None:
        return None
    both = [
        f"{chip.text} ({chip.title})" if chip.title else chip.text
        for chip in (start, resolution)
        if chip
    ]
    return replace(shown, title="\n".join(both))


def of_ticket(
    deadlines: dict[str, DeadlineRow], *, state: str, now: datetime, named: bool = False
) -> Chips:
    """Both chips of one ticket; ``named`` ones say which deadline they are."""
    if state in _WITHOUT:
        return Chips(None, None)
    start, resolution = deadlines.get("start"), deadlines.get("resolution")
    return Chips(
        start=_of_deadline(start, now=now, what=pgettext("deadline", "Start") if named else ""),
        resolution=_of_deadline(
            resolution,
            now=now,
            what=pgettext("deadline", "Conclusion") if named else "",
        ),
    )


def _of_deadline(row: DeadlineRow | None, *, now: datetime, what: str) -> Chip | None:
    if row is None:
        return None
    return _chip(row.due_at, row.met_at, paused=row.paused, soon_at=row.warn_at, now=now, what=what)


def _chip(
    due: datetime | None,
    met: datetime | None,
    *,
    paused: bool,
    soon_at: datetime | None,
    now: datetime,
    what: str,
) -> Chip | None:
    clock = sla.chip(due, soon_at=soon_at, met_at=met, paused=paused, now=now)
    tz = timezone.get_current_timezone()
    # One that was met late is late by as much as it was then, not by more every minute.
    chip = format.deadline(clock, due, now=met or now, tz=tz, what=what)
    if chip is None or due is None or not chip.absolute:
        return chip
    return replace(chip, absolute=format.absolute(due, now=now, tz=tz))
