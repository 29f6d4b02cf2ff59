"""Deadlines that explain themselves (S11-S13, R1-R4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from balcao.policy import worktime
from balcao.policy.book import ONEOFF_KINDS, Calendar, Clock, Policy, Span
from balcao.policy.lifecycle import State

ChipState = Literal["met", "ok", "soon", "late", "paused", "none"]

# From this part of the time left on, a deadline is "soon".
SOON = 0.25

_ZERO = timedelta(0)
_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``start`` until ``end``, UTC; None: it still runs."""

    start: datetime
    end: datetime | None


class SpanKind(StrEnum):
    """What a stretch of time was for a deadline."""

    COUNTED = "counted"
    PAUSED = "paused"
    CLOSED = "closed"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class ExplainedSpan:
    """One stretch of a deadline's time line; ``note`` is a holiday's name or empty."""

    kind: SpanKind
    start: datetime
    end: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Due:
    """The two promises of a ticket, UTC. None: not known yet, or the calendar never opens."""

    start_due: datetime | None
    resolution_due: datetime | None


def clock_for(policy: Policy, kind: str | None) -> Clock:
    """The clock of an entitlement kind: its own (``sla.clock_by_kind``) or the policy's (R1)."""
    return policy.sla.clock_by_kind.get(kind or "", policy.sla.clock)


def rolls(policy: Policy, kind: str | None) -> bool:
    """Whether a deadline in closed hours moves to the next opening (R1).

    Only for kinds that are served in business hours alone, the one-offs (S27), and only while
    ``sla.due_when_closed`` says so.
    """
    return kind in ONEOFF_KINDS and policy.sla.due_when_closed == "next_opening"


def stopped_states(policy: Policy) -> frozenset[str]:
    """States in which the resolution clock stands still.

    The pauses of R4, and the time a ticket was resolved before it was reopened: reopening resumes
    the rest of the budget (R5).
    """
    return policy.sla.pause_states | {State.RESOLVED.value}


def is_stopped(policy: Policy, state: str) -> bool:
    """Whether the resolution clock stands still in ``state``."""
    return state in stopped_states(policy)


def due(
    opened: datetime,
    *,
    clock: Clock,
    policy: Policy,
    pauses: Sequence[Interval] = (),
    started: datetime | None = None,
    roll: bool = False,
    now: datetime | None = None,
) -> Due:
    """Both deadlines of a ticket submitted at ``opened``.

    Service starts within ``sla.start`` (S12): nothing pauses it (R4). It is concluded within
    ``sla.resolution`` (S13), counted from opening or from ``started`` (R2; before the start there
    is no such deadline), outside ``pauses`` (R4; overlapping ones count once). While a pause runs
    the deadline is unknown, unless ``now`` is given: then the pause is taken to end there.
    ``roll`` moves a deadline in closed hours to the next opening (R1, see ``rolls``).
    """
    rules = policy.sla
    opened = opened.astimezone(UTC)
    anchor = opened if rules.resolution_anchor == "opened" else started
    start = _advance(opened, rules.start, clock, policy.calendar)
    resolution = None
    if anchor is not None:
        merged = _merged(pauses, now)
        anchor = anchor.astimezone(UTC)
        resolution = _advance_outside(anchor, rules.resolution, merged, clock, policy.calendar)
    if roll:
        start = _rolled(start, policy.calendar)
        resolution = _rolled(resolution, policy.calendar)
    return Due(start_due=start, resolution_due=resolution)


def _advance(
    start: datetime, amount: timedelta, clock: Clock, calendar: Calendar
) -> datetime | None:
    if clock is Clock.ELAPSED:
        return start + amount
    return worktime.add_business(start, amount, calendar)


def _measure(a: datetime, b: datetime, clock: Clock, calendar: Calendar) -> timedelta:
    return b - a if clock is Clock.ELAPSED else worktime.business_between(a, b, calendar)


def _advance_outside(
    start: datetime,
    amount: timedelta,
    pauses: Sequence[Interval],
    clock: Clock,
    calendar: Calendar,
) -> datetime | None:
    """``_advance``, but the time within ``pauses`` (in order, apart) does not count."""
    moment, left = start, amount
    for pause in pauses:
        if pause.end is not None and pause.end <= moment:
            continue
        reached = _advance(moment, left, clock, calendar)
        if reached is None or reached <= pause.start:
            return reached
        if pause.start > moment:
            left -= _measure(moment, pause.start, clock, calendar)
        if pause.end is None:
            return None
        moment = pause.end
    return _advance(moment, left, clock, calendar)


def _merged(pauses: Sequence[Interval], now: datetime | None) -> list[Interval]:
    """In order and apart, empty ones dropped; one that still runs ends at ``now`` if given."""
    merged: list[Interval] = []
    in_utc = [
        Interval(each.start.astimezone(UTC), each.end.astimezone(UTC) if each.end else now)
        for each in pauses
    ]
    for pause in sorted(in_utc, key=lambda each: each.start):
        end = pause.end
        if end is not None and end <= pause.start:
            continue
        last = merged[-1] if merged else None
        if last is None or (last.end is not None and last.end < pause.start):
            merged.append(Interval(pause.start, end))
        elif last.end is not None and (end is None or end > last.end):
            merged[-1] = Interval(last.start, end)
    return merged


def _rolled(moment: datetime | None, calendar: Calendar) -> datetime | None:
    """``moment``, or the next opening if the desk is closed then. The closing minute is kept."""
    if moment is None or worktime.is_open(moment - _TICK, calendar):
        return moment
    return worktime.next_opening(moment, calendar)


def explain(
    opened: datetime,
    until: datetime,
    *,
    clock: Clock,
    policy: Policy,
    pauses: Sequence[Interval] = (),
) -> tuple[ExplainedSpan, ...]:
    """What every stretch between ``opened`` and ``until`` was for the deadline.

    The spans tile the whole time in order, without gap or overlap, and neighbours differ. A pause
    comes before anything else; a running one lasts until ``until``. Closed time of a date whose own
    hours are shorter than its weekday's is a holiday and carries the date's name. What is counted
    adds up to the budget when ``until`` is a deadline that was not rolled.
    """
    a, b = opened.astimezone(UTC), until.astimezone(UTC)
    spans: list[ExplainedSpan] = []
    at = a
    for pause in _merged(pauses, b):
        start, end = max(pause.start, a), min(pause.end or b, b)
        if start >= end:
            continue
        spans += _unpaused(at, start, clock, policy.calendar)
        spans.append(ExplainedSpan(SpanKind.PAUSED, start, end, ""))
        at = end
    spans += _unpaused(at, b, clock, policy.calendar)
    return tuple(spans)


def _unpaused(
    a: datetime, b: datetime, clock: Clock, calendar: Calendar
) -> Iterator[ExplainedSpan]:
    if clock is Clock.ELAPSED:
        if a < b:
            yield ExplainedSpan(SpanKind.COUNTED, a, b, "")
        return
    at = a
    for opens, closes in worktime.open_intervals(a, b, calendar):
        yield from _closed(at, opens, calendar)
        yield ExplainedSpan(SpanKind.COUNTED, opens, closes, "")
        at = closes
    yield from _closed(at, b, calendar)


def _closed(a: datetime, b: datetime, calendar: Calendar) -> Iterator[ExplainedSpan]:
    """Closed time, cut at local midnights where a holiday begins or ends."""
    zone = ZoneInfo(calendar.timezone)
    held: ExplainedSpan | None = None
    day, at = a.astimezone(zone).date(), a
    while at < b:
        midnight = worktime.moment_of(day, 24 * 60, zone)
        if midnight <= at:
            day += _DAY
            continue
        piece = _closed_piece(calendar, day, at, min(b, midnight))
        if held is not None and (held.kind, held.note) == (piece.kind, piece.note):
            held = ExplainedSpan(held.kind, held.start, piece.end, held.note)
        else:
            if held is not None:
                yield held
            held = piece
        at = piece.end
    if held is not None:
        yield held


def _closed_piece(calendar: Calendar, day: date, start: datetime, end: datetime) -> ExplainedSpan:
    """Closed time of one date: a holiday's if the date opens less than its weekday does."""
    if _minutes(worktime.spans_on(calendar, day)) < _minutes(calendar.week[day.weekday()]):
        return ExplainedSpan(SpanKind.HOLIDAY, start, end, calendar.names.get(day, ""))
    return ExplainedSpan(SpanKind.CLOSED, start, end, "")


def _minutes(spans: Sequence[Span]) -> int:
    return sum(span.end - span.start for span in spans)


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
