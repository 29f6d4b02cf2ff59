"""Appointments (S37-S42, R20, R28): which times are free, who moves one, what a missed one means.

Times are UTC and aligned to quarters of an hour, the ``CELL`` that one agent gives away once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from balcao.policy import worktime
from balcao.policy.book import Calendar, Span
from balcao.policy.lifecycle import MOVES, State, Verb

CELL = timedelta(minutes=15)
STEP = timedelta(minutes=30)
"""Times are offered on the half hour."""
LEAD = timedelta(hours=2)
"""Nobody is surprised by an appointment that begins sooner than this."""
FURTHEST = timedelta(days=60)
EARLY = timedelta(minutes=30)
"""A customer who comes so much too early is there."""
PATIENCE = timedelta(minutes=10)
"""So long an agent waits before saying that nobody came."""
SHORTEST, LONGEST = 15, 480
"""Minutes an appointment may last."""
MOST_TIMES = 30
A_FEW, A_DAY = 10, 2
"""So many times are offered, and so many of one day, when nobody picks them by hand."""
TRAINING = "oneoff_training"
SCHEDULED_KINDS = frozenset({"oneoff_install", TRAINING})
MOST_STEPS = 40
MOST_PEOPLE = 99

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_NINE = 9 * 60


class Mode(StrEnum):
    """How they meet (S37, S39): on the customer's machine, by telephone, or at a meeting's link."""

    REMOTE = "remote"
    PHONE = "phone"
    MEETING = "meeting"


class Stand(StrEnum):
    """How an appointment stands."""

    BOOKED = "booked"
    ATTENDED = "attended"
    MISSED = "missed"
    CANCELLED = "cancelled"


Reason = str
Choice = tuple[tuple[int, datetime], ...]
TOO_SOON: Final = "too_soon"
TOO_FAR: Final = "too_far"
PAST_EXPIRY: Final = "past_expiry"
CLOSED: Final = "closed"
NOT_WORKING: Final = "not_working"
TAKEN: Final = "taken"


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """From ``begins`` until ``ends``, which is no longer part of it."""

    begins: datetime
    ends: datetime

    def overlaps(self, other: "Slot") -> bool:
        """Whether any moment belongs to both."""
        return self.begins < other.ends and other.begins < self.ends

    def holds(self, other: "Slot") -> bool:
        """Whether all of ``other`` belongs to it."""
        return self.begins <= other.begins and other.ends <= self.ends


@dataclass(frozen=True, slots=True)
class Agenda:
    """When one agent can be met: ``week`` as in a calendar, Monday first, and ``busy``: absences
    and what is booked already.
    """

    week: tuple[tuple[Span, ...], ...]
    busy: tuple[Slot, ...] = ()


def cells(slot: Slot) -> tuple[datetime, ...]:
    """The beginnings of the quarters of an hour that ``slot`` takes of an agent, in order."""
    at, found = _floor(slot.begins, CELL), []
    while at < slot.ends:
        found.append(at)
        at += CELL
    return tuple(found)


def _floor(moment: datetime, step: timedelta) -> datetime:
    return moment.astimezone(UTC) - (moment - _EPOCH) % step


def horizon(*, now: datetime, until: datetime | None) -> Slot:
    """Where appointments may lie: from ``LEAD`` on, ``FURTHEST`` at most, and never past ``until``,
    the moment from which the one-off has expired (R20).
    """
    last = now + FURTHEST
    return Slot(now + LEAD, min(last, until) if until else last)


def free_slots(
    agenda: Agenda, *, calendar: Calendar, now: datetime, until: datetime | None, minutes: int
) -> tuple[Slot, ...]:
    """Every time of ``minutes`` at which the agent is free, inside business hours (S37, S41)."""
    length, within = timedelta(minutes=minutes), horizon(now=now, until=until)
    found: list[Slot] = []
    for piece in _without(_working(agenda, calendar, within), sorted(agenda.busy)):
        at = _floor(piece.begins, STEP)
        at += STEP if at < piece.begins else timedelta(0)
        while at + length <= piece.ends:
            found.append(Slot(at, at + length))
            at += STEP
    return tuple(found)


def a_choice(free: Iterable[tuple[int, Sequence[Slot]]], day_of: Callable[[Slot], date]) -> Choice:
    """A few of the free times, to be offered without anybody choosing among them: the soonest, at
    most ``A_DAY`` a day and ``A_FEW`` in all, each with an agent who is free then.
    """
    chosen: dict[datetime, int] = {}
    days: Counter[date] = Counter()
    every = sorted((slot, agent) for agent, slots in free for slot in slots)
    for slot, agent in every:
        if len(chosen) == A_FEW:
            break
        if slot.begins not in chosen and days[day_of(slot)] < A_DAY:
            chosen[slot.begins] = agent
            days[day_of(slot)] += 1
    return tuple((agent, begins) for begins, agent in chosen.items())


def _working(agenda: Agenda, calendar: Calendar, within: Slot) -> Iterator[Slot]:
    """When the desk is open and the agent works, in order."""
    own = list(_open(_own(agenda, calendar), within))
    for opening in _open(calendar, within):
        for piece in own:
            if piece.overlaps(opening):
                yield Slot(max(piece.begins, opening.begins), min(piece.ends, opening.ends))


def _own(agenda: Agenda, calendar: Calendar) -> Calendar:
    return Calendar(timezone=calendar.timezone, week=agenda.week, days={}, names={})


def _open(calendar: Calendar, within: Slot) -> Iterator[Slot]:
    for begins, ends in worktime.open_intervals(within.begins, within.ends, calendar):
        yield Slot(begins, ends)


def _without(pieces: Iterator[Slot], busy: Sequence[Slot]) -> Iterator[Slot]:
    """What is left of each piece; ``busy`` in order, perhaps overlapping."""
    for piece in pieces:
        at = piece.begins
        for taken in busy:
            if not taken.overlaps(Slot(at, piece.ends)):
                continue
            if taken.begins > at:
                yield Slot(at, taken.begins)
            at = max(at, taken.ends)
        if at < piece.ends:
            yield Slot(at, piece.ends)


def why_not(
    slot: Slot, agenda: Agenda, *, calendar: Calendar, now: datetime, until: datetime | None
) -> Reason:
    """Why this time cannot be agreed on with the agent; empty when it can.

    What ``free_slots`` offers can be; so can a time of another length, or off the half hour.
    """
    within = horizon(now=now, until=until)
    if slot.begins < within.begins:
        return TOO_SOON
    if until is not None and slot.ends > until:
        return PAST_EXPIRY
    if slot.ends > within.ends:
        return TOO_FAR
    if not any(piece.holds(slot) for piece in _open(calendar, slot)):
        return CLOSED
    if not any(piece.holds(slot) for piece in _open(_own(agenda, calendar), slot)):
        return NOT_WORKING
    return TAKEN if any(slot.overlaps(taken) for taken in agenda.busy) else ""


def may_be_offered(state: State, kind: str) -> bool:
    """Whether times can be offered for a ticket: it can be scheduled; or it waits for its customer,
    whose choice ends that; or it is a training or installation that was sold, which the choice
    submits: what it is for was said when it was bought (R16, R17).
    """
    if state is State.SOLD:
        return kind in SCHEDULED_KINDS
    return state is State.WAITING_CUSTOMER or state in MOVES[Verb.SCHEDULE]


def arranges(state: State, kind: str) -> bool:
    """Whether what its holder writes arranges a time: a training or installation that was sold is
    scheduled with sales first (S42). The time that is agreed on submits it (R16, R29).
    """
    return state is State.SOLD and kind in SCHEDULED_KINDS


def is_meeting_link(text: str) -> bool:
    """Whether a meeting's link is one that a page may lead to: of the web, in one piece."""
    return text.startswith(("https://", "http://")) and not any(c.isspace() for c in text)


def may_move(begins: datetime, *, now: datetime, hours: int) -> bool:
    """Whether the customer may still move or call off one that begins then: until ``hours`` before,
    that instant included (R28).
    """
    return now <= begins - timedelta(hours=hours)


def may_attend(begins: datetime, *, now: datetime) -> bool:
    """Whether it can be said that the customer came: not long before it was to begin."""
    return now >= begins - EARLY


def may_teach(people: int, *, allowed: int, reason: str) -> bool:
    """Whether so many may take part in a training: as many as it is for, or more, which is the
    agent's to give with a reason (R28).
    """
    return 1 <= people <= MOST_PEOPLE and (people <= allowed or bool(reason.strip()))


def may_miss(begins: datetime, *, now: datetime) -> bool:
    """Whether it can be said that nobody came: once they had some minutes to."""
    return now >= begins + PATIENCE


def consumes(*, missed: int, warnings: int) -> bool:
    """Whether a missed appointment uses the one-off up (R28): ``missed`` with this one, of which
    the first ``warnings`` are only warned of.
    """
    return missed > warnings


def remind_at(begins: datetime, *, now: datetime, timezone: str) -> datetime | None:
    """When "é amanhã" is said: at nine on the day before; None when it is too late for that."""
    zone = ZoneInfo(timezone)
    at = worktime.moment_of(begins.astimezone(zone).date() - _DAY, _NINE, zone)
    return at if at > now else None
