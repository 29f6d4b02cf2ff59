"""Business time (R23): arithmetic between moments and a calendar of local hours.

Moments are aware datetimes; results are UTC. A span of local hours is turned into two moments, so
that a day with a change of the clock is as long as it really was:

- a local time that happens twice (the clock goes back) means its first occurrence: the desk that
  closes at 01:30 closes at the first 01:30, and one that closes when the repeated hour ends
  serves through both passes;
- a local time that never happens (the clock goes forward) means the moment of the change.

Both are monotone, so spans never overlap and adjacent spans touch. Intervals are half open: at the
closing minute the desk is closed. Every question is turned into UTC first: Python compares and
subtracts two moments of one zone by their wall clocks. A search for an
opening goes no further than ``HORIZON_DAYS`` days, ten years.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from balcao.policy.book import Calendar, Span

HORIZON_DAYS = 3660

_ZERO = timedelta(0)
_SECOND = timedelta(seconds=1)
_TICK = timedelta(microseconds=1)


def spans_on(calendar: Calendar, day: date) -> tuple[Span, ...]:
    """The hours of one local date: its own if it has any of its own, else those of the week."""
    own = calendar.days.get(day)
    return calendar.week[day.weekday()] if own is None else own


def moment_of(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The UTC moment of a local time, ``minute`` minutes after the midnight that begins ``day``.

    1440 is the midnight that ends it. Repeated and missing local times: see the module.
    """
    local = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minute)
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    first = local.astimezone(UTC)
    if before is None or after is None or after <= before:
        return first
    return _change_between(local.replace(fold=1).astimezone(UTC), first, zone)


def _change_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The first second in (low, high] with another offset than ``low`` has. By halving."""
    offset = low.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high


def _openings(
    start: datetime, calendar: Calendar, until: datetime | None = None
) -> Iterator[tuple[datetime, datetime]]:
    """Open intervals that end after ``start``, in order, not joined.

    Up to ``until``, or else within the horizon. A calendar that is closed every week is only
    searched as far as its last date of its own.
    """
    zone = ZoneInfo(calendar.timezone)
    # A day more at both ends: where the clock moves across midnight, local dates overlap in UTC.
    first = start.astimezone(zone).toordinal() - 1
    stop = until.astimezone(zone).toordinal() + 2 if until else first + HORIZON_DAYS
    if not any(calendar.week):
        stop = min(stop, max((day.toordinal() for day in calendar.days), default=0) + 1)
    for ordinal in range(max(first, 1), min(stop, date.max.toordinal())):
        day = date.fromordinal(ordinal)
        for span in spans_on(calendar, day):
            opens, closes = moment_of(day, span.start, zone), moment_of(day, span.end, zone)
            if opens < closes and closes > start:
                yield opens, closes


def open_intervals(
    a: datetime, b: datetime, calendar: Calendar
) -> Iterator[tuple[datetime, datetime]]:
    """The open time between ``a`` and ``b`` in UTC, in order; intervals that touch are joined."""
    a, b = a.astimezone(UTC), b.astimezone(UTC)
    if a >= b:
        return
    held: tuple[datetime, datetime] | None = None
    for opens, closes in _openings(a, calendar, b):
        if opens >= b:
            break
        piece = max(opens, a), min(closes, b)
        if held is not None and held[1] == piece[0]:
            held = held[0], piece[1]
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held


def business_between(a: datetime, b: datetime, calendar: Calendar) -> timedelta:
    """The open time between ``a`` and ``b``; zero when ``b`` is not after ``a``."""
    return sum((closes - opens for opens, closes in open_intervals(a, b, calendar)), _ZERO)


def add_business(start: datetime, amount: timedelta, calendar: Calendar) -> datetime | None:
    """The earliest moment with ``amount`` of open time since ``start``.

    Nothing to add gives ``start`` itself, open or not; time that runs out at the closing minute
    ends there, not at the next opening. None: the calendar does not open long enough within ten
    years.
    """
    start, left = start.astimezone(UTC), amount
    if left <= _ZERO:
        return start
    for opens, closes in _openings(start, calendar):
        begins = max(opens, start)
        if left <= closes - begins:
            return begins + left
        left -= closes - begins
    return None


def next_opening(moment: datetime, calendar: Calendar) -> datetime | None:
    """``moment`` itself while the desk is open, else when it opens; None: not in ten years."""
    moment = moment.astimezone(UTC)
    opening = next(_openings(moment, calendar), None)
    return max(opening[0], moment) if opening else None


def is_open(moment: datetime, calendar: Calendar) -> bool:
    """Whether the desk is open at ``moment``."""
    return next_opening(moment, calendar) == moment.astimezone(UTC)


def is_opening(moment: datetime, calendar: Calendar) -> bool:
    """Whether the desk opens at ``moment``, having been closed before."""
    return is_open(moment, calendar) and not is_open(moment - _TICK, calendar)
