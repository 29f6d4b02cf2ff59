"""The types of deadlines: facts that go in, moments and stretches that come out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol

from balcao.policy.book import Calendar, Clock, SlaRules, Suspension

DeadlineName = Literal["start", "resolution"]
ChipState = Literal["met", "ok", "soon", "late", "paused", "none"]


class Rules(Protocol):
    """What deadlines are counted by: a whole policy, or the promise to one ticket."""

    @property
    def sla(self) -> SlaRules:
        """Hours, clock and what stops it."""

    @property
    def calendar(self) -> Calendar:
        """When the desk is open."""

    @property
    def suspensions(self) -> Sequence[Suspension]:
        """When every deadline stands still."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What one ticket was promised, and the calendar and suspensions that hold for it now.

    ``slot_is_due``: an agreed time takes the place of the usual start (R29).
    """

    sla: SlaRules
    calendar: Calendar
    suspensions: tuple[Suspension, ...]
    slot_is_due: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``start`` until ``end``, UTC; None: it still runs."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Stay:
    """The ticket was in ``state`` (a lifecycle value) from ``start`` until ``end``, UTC.

    None: it still is.
    """

    state: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class TicketClock:
    """All facts of a ticket that its deadlines follow from.

    ``started_at``: the first answer the customer can see (R3). ``kind``: of its entitlement, or
    empty. ``stays`` may be all of its states or only those in which a clock stands still. ``slot``:
    when service is to start as it was agreed, if a time was (R29).
    """

    submitted_at: datetime
    started_at: datetime | None
    kind: str
    stays: tuple[Stay, ...] = ()
    slot: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """The two promises of a ticket, UTC. None: not known yet, or the calendar never opens.

    ``start_warn`` and ``resolution_warn``: when only ``sla.warn_left`` of the time is left to
    count.
    """

    start_due: datetime | None
    resolution_due: datetime | None
    start_warn: datetime | None = None
    resolution_warn: datetime | None = None


class SpanKind(StrEnum):
    """What a stretch of time was for a deadline."""

    COUNTED = "counted"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class ExplainedSpan:
    """One stretch of a deadline's time line.

    ``note`` is a holiday's name, the reason of a suspension, or empty.
    """

    kind: SpanKind
    start: datetime
    end: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one deadline is what it is.

    ``promised`` hours of ``clock`` count from ``begins`` (None: not begun yet, R2); ``used`` of
    them until now, or until it was met. ``due``: None while the clock stands still, or when the
    calendar does not open long enough. ``spans`` tile the time from ``begins`` to the deadline, and
    on to now or to ``met_at`` where that is later.
    """

    deadline: DeadlineName
    clock: Clock
    promised: timedelta
    begins: datetime | None
    due: datetime | None
    met_at: datetime | None
    used: timedelta
    spans: tuple[ExplainedSpan, ...]
