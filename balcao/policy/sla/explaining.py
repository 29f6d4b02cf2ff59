"""What every stretch of time was for a deadline."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from balcao.policy import worktime
from balcao.policy.book import Calendar, Clock, Span, Suspension
from balcao.policy.sla.counting import due_of, merged, start_stops_of, stops_of
from balcao.policy.sla.promises import clock_for, target_for
from balcao.policy.sla.types import (
    DeadlineName,
    Due,
    ExplainedSpan,
    Explanation,
    Interval,
    Promise,
    Rules,
    SpanKind,
    TicketClock,
)

_DAY = timedelta(days=1)


def explain(
    opened: datetime,
    until: datetime,
    *,
    clock: Clock,
    policy: Rules,
    pauses: Sequence[Interval] = (),
) -> tuple[ExplainedSpan, ...]:
    """What every stretch between ``opened`` and ``until`` was for the deadline.

    The spans tile the whole time in order, without gap or overlap, and neighbours differ. A pause
    comes before anything else, a running one lasts until ``until``; then comes a suspension.
    Closed time of a date whose own hours are shorter than its weekday's is a holiday and carries
    the date's name. What is counted adds up to the budget when ``until`` is a deadline that was not
    rolled.
    """
    a, b = opened.astimezone(UTC), until.astimezone(UTC)
    spans: list[ExplainedSpan] = []
    at = a
    for stop in _stops(a, b, merged(pauses, b), policy.suspensions):
        spans += _running(at, stop.start, clock, policy.calendar)
        spans.append(stop)
        at = stop.end
    spans += _running(at, b, clock, policy.calendar)
    return tuple(spans)


def explain_of(
    ticket: TicketClock,
    promise: Promise,
    deadline: DeadlineName,
    *,
    met_at: datetime | None,
    now: datetime,
) -> Explanation:
    """Why one deadline of a ticket is what it is: the same question as ``due_of``, with its way.

    A deadline that was rolled (R1) closes with the closed time it was rolled over, one that passed
    with the time it was late.
    """
    is_start = deadline == "start"
    clock, target = clock_for(promise, ticket.kind), target_for(promise, ticket.kind)
    promised = target.start if is_start else target.resolution
    pauses = (start_stops_of if is_start else stops_of)(ticket, promise)
    from_start = not is_start and promise.sla.resolution_anchor == "started"
    begins = ticket.started_at if from_start else ticket.submitted_at
    waits = not is_start and any(each.end is None for each in pauses)
    runs = met_at is None and waits
    due = None if runs else _named(due_of(ticket, promise), deadline)
    if begins is None:
        return Explanation(deadline, clock, promised, None, None, met_at, timedelta(0), ())
    counted = None if runs else _named(due_of(ticket, promise, roll=False), deadline)
    end = met_at or max(due or now, now)
    spans = list(_up_to(begins, min(end, counted or end), clock, promise, pauses))
    if counted is not None and due is not None and counted < end:
        spans += _up_to(counted, min(due, end), Clock.BUSINESS, promise, pauses)
        if due < end:
            spans.append(ExplainedSpan(SpanKind.LATE, due, end, ""))
    used = sum(
        (min(each.end, now) - min(each.start, now) for each in spans if _counts(each)),
        timedelta(0),
    )
    return Explanation(
        deadline, clock, promised, begins.astimezone(UTC), due, met_at, used, tuple(spans)
    )


def _named(due: Due, deadline: DeadlineName) -> datetime | None:
    return due.start_due if deadline == "start" else due.resolution_due


def _counts(span: ExplainedSpan) -> bool:
    return span.kind is SpanKind.COUNTED


def _up_to(
    a: datetime, b: datetime, clock: Clock, promise: Promise, pauses: Sequence[Interval]
) -> tuple[ExplainedSpan, ...]:
    return explain(a, b, clock=clock, policy=promise, pauses=pauses)


def _stops(
    a: datetime, b: datetime, pauses: Sequence[Interval], suspensions: Sequence[Suspension]
) -> Iterator[ExplainedSpan]:
    """Pauses and suspensions between ``a`` and ``b``, in order and apart."""
    edges = {a, b}
    for pause in pauses:
        edges |= {pause.start, pause.end or b}
    for each in suspensions:
        edges |= {each.begins, each.ends}
    moments = sorted(edge for edge in edges if a <= edge <= b)
    pieces = (
        piece
        for start, end in pairwise(moments)
        if (piece := _stop(start, end, pauses, suspensions))
    )
    yield from _joined(pieces)


def _stop(
    start: datetime, end: datetime, pauses: Sequence[Interval], suspensions: Sequence[Suspension]
) -> ExplainedSpan | None:
    """Why the clock stood still from ``start`` to ``end``, if it did; no edge lies between."""
    if any(each.start <= start and (each.end is None or end <= each.end) for each in pauses):
        return ExplainedSpan(SpanKind.PAUSED, start, end, "")
    for each in suspensions:
        if each.begins <= start and end <= each.ends:
            return ExplainedSpan(SpanKind.SUSPENDED, start, end, each.reason)
    return None


def _joined(pieces: Iterator[ExplainedSpan]) -> Iterator[ExplainedSpan]:
    """Neighbours that touch and say the same, as one."""
    held: ExplainedSpan | None = None
    for piece in pieces:
        same = held is not None and (held.kind, held.note) == (piece.kind, piece.note)
        if held is not None and same and held.end == piece.start:
            held = ExplainedSpan(held.kind, held.start, piece.end, held.note)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held


def _running(a: datetime, b: datetime, clock: Clock, calendar: Calendar) -> Iterator[ExplainedSpan]:
    """Counted and closed time, where nothing stops the clock."""
    if clock is Clock.ELAPSED:
        if a < b:
            yield ExplainedSpan(SpanKind.COUNTED, a, b, "")
        return
    at = a
    for opens, closes in worktime.open_intervals(a, b, calendar):
        yield from _joined(_closed(at, opens, calendar))
        yield ExplainedSpan(SpanKind.COUNTED, opens, closes, "")
        at = closes
    yield from _joined(_closed(at, b, calendar))


def _closed(a: datetime, b: datetime, calendar: Calendar) -> Iterator[ExplainedSpan]:
    """Closed time, cut at local midnights."""
    zone = ZoneInfo(calendar.timezone)
    day, at = a.astimezone(zone).date(), a
    while at < b:
        midnight = worktime.moment_of(day, 24 * 60, zone)
        if midnight > at:
            piece = _closed_piece(calendar, day, at, min(b, midnight))
            yield piece
            at = piece.end
        day += _DAY


def _closed_piece(calendar: Calendar, day: date, start: datetime, end: datetime) -> ExplainedSpan:
    """Closed time of one date: a holiday's if the date opens less than its weekday does."""
    if _minutes(worktime.spans_on(calendar, day)) < _minutes(calendar.week[day.weekday()]):
        return ExplainedSpan(SpanKind.HOLIDAY, start, end, calendar.names.get(day, ""))
    return ExplainedSpan(SpanKind.CLOSED, start, end, "")


def _minutes(spans: Sequence[Span]) -> int:
    return sum(span.end - span.start for span in spans)
