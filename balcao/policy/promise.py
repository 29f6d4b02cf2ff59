"""What a ticket was promised, and what moves its deadlines all the same."""

from dataclasses import dataclass, replace
from datetime import datetime

from balcao.policy import sla
from balcao.policy.book import Policy


@dataclass(frozen=True, slots=True)
class Course:
    """What the deadlines of one ticket hang on. Moments are aware.

    ``spans``: the state it was in and from when to when, as far as anybody asks about it.
    """

    kind: str | None
    submitted_at: datetime
    started_at: datetime | None
    spans: tuple[tuple[str, sla.Interval], ...]


def governing(promise: Policy, in_force: Policy) -> Policy:
    """The rules of a ticket that was opened under ``promise``.

    Its hours, clock, anchor, pauses and rolling stay as promised; the calendar and the suspended
    periods are those ``in_force`` now: a holiday is a holiday for everybody (R1-R4, R23).
    """
    return replace(
        promise,
        timezone=in_force.timezone,
        calendar=in_force.calendar,
        suspensions=in_force.suspensions,
    )


def due_for(course: Course, policy: Policy, *, now: datetime | None = None) -> sla.Due:
    """Both deadlines of the ticket under ``policy`` (see ``governing`` and ``sla.due``)."""
    stopped = sla.stopped_states(policy)
    return sla.due(
        course.submitted_at,
        clock=sla.clock_for(policy, course.kind),
        policy=policy,
        pauses=[span for state, span in course.spans if state in stopped],
        started=course.started_at,
        roll=sla.rolls(policy, course.kind),
        now=now,
    )


def moves(draft: Policy, in_force: Policy) -> bool:
    """Whether ``draft`` could move the deadlines of tickets that are open already."""
    return (draft.calendar, draft.suspensions) != (in_force.calendar, in_force.suspensions)
