"""Deadlines counted minute by minute, in a way that shares nothing with the code under test.

Time is a row of minutes. For each it is known whether the desk is open, and whether a pause or a
suspension covers it; a deadline is found by walking. Moments are whole minutes, the zone has one
offset all the year.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from balcao.policy.book import KINDS, Calendar, Clock, Policy, Span, Suspension, Target
from balcao.policy.lifecycle import State
from balcao.policy.sla import Stay, TicketClock
from balcao.policy.tests.builders import POLICY

ORIGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 150
OFFSET = -3 * 60
"""Recife, in minutes from UTC."""
_MINUTE = timedelta(minutes=1)
_PAUSES = ["waiting_customer", "waiting_third"]
_HALF_DAYS = {date(2026, 2, 18): "Cinzas", date(2026, 3, 12): "Aniversário do Recife"}


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket and the policy it was opened under."""

    policy: Policy
    ticket: TicketClock


def minute_of(moment: datetime) -> int:
    """The row's minute that begins at ``moment``."""
    minutes, rest = divmod(moment - ORIGIN, _MINUTE)
    assert not rest
    return minutes


def moment_at(minute: int | None) -> datetime | None:
    """The moment at which a minute of the row begins."""
    return None if minute is None else ORIGIN + minute * _MINUTE


def deadlines(case: Case) -> tuple[datetime | None, datetime | None]:
    """Start and conclusion, found by walking."""
    sla, ticket = case.policy.sla, case.ticket
    is_open = _opening_hours(case.policy.calendar)
    suspended = bytearray(len(is_open))
    for each in case.policy.suspensions:
        _cover(suspended, each.begins, each.ends)
    paused, held = bytearray(suspended), bytearray(suspended)
    for stay in ticket.stays:
        unserved = ticket.started_at is None or stay.start < ticket.started_at
        if stay.end and stay.state == "resolved" and unserved:
            _cover(held, stay.start, stay.end)
        if stay.end and (stay.state in sla.pause_states or stay.state == "resolved"):
            _cover(paused, stay.start, stay.end)
    hours = sla.targets.get(ticket.kind) or Target(sla.start, sla.resolution)
    by_business = sla.clock_by_kind.get(ticket.kind, sla.clock) is Clock.BUSINESS
    rolls = ticket.kind.startswith("oneoff") and sla.due_when_closed == "next_opening"
    anchor = ticket.submitted_at if sla.resolution_anchor == "opened" else ticket.started_at
    found: list[datetime | None] = []
    for begins, promised, stopped in (
        (ticket.submitted_at, hours.start, held),
        (anchor, hours.resolution, paused),
    ):
        if begins is None:
            found.append(None)
            continue
        minute = _walk(minute_of(begins), promised // _MINUTE, is_open, stopped, by_business)
        if rolls and not is_open[minute - 1]:
            while not is_open[minute] or stopped[minute]:
                minute += 1
        found.append(moment_at(minute))
    return found[0], found[1]


def _walk(minute: int, left: int, is_open: bytearray, stopped: bytearray, by_business: bool) -> int:
    while left:
        if not stopped[minute] and (is_open[minute] or not by_business):
            left -= 1
        minute += 1
    return minute


def _cover(row: bytearray, begins: datetime, ends: datetime) -> None:
    _fill(row, minute_of(begins), minute_of(ends))


def _fill(row: bytearray, first: int, last: int) -> None:
    first, last = max(first, 0), min(last, len(row))
    if first < last:
        row[first:last] = b"\1" * (last - first)


def _opening_hours(calendar: Calendar) -> bytearray:
    row = bytearray(DAYS * 1440)
    for number in range(-1, DAYS + 1):
        day = ORIGIN.date() + timedelta(days=number)
        spans: Iterable[Span] = calendar.week[day.weekday()]
        if day in calendar.days:
            spans = calendar.days[day]
        for span in spans:
            midnight = number * 1440 - OFFSET
            _fill(row, midnight + span.start, midnight + span.end)
    return row


def a_case(seed: int) -> Case:
    """One of the generated cases: always the same for a seed."""
    dice = random.Random(seed)
    opened = ORIGIN + timedelta(days=5 + dice.randrange(60), minutes=dice.randrange(1440))
    kind = dice.choice([*KINDS, ""])
    started = opened + dice.randrange(3000) * _MINUTE if dice.random() < 0.7 else None
    policy = replace(POLICY, calendar=_calendar(dice), suspensions=_suspensions(dice, opened))
    sla = replace(
        POLICY.sla,
        clock=dice.choice(list(Clock)),
        clock_by_kind={kind: dice.choice(list(Clock))} if dice.random() < 0.3 else {},
        targets={kind: _target(dice)} if dice.random() < 0.4 else {},
        resolution_anchor=dice.choice(["opened", "started"]),
        pause_states=frozenset(
            dice.sample(["waiting_customer", "waiting_third"], dice.randrange(3))
        ),
        due_when_closed=dice.choice(["keep", "next_opening"]),
    )
    return Case(replace(policy, sla=sla), TicketClock(opened, started, kind, _stays(dice, opened)))


def _target(dice: random.Random) -> Target:
    start = dice.randrange(1, 30 * 60) * _MINUTE
    return Target(start, start + dice.randrange(30 * 60) * _MINUTE)


def _calendar(dice: random.Random) -> Calendar:
    """The shipped holidays of country and state, the city's own, half days, several spans a day."""
    days = dict(POLICY.calendar.days)
    names = dict(POLICY.calendar.names)
    for day, name in _HALF_DAYS.items():
        if dice.random() < 0.5:
            days[day], names[day] = (Span(13 * 60, 18 * 60),), name
    for number in dice.sample(range(5, 100), dice.randrange(6)):
        day = ORIGIN.date() + timedelta(days=number)
        days[day], names[day] = dice.choice([(), (Span(540, 720),)]), "Feriado municipal"
    hours = dice.choice(
        [
            (Span(480, 1080),),
            (Span(480, 720), Span(840, 1080)),
            (Span(0, 120), Span(420, 421), Span(1320, 1440)),
            (Span(0, 1440),),
        ]
    )
    weekend = dice.choice([(), (Span(480, 720),), hours])
    return Calendar("America/Recife", (hours,) * 5 + (weekend, ()), days, names)


def _suspensions(dice: random.Random, opened: datetime) -> tuple[Suspension, ...]:
    found = []
    for _ in range(dice.randrange(4)):
        begins = opened + timedelta(minutes=dice.randrange(-2000, 6000))
        ends = begins + timedelta(minutes=dice.randrange(1, 3000))
        found.append(Suspension(begins, ends, "Greve"))
    return tuple(found)


def _stays(dice: random.Random, opened: datetime) -> tuple[Stay, ...]:
    """States one after the other; a few overlap, as after a jump of the clock."""
    at, stays = opened, []
    for _ in range(dice.randrange(6)):
        state = dice.choice([State.WAITING_CUSTOMER, State.WAITING_THIRD, State.RESOLVED])
        begins = at + timedelta(minutes=dice.randrange(-60, 1500))
        at = begins + timedelta(minutes=dice.randrange(2500))
        stays.append(Stay(state.value, begins, at))
    return tuple(stays)
