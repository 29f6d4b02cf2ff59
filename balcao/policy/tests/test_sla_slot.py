"""R29: the start's clock ends when a time is agreed on, and then that time is the deadline."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.book import Clock
from balcao.policy.lifecycle import State
from balcao.policy.sla import (
    SpanKind,
    Stay,
    TicketClock,
    due,
    due_of,
    explain_of,
    is_stopped,
    promise,
)
from balcao.policy.tests.builders import HOUR, NOW, POLICY, a_policy, brief

PROMISE = promise(POLICY, POLICY)
KEEPING = a_policy({"appointment.sla": "keep"})
SLOT = NOW + 240 * HOUR
AGREED = NOW + 5 * HOUR


def scheduled(
    agreed: datetime = AGREED, *, until: datetime | None = None, slot: datetime | None = SLOT
) -> TicketClock:
    """Opened at NOW; a time was agreed on, which holds or held ``until`` then."""
    stays = [
        Stay(State.OPEN.value, NOW, agreed),
        Stay(State.SCHEDULED.value, agreed, until),
    ]
    if until:
        stays.append(Stay(State.OPEN.value, until, None))
    return TicketClock(NOW, None, "licensing", tuple(stays), slot=slot)


def test_r29_an_agreed_time_is_the_deadline_however_far_ahead() -> None:
    found = due_of(scheduled(), PROMISE)
    assert found.start_due == SLOT
    assert found.start_warn == SLOT - 24 * HOUR * POLICY.sla.warn_left
    assert is_stopped(PROMISE, State.SCHEDULED.value)


def test_r29_called_off_the_start_goes_on_with_what_was_left_of_it() -> None:
    ended = NOW + 100 * HOUR
    found = due_of(scheduled(until=ended, slot=None), PROMISE)
    assert found.start_due == ended + 19 * HOUR


def test_r29_a_time_agreed_on_too_late_excuses_nothing() -> None:
    late = NOW + 24 * HOUR + timedelta(seconds=1)
    assert due_of(scheduled(late), PROMISE).start_due == NOW + 24 * HOUR
    assert due_of(scheduled(NOW + 24 * HOUR), PROMISE).start_due == SLOT


def test_r29_a_policy_that_keeps_the_usual_deadlines_keeps_both() -> None:
    kept = promise(KEEPING, POLICY)
    plain = due(NOW, clock=Clock.ELAPSED, policy=POLICY)
    assert due_of(scheduled(), kept) == plain
    assert not is_stopped(kept, State.SCHEDULED.value)


def test_r29_what_was_said_when_it_was_opened_stays() -> None:
    assert due_of(scheduled(), promise(POLICY, KEEPING)).start_due == SLOT
    assert due_of(scheduled(), promise(KEEPING, POLICY)).start_due == NOW + 24 * HOUR


def test_r29_the_conclusion_waits_while_a_time_is_agreed_on() -> None:
    ended = NOW + 100 * HOUR
    found = due_of(scheduled(until=ended, slot=None), PROMISE)
    assert found.resolution_due == NOW + 40 * HOUR + (ended - AGREED)


def test_r29_the_page_of_the_deadline_shows_the_wait_for_the_agreed_time() -> None:
    told = explain_of(scheduled(), PROMISE, "start", met_at=None, now=NOW + 6 * HOUR)
    assert told.due == SLOT
    assert told.used == 5 * HOUR
    assert [(one.kind, one.start, one.end) for one in told.spans] == [
        (SpanKind.COUNTED, NOW, AGREED),
        (SpanKind.PAUSED, AGREED, SLOT),
    ]
    late = explain_of(scheduled(), PROMISE, "start", met_at=None, now=SLOT + HOUR)
    assert [one.kind for one in late.spans][-1] is SpanKind.LATE
    met = explain_of(scheduled(until=SLOT), PROMISE, "start", met_at=SLOT, now=SLOT + HOUR)
    assert met.spans[-1].end == SLOT


@brief
@given(st.integers(0, 24 * 60 - 1), st.integers(0, 60 * 24 * 60))
def test_r29_calling_off_never_leaves_less_time_than_there_was(agreed: int, lasted: int) -> None:
    at = NOW + timedelta(minutes=agreed)
    ended = at + timedelta(minutes=lasted)
    found = due_of(scheduled(at, until=ended, slot=None), PROMISE)
    assert found.start_due == NOW + 24 * HOUR + (ended - at)
