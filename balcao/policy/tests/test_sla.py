"""Deadlines (S11-S13, R1-R5) and their chips."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.book import KINDS, ONEOFF_KINDS
from balcao.policy.lifecycle import State
from balcao.policy.sla import (
    chip,
    clock_for,
    due,
    is_stopped,
    left,
    next_look,
    rolls,
    stopped_states,
)
from balcao.policy.tests.builders import DAY, HOUR, POLICY, a_policy, recife
from balcao.policy.tests.sla_cases import (
    BUSINESS,
    ELAPSED,
    FRIDAY_17,
    NEVER_OPEN,
    pause,
)
from balcao.policy.worktime import is_open, is_opening, next_opening

# --------------------------------------------------------------- the promises

TICK = timedelta(microseconds=1)


def test_s12_service_starts_within_24_hours() -> None:
    assert due(FRIDAY_17, clock=ELAPSED, policy=POLICY).start_due == FRIDAY_17 + 24 * HOUR


def test_s13_service_is_concluded_within_40_hours() -> None:
    assert due(FRIDAY_17, clock=ELAPSED, policy=POLICY).resolution_due == FRIDAY_17 + 40 * HOUR


def test_s11_every_kind_of_entitlement_has_the_standard_deadlines() -> None:
    for kind in (*KINDS, None):
        found = due(FRIDAY_17, clock=clock_for(POLICY, kind), policy=POLICY)
        assert (found.start_due, found.resolution_due) == (
            FRIDAY_17 + 24 * HOUR,
            FRIDAY_17 + 40 * HOUR,
        )


def test_r1_the_owners_example_in_elapsed_hours() -> None:
    found = due(FRIDAY_17, clock=ELAPSED, policy=POLICY)
    assert found.start_due == recife("2026-01-17 17:00")
    assert found.resolution_due == recife("2026-01-18 09:00")


def test_r1_the_owners_example_in_business_hours() -> None:
    found = due(FRIDAY_17, clock=BUSINESS, policy=POLICY)
    assert found.start_due == recife("2026-01-21 11:00")
    assert found.resolution_due == recife("2026-01-22 17:00")


def test_r1_a_kind_may_have_its_own_clock() -> None:
    policy = a_policy({"sla.clock_by_kind": {"saas": "business"}})
    assert clock_for(policy, "saas") is BUSINESS
    assert clock_for(policy, "rental") is ELAPSED
    assert clock_for(policy, None) is ELAPSED


def test_s31_the_standard_hours_are_the_policys_to_change() -> None:
    policy = a_policy({"sla.start_hours": 0.5, "sla.resolution_hours": 8})
    found = due(FRIDAY_17, clock=ELAPSED, policy=policy)
    assert found.start_due == FRIDAY_17 + 30 * timedelta(minutes=1)
    assert found.resolution_due == FRIDAY_17 + 8 * HOUR


def test_a_calendar_that_never_opens_has_no_business_deadline() -> None:
    found = due(FRIDAY_17, clock=BUSINESS, policy=NEVER_OPEN, roll=True)
    assert (found.start_due, found.resolution_due) == (None, None)
    assert due(FRIDAY_17, clock=ELAPSED, policy=NEVER_OPEN, roll=True).start_due is None


# ------------------------------------------------------------------ anchor, R2


def test_r2_the_conclusion_may_be_counted_from_the_start_of_service() -> None:
    policy = a_policy({"sla.resolution_anchor": "started"})
    started = FRIDAY_17 + 3 * HOUR
    assert due(FRIDAY_17, clock=ELAPSED, policy=policy).resolution_due is None
    found = due(FRIDAY_17, clock=ELAPSED, policy=policy, started=started)
    assert found.resolution_due == started + 40 * HOUR
    assert found.start_due == FRIDAY_17 + 24 * HOUR
    assert due(FRIDAY_17, clock=ELAPSED, policy=POLICY, started=started) == due(
        FRIDAY_17, clock=ELAPSED, policy=POLICY
    )


# ------------------------------------------------------------------ pauses, R4


def test_r4_a_pause_moves_the_conclusion_and_never_the_start() -> None:
    waited = pause("2026-01-17 08:00", "2026-01-17 13:00")
    found = due(FRIDAY_17, clock=ELAPSED, policy=POLICY, pauses=[waited])
    assert found.start_due == FRIDAY_17 + 24 * HOUR
    assert found.resolution_due == FRIDAY_17 + 45 * HOUR


def test_r4_in_business_hours_only_the_open_part_of_a_pause_matters() -> None:
    waited = pause("2026-01-19 17:00", "2026-01-20 09:00")
    found = due(FRIDAY_17, clock=BUSINESS, policy=POLICY, pauses=[waited])
    assert found.resolution_due == recife("2026-01-23 09:00")


def test_r4_overlapping_pauses_count_once() -> None:
    once = due(
        FRIDAY_17,
        clock=ELAPSED,
        policy=POLICY,
        pauses=[pause("2026-01-17 08:00", "2026-01-17 13:00")],
    )
    twice = due(
        FRIDAY_17,
        clock=ELAPSED,
        policy=POLICY,
        pauses=[
            pause("2026-01-17 10:00", "2026-01-17 13:00"),
            pause("2026-01-17 08:00", "2026-01-17 11:00"),
            pause("2026-01-17 09:00", "2026-01-17 10:00"),
            pause("2026-01-17 09:30", "2026-01-17 09:30"),
        ],
    )
    assert once == twice


def test_r4_pauses_before_opening_and_after_the_deadline_change_nothing() -> None:
    plain = due(FRIDAY_17, clock=ELAPSED, policy=POLICY)
    outside = [
        pause("2026-01-15 08:00", "2026-01-16 12:00"),
        pause("2026-01-18 09:00", "2026-01-18 10:00"),
        pause("2026-01-19 09:00", None),
    ]
    assert due(FRIDAY_17, clock=ELAPSED, policy=POLICY, pauses=outside) == plain


def test_r4_a_pause_that_began_before_opening_counts_from_opening() -> None:
    found = due(
        FRIDAY_17,
        clock=ELAPSED,
        policy=POLICY,
        pauses=[pause("2026-01-15 08:00", "2026-01-16 18:00")],
    )
    assert found.resolution_due == FRIDAY_17 + 41 * HOUR


def test_r4_while_a_pause_runs_the_conclusion_is_unknown_unless_asked_as_of_now() -> None:
    running = [pause("2026-01-17 08:00", None)]
    assert due(FRIDAY_17, clock=ELAPSED, policy=POLICY, pauses=running).resolution_due is None
    found = due(
        FRIDAY_17,
        clock=ELAPSED,
        policy=POLICY,
        pauses=running,
        now=recife("2026-01-17 10:00"),
    )
    assert found.resolution_due == FRIDAY_17 + 42 * HOUR


def test_r4_a_running_pause_swallows_what_overlaps_it() -> None:
    running = [pause("2026-01-17 08:00", None), pause("2026-01-17 09:00", "2026-01-17 10:00")]
    assert due(FRIDAY_17, clock=ELAPSED, policy=POLICY, pauses=running).resolution_due is None
    late = [pause("2026-01-17 08:00", "2026-01-17 09:00"), pause("2026-01-17 08:30", None)]
    assert due(FRIDAY_17, clock=ELAPSED, policy=POLICY, pauses=late).resolution_due is None


def test_r5_time_spent_resolved_does_not_count_after_a_reopening() -> None:
    assert stopped_states(POLICY) == {"waiting_customer", "resolved"}
    assert is_stopped(POLICY, State.WAITING_CUSTOMER)
    assert not is_stopped(POLICY, State.WAITING_THIRD)
    widened = a_policy({"sla.pause_states": ["waiting_third"]})
    assert is_stopped(widened, State.WAITING_THIRD)
    assert not is_stopped(widened, State.WAITING_CUSTOMER)


# ----------------------------------------------------------------- rolling, R1


def test_r1_a_one_offs_deadline_in_closed_hours_rolls_to_the_next_opening() -> None:
    found = due(FRIDAY_17, clock=ELAPSED, policy=POLICY, roll=True)
    assert found.start_due == recife("2026-01-19 08:00")
    assert found.resolution_due == recife("2026-01-19 08:00")


@given(minutes=st.integers(min_value=0, max_value=60 * 24 * 60))
def test_r1_both_deadlines_of_a_one_off_meet_only_where_the_desk_opens(minutes: int) -> None:
    """24 and 40 hours that both end in one closed time wait for its end together."""
    opened = FRIDAY_17 + timedelta(minutes=minutes)
    counted = due(opened, clock=ELAPSED, policy=POLICY)
    found = due(opened, clock=ELAPSED, policy=POLICY, roll=True)
    assert counted.start_due
    assert found.start_due
    assert found.resolution_due
    assert opened + DAY <= found.start_due <= found.resolution_due
    opens = next_opening(counted.start_due, POLICY.calendar)
    assert opens
    met = found.start_due == found.resolution_due
    closed_all_along = not is_open(counted.start_due - TICK, POLICY.calendar) and (
        opened + 40 * HOUR <= opens
    )
    assert met == closed_all_along
    if met:
        assert is_opening(found.start_due, POLICY.calendar)


def test_the_desk_opens_in_the_minute_it_was_closed_before() -> None:
    monday = recife("2026-01-19 08:00")
    assert is_opening(monday, POLICY.calendar)
    assert not is_opening(monday + TICK, POLICY.calendar)
    assert not is_opening(monday - TICK, POLICY.calendar)


def test_r1_a_deadline_in_open_hours_or_at_closing_does_not_roll() -> None:
    monday = recife("2026-01-19 10:00")
    assert due(monday, clock=ELAPSED, policy=POLICY, roll=True).start_due == monday + DAY
    evening = recife("2026-01-19 18:00")
    assert due(evening, clock=ELAPSED, policy=POLICY, roll=True).start_due == evening + DAY


def test_r1_only_one_offs_roll_and_only_while_the_policy_says_so() -> None:
    assert [kind for kind in KINDS if rolls(POLICY, kind)] == list(ONEOFF_KINDS)
    assert not rolls(POLICY, None)
    keep = a_policy({"sla.due_when_closed": "keep"})
    assert not any(rolls(keep, kind) for kind in KINDS)


# ----------------------------------------------------------------------- chips


def test_time_left_is_negative_when_late() -> None:
    assert left(FRIDAY_17, FRIDAY_17 - HOUR) == HOUR
    assert left(FRIDAY_17, FRIDAY_17 + HOUR) == -HOUR
    assert left(None, FRIDAY_17) is None


@pytest.mark.parametrize(
    ("hours", "expected"), [(0, "ok"), (2.9, "ok"), (3, "soon"), (4, "soon"), (4.1, "late")]
)
def test_a_deadline_is_soon_from_its_warning_on_and_late_after_its_moment(
    hours: float, expected: str
) -> None:
    now, end, soon = FRIDAY_17 + hours * HOUR, FRIDAY_17 + 4 * HOUR, FRIDAY_17 + 3 * HOUR
    assert chip(end, soon_at=soon, met_at=None, paused=False, now=now) == expected
    never = chip(end, soon_at=None, met_at=None, paused=False, now=now)
    assert never == ("ok" if expected == "soon" else expected)


def test_the_ticker_looks_to_warn_and_then_to_say_that_it_is_late() -> None:
    end, warn = FRIDAY_17 + 4 * HOUR, FRIDAY_17 + 3 * HOUR
    assert next_look(end, warn=warn, warned=False, over=False) == warn
    assert next_look(end, warn=warn, warned=True, over=False) == end
    assert next_look(end, warn=None, warned=False, over=False) == end
    assert next_look(end, warn=end + HOUR, warned=False, over=False) == end
    assert next_look(end, warn=warn, warned=False, over=True) is None
    assert next_look(None, warn=None, warned=False, over=False) is None


def test_a_kept_promise_is_met_and_one_kept_late_stays_late() -> None:
    end = FRIDAY_17 + 4 * HOUR
    much_later = FRIDAY_17 + 30 * DAY
    kept = chip(end, soon_at=None, met_at=end, paused=False, now=much_later)
    late = chip(end, soon_at=None, met_at=end + HOUR, paused=True, now=much_later)
    assert (kept, late) == ("met", "late")
    assert chip(None, soon_at=None, met_at=end, paused=False, now=end) == "met"


def test_a_paused_deadline_is_paused_and_none_is_none() -> None:
    assert chip(FRIDAY_17, soon_at=None, met_at=None, paused=True, now=FRIDAY_17 + DAY) == "paused"
    assert chip(None, soon_at=None, met_at=None, paused=False, now=FRIDAY_17) == "none"
