"""When deadlines fall due."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from balcao.policy import worktime
from balcao.policy.book import Calendar, Clock
from balcao.policy.sla.promises import clock_for, rolls, stopped_states, target_for
from balcao.policy.sla.types import Due, Interval, Promise, Rules, TicketClock

_TICK = timedelta(microseconds=1)


def due_of(ticket: TicketClock, promise: Promise, *, now: datetime | None = None) -> Due:
    """Both deadlines of a ticket: what every page, mail, job, command and preview shows.

    A stop that still runs is left out: the conclusion stands where it stood when the clock was
    stopped, and moves when the clock goes on. With ``now`` it is taken to end there.
    """
    stops = stops_of(ticket, promise)
    return due(
        ticket.submitted_at,
        clock=clock_for(promise, ticket.kind),
        policy=promise,
        kind=ticket.kind,
        pauses=stops if now else [stop for stop in stops if stop.end is not None],
        started=ticket.started_at,
        roll=rolls(promise, ticket.kind),
        now=now,
    )


def stops_of(ticket: TicketClock, rules: Rules) -> tuple[Interval, ...]:
    """When the resolution clock stood still because of the ticket's state (R4, R5)."""
    stopped = stopped_states(rules)
    return tuple(Interval(stay.start, stay.end) for stay in ticket.stays if stay.state in stopped)


def due(
    opened: datetime,
    *,
    clock: Clock,
    policy: Rules,
    kind: str | None = None,
    pauses: Sequence[Interval] = (),
    started: datetime | None = None,
    roll: bool = False,
    now: datetime | None = None,
) -> Due:
    """Both deadlines of a ticket submitted at ``opened`` under an entitlement ``kind``.

    Service starts within the target's ``start`` (S12): only suspensions stop it (R4). It is
    concluded within ``resolution`` (S13), counted from opening or from ``started`` (R2; before the
    start there is no such deadline), outside ``pauses`` and suspensions (overlapping ones count
    once). While a pause runs the deadline is unknown, unless ``now`` is given: then the pause is
    taken to end there. ``roll`` moves a deadline in closed hours to the next opening (R1, see
    ``rolls``).
    """
    target, calendar = target_for(policy, kind), policy.calendar
    suspended = [Interval(each.begins, each.ends) for each in policy.suspensions]
    opened = opened.astimezone(UTC)
    anchor = opened if policy.sla.resolution_anchor == "opened" else started
    start = _advance_outside(opened, target.start, merged(suspended, now), clock, calendar)
    resolution = None
    if anchor is not None:
        stops = merged([*pauses, *suspended], now)
        anchor = anchor.astimezone(UTC)
        resolution = _advance_outside(anchor, target.resolution, stops, clock, calendar)
    if roll:
        start = _rolled(start, calendar)
        resolution = _rolled(resolution, calendar)
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
    stops: Sequence[Interval],
    clock: Clock,
    calendar: Calendar,
) -> datetime | None:
    """``_advance``, but the time within ``stops`` (in order, apart) does not count."""
    moment, left = start, amount
    for stop in stops:
        if stop.end is not None and stop.end <= moment:
            continue
        reached = _advance(moment, left, clock, calendar)
        if reached is None or reached <= stop.start:
            return reached
        if stop.start > moment:
            left -= _measure(moment, stop.start, clock, calendar)
        if stop.end is None:
            return None
        moment = stop.end
    return _advance(moment, left, clock, calendar)


def merged(stops: Sequence[Interval], now: datetime | None) -> list[Interval]:
    """In order and apart, empty ones dropped; one that still runs ends at ``now`` if given."""
    apart: list[Interval] = []
    in_utc = [
        Interval(each.start.astimezone(UTC), each.end.astimezone(UTC) if each.end else now)
        for each in stops
    ]
    for stop in sorted(in_utc, key=lambda each: each.start):
        end = stop.end
        if end is not None and end <= stop.start:
            continue
        last = apart[-1] if apart else None
        if last is None or (last.end is not None and last.end < stop.start):
            apart.append(Interval(stop.start, end))
        elif last.end is not None and (end is None or end > last.end):
            apart[-1] = Interval(last.start, end)
    return apart


def _rolled(moment: datetime | None, calendar: Calendar) -> datetime | None:
    """``moment``, or the next opening if the desk is closed then. The closing minute is kept."""
    if moment is None or worktime.is_open(moment - _TICK, calendar):
        return moment
    return worktime.next_opening(moment, calendar)
