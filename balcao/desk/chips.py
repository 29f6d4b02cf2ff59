"""The two deadlines of a ticket as chips."""

from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo

from django.utils import timezone
from django.utils.translation import pgettext

from balcao.policy.lifecycle import State
from balcao.tickets.queries import DeadlineRow, TicketRow
from balcao.web.format import Chip
from balcao.web.memory import by_language
from balcao.web.standing import Standing, chip, standing

# A cancelled ticket promises nothing any more.
_WITHOUT = frozenset({State.CANCELLED.value, State.SOLD.value})


@dataclass(frozen=True, slots=True)
class Chips:
    """Both deadlines; None where nothing is promised."""

    start: Chip | None
    resolution: Chip | None


def of_row(row: TicketRow, *, now: datetime, today: date, tz: tzinfo) -> Chip | None:
    """The one chip of a row: the start until it was met, then the conclusion; both in its title.

    ``today``: the day that ``now`` is in the zone, for a whole list of rows.
    """
    if row.state in _WITHOUT:
        return None
    start = standing(row.start_due, row.start_met, paused=False, soon_at=row.start_warn, now=now)
    resolution = standing(
        row.resolution_due,
        row.resolution_met,
        paused=row.paused,
        soon_at=row.resolution_warn,
        now=now,
    )
    return _of_both(start, resolution, today, tz)


@by_language
def _of_both(start: Standing, resolution: Standing, today: date, tz: tzinfo) -> Chip | None:
    first = chip(start, today=today, tz=tz, what=pgettext("deadline", "Start"))
    second = chip(resolution, today=today, tz=tz, what=pgettext("deadline", "Conclusion"))
    shown = first if start.met is None and first else second
    if shown is None:
        return None
    both = [
        f"{one.text} ({one.title})" if one.title else one.text for one in (first, second) if one
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
    tz = timezone.get_current_timezone()
    stand = standing(row.due_at, row.met_at, paused=row.paused, soon_at=row.warn_at, now=now)
    return chip(stand, today=now.astimezone(tz).date(), tz=tz, what=what)
