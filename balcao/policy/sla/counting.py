"""When deadlines fall due."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from balcao.policy import worktime
from balcao.policy.book import Calendar, Clock
from balcao.policy.lifecycle import State
from balcao.policy.sla.promises import clock_for, rolls, stopped_states, target_for
from balcao.policy.sla.types import Due, Interval, Promise, Rules, TicketClock

_TICK = timedelta(microseconds=1)


def due_of(
    ticket: TicketClock, promise: Promise, *, now: datetime | None = None, roll: bool = True
) -> Due:
    """Both deadlines of a ticket: what every page, mail, job, command and preview shows.

    A stop that still runs is left out: the conclusion stands where it stood when the clock was
    stopped, and moves when the clock goes on. With ``now`` it is taken to end there. Without
    ``roll`` a deadline stays in closed hours, where its time ran out. A time that was agreed on
    before the start was due is what is due instead (R29).
    """
    stops, agreed = stops_of(ticket, promise), agreed_of(ticket, promise)
    held = start_stops_of(ticket, promise)
    found = due(
        ticket.submitted_at,
        clock=clock_for(promise, ticket.kind),
        policy=promise,
        kind=ticket.kind,
        pauses=stops if now else [stop for stop in stops if stop.end is not None],
        held=held if now else [stop for stop in held if stop.end is not None],
        started=ticket.started_at,
        roll=roll and rolls(promise, ticket.kind),
        now=now,
    )
    if not (ticket.slot and agreed and found.start_due and agreed[0].start <= found.start_due):
        return found
    left = target_for(promise, ticket.kind).start * promise.sla.warn_left
    return replace(found, start_due=ticket.slot, start_warn=ticket.slot - left)


def stops_of(ticket: TicketClock, rules: Rules) -> tuple[Interval, ...]:
    """When the resolution clock stood still because of the ticket's state (R4, R5)."""
    stopped = stopped_states(rules)
    return tuple(Interval(stay.start, stay.end) for stay in ticket.stays if stay.state in stopped)


def agreed_of(ticket: TicketClock, promise: Promise) -> tuple[Interval, ...]:
    """When the start's clock stood still because a time was agreed on (R29)."""
    if not promise.slot_is_due:
        return ()
    scheduled = State.SCHEDULED.value
    return tuple(Interval(stay.start, stay.end) for stay in ticket.stays if stay.state == scheduled)


def start_stops_of(ticket: TicketClock, promise: Promise) -> tuple[Interval, ...]:
    """When the start's clock stood still: a time was agreed on (R29), or it was resolved before
    anybody served it and then reopened (R5).
    """
    started, resolved = ticket.started_at, State.RESOLVED.value
    unserved = (
        Interval(stay.start, stay.end)
        for stay in ticket.stays
        if stay.state == resolved and (started is None or stay.start < started)
    )
    return (*agreed_of(ticket, promise), *unserved)


def due(
    opened: datetime,
    *,
    clock: Clock,
    policy: Rules,
    kind: str | None = None,
    pauses: Sequence[Interval] = (),
    held: Sequence[Interval] = (),
    started: datetime | None = None,
    roll: bool = False,
    now: datetime | None = None,
) -> Due:
    """Both deadlines of a ticket submitted at ``opened`` under an entitlement ``kind``.

    Service starts within the target's ``start`` (S12): only suspensions stop it (R4), and what
    ``held`` it (see ``start_stops_of``). It is concluded within ``resolution`` (S13), counted from
    opening or from ``started`` (R2; before the start there is no such deadline), outside ``pauses``
    and suspensions (overlapping ones count once). While a pause runs the deadline is unknown,
    unless ``now`` is given: then the pause is taken to end there. ``roll`` moves a deadline in
    closed hours to the next opening (R1, see ``rolls``).
    """
    target, calendar = target_for(policy, kind), policy.calendar
    suspended = [Interval(each.begins, each.ends) for each in policy.suspensions]
    anchor = opened if policy.sla.resolution_anchor == "opened" else started
    counted = 1 - policy.sla.warn_left
    waits = tuple(merged([*held, *suspended], now))
    start = _Count(opened.astimezone(UTC), waits, clock, calendar)
    start_due, start_warn = start.due(target.start, roll=roll, warned=counted)
    if anchor is None:
        return Due(start_due, None, start_warn, None)
    stops = tuple(merged([*pauses, *suspended], now))
    resolution = _Count(anchor.astimezone(UTC), stops, clock, calendar)
    resolution_due, resolution_warn = resolution.due(target.resolution, roll=roll, warned=counted)
    return Due(start_due, resolution_due, start_warn, resolution_warn)


@dataclass(frozen=True, slots=True)
class _Count:
    """Time counted by ``clock`` from ``start`` on, outside ``stops`` (in order, apart)."""

    start: datetime
    stops: tuple[Interval, ...]
    clock: Clock
    calendar: Calendar

    def due(
        self, amount: timedelta, *, roll: bool, warned: float
    ) -> tuple[datetime | None, datetime | None]:
        """When ``amount`` is over, and the part ``warned`` of it."""
        moment = self._after(amount)
        return (self._rolled(moment) if roll else moment), self._after(amount * warned)

    def _after(self, amount: timedelta) -> datetime | None:
        moment, left = self.start, amount
        for stop in self.stops:
            if stop.end is not None and stop.end <= moment:
                continue
            reached = self._advance(moment, left)
            if reached is None or reached <= stop.start:
                return reached
            if stop.start > moment:
                left -= self._between(moment, stop.start)
            if stop.end is None:
                return None
            moment = stop.end
        return self._advance(moment, left)

    def _advance(self, start: datetime, amount: timedelta) -> datetime | None:
        if self.clock is Clock.ELAPSED:
            return start + amount
        return worktime.add_business(start, amount, self.calendar)

    def _between(self, a: datetime, b: datetime) -> timedelta:
        if self.clock is Clock.ELAPSED:
            return b - a
        return worktime.business_between(a, b, self.calendar)

    def _rolled(self, moment: datetime | None) -> datetime | None:
        """``moment``, or the next opening outside the stops if the desk is closed then.

        The closing minute is kept.
        """
        if moment is None or worktime.is_open(moment - _TICK, self.calendar):
            return moment
        moment = worktime.next_opening(moment, self.calendar)
        for stop in self.stops:
            if moment is None or moment < stop.start:
                break
            if stop.end is None:
                return None
            if moment < stop.end:
                moment = worktime.next_opening(stop.end, self.calendar)
        return moment


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
