"""What one ticket was promised: targets per kind, suspensions, and two versions of the policy."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.book import ONEOFF_KINDS, Policy, Target
from balcao.policy.lifecycle import State
from balcao.policy.sla import (
    Due,
    Promise,
    Stay,
    TicketClock,
    cause_of,
    due,
    due_of,
    explain,
    moves,
    promise,
    stops_of,
    target_for,
    turns,
)
from balcao.policy.tests.builders import DAY, HOUR, POLICY, a_policy, brief, recife
from balcao.policy.tests.sla_cases import BUSINESS, ELAPSED, FRIDAY_17, pause

TICKET = TicketClock(submitted_at=FRIDAY_17, started_at=None, kind="saas")
STRIKE = {
    "suspended.periods": [
        {
            "begins": "2026-01-17T08:00-03:00",
            "ends": "2026-01-17T13:00-03:00",
            "reason": "Greve dos transportes",
        }
    ]
}


def stay(state: State, start: str, end: str | None) -> Stay:
    return Stay(state.value, recife(start), recife(end) if end else None)


def of(policy: Policy) -> Promise:
    return promise(policy, policy)


def hours(found: Due) -> tuple[float | None, float | None]:
    """Both deadlines in hours after the opening."""
    start, resolution = found.start_due, found.resolution_due
    return (
        (start - FRIDAY_17) / HOUR if start else None,
        (resolution - FRIDAY_17) / HOUR if resolution else None,
    )


# -------------------------------------------------------------------- targets


def test_s12_s13_a_kind_may_be_promised_hours_of_its_own() -> None:
    policy = a_policy({"sla.targets.saas": {"start_hours": 4, "resolution_hours": 16}})
    assert target_for(policy, "saas") == Target(4 * HOUR, 16 * HOUR)
    assert target_for(policy, "rental") == target_for(policy, None) == Target(24 * HOUR, 40 * HOUR)
    assert hours(due_of(TICKET, of(policy))) == (4, 16)
    assert hours(due(FRIDAY_17, clock=ELAPSED, policy=policy, kind="rental")) == (24, 40)


# ---------------------------------------------------------------- suspensions


def test_r4_a_suspension_moves_both_deadlines() -> None:
    assert hours(due_of(TICKET, of(a_policy(STRIKE)))) == (29, 45)


def test_r4_in_business_hours_only_the_open_part_of_a_suspension_matters() -> None:
    night = {"begins": "2026-01-19T17:00-03:00", "ends": "2026-01-20T09:00-03:00", "reason": "x"}
    policy = a_policy({"suspended.periods": [night]})
    found = due(FRIDAY_17, clock=BUSINESS, policy=policy)
    assert found.start_due == recife("2026-01-21 13:00")
    assert found.resolution_due == recife("2026-01-23 09:00")


def test_r4_a_pause_and_a_suspension_that_overlap_count_once() -> None:
    waited = TicketClock(
        FRIDAY_17,
        FRIDAY_17,
        "saas",
        (stay(State.WAITING_CUSTOMER, "2026-01-17 10:00", "2026-01-17 15:00"),),
    )
    assert hours(due_of(waited, of(a_policy(STRIKE)))) == (29, 47)


def test_r4_a_suspension_is_told_with_its_reason_and_a_pause_comes_first() -> None:
    spans = explain(
        FRIDAY_17,
        FRIDAY_17 + 24 * HOUR,
        clock=ELAPSED,
        policy=a_policy(STRIKE),
        pauses=[pause("2026-01-17 10:00", "2026-01-17 11:00")],
    )
    assert [(span.kind.value, span.note) for span in spans] == [
        ("counted", ""),
        ("suspended", "Greve dos transportes"),
        ("paused", ""),
        ("suspended", "Greve dos transportes"),
        ("counted", ""),
    ]


def test_r4_suspensions_of_one_reason_that_touch_are_told_as_one() -> None:
    half = {"begins": "2026-01-17T13:00-03:00", "ends": "2026-01-17T14:00-03:00"}
    periods = [
        *STRIKE["suspended.periods"],
        {**half, "reason": "Greve dos transportes"},
        {**half, "begins": "2026-01-17T13:30-03:00", "reason": "Temporal"},
    ]
    spans = explain(
        FRIDAY_17,
        FRIDAY_17 + 24 * HOUR,
        clock=BUSINESS,
        policy=a_policy({"suspended.periods": periods}),
    )
    assert [span.kind.value for span in spans] == ["counted", "closed", "suspended", "closed"]


def test_r1_a_rolled_deadline_does_not_fall_into_a_suspension_or_a_pause() -> None:
    morning = {"begins": "2026-01-19T08:00-03:00", "ends": "2026-01-19T12:00-03:00", "reason": "x"}
    night = {"begins": "2026-01-16T18:00-03:00", "ends": "2026-01-16T19:00-03:00", "reason": "x"}
    policy = a_policy({"suspended.periods": [night, morning]})
    found = due(FRIDAY_17, clock=ELAPSED, policy=policy, roll=True)
    assert found.start_due == found.resolution_due == recife("2026-01-19 12:00")
    waited = pause("2026-01-18 20:00", "2026-01-20 10:00")
    found = due(FRIDAY_17, clock=ELAPSED, policy=POLICY, pauses=[waited], roll=True)
    assert found.start_due == recife("2026-01-19 08:00")
    assert found.resolution_due == recife("2026-01-20 10:00")
    running = pause("2026-01-18 20:00", None)
    found = due(FRIDAY_17, clock=ELAPSED, policy=POLICY, pauses=[running], roll=True)
    assert found.resolution_due is None
    once = a_policy(
        {
            "calendar.week": {},
            "calendar.days": [{"date": "2026-01-19", "name": "Plantão", "spans": ["08:00-09:00"]}],
        }
    )
    waits = [waited, pause("2026-01-21 08:00", "2026-01-21 09:00")]
    found = due(FRIDAY_17, clock=ELAPSED, policy=once, pauses=waits, roll=True)
    assert (found.start_due, found.resolution_due) == (recife("2026-01-19 08:00"), None)


# ------------------------------------------------------------------- warnings


def test_s12_s13_the_team_is_warned_when_a_quarter_of_the_counted_time_is_left() -> None:
    found = due_of(TICKET, of(POLICY))
    assert found.start_warn == FRIDAY_17 + 18 * HOUR
    assert found.resolution_warn == FRIDAY_17 + 30 * HOUR
    business = due_of(TICKET, of(a_policy({"sla.clock": "business"})))
    assert business.start_warn == recife("2026-01-20 15:00")
    suspended = due_of(TICKET, of(a_policy(STRIKE)))
    assert suspended.start_warn == FRIDAY_17 + 23 * HOUR


# ------------------------------------------------------------------- facts


def test_r4_only_the_states_that_stop_the_clock_do() -> None:
    ticket = TicketClock(
        FRIDAY_17,
        FRIDAY_17,
        "saas",
        (
            stay(State.OPEN, "2026-01-16 17:00", "2026-01-16 18:00"),
            stay(State.WAITING_CUSTOMER, "2026-01-17 08:00", "2026-01-17 09:00"),
            stay(State.WAITING_THIRD, "2026-01-17 09:00", "2026-01-17 12:00"),
            stay(State.RESOLVED, "2026-01-17 12:00", "2026-01-17 14:00"),
            stay(State.IN_SERVICE, "2026-01-17 14:00", None),
        ),
    )
    assert len(stops_of(ticket, POLICY)) == 2
    assert due_of(ticket, of(POLICY)).resolution_due == FRIDAY_17 + 43 * HOUR


@pytest.mark.parametrize(
    ("started", "due"),
    [
        (None, FRIDAY_17 + 26 * HOUR),
        ("2026-01-17 15:00", FRIDAY_17 + 26 * HOUR),
        ("2026-01-17 11:00", FRIDAY_17 + 24 * HOUR),
    ],
    ids=["never", "afterwards", "before"],
)
def test_r5_the_time_to_begin_waits_while_it_was_resolved_before_anybody_served_it(
    started: str | None, due: datetime
) -> None:
    resolved = (stay(State.RESOLVED, "2026-01-17 12:00", "2026-01-17 14:00"),)
    ticket = TicketClock(FRIDAY_17, recife(started) if started else None, "saas", resolved)
    assert due_of(ticket, of(POLICY)).start_due == due


def test_a_stop_that_still_runs_leaves_the_deadline_where_it_stood() -> None:
    running = (stay(State.WAITING_CUSTOMER, "2026-01-17 08:00", None),)
    waiting = TicketClock(FRIDAY_17, FRIDAY_17, "saas", running)
    assert due_of(waiting, of(POLICY)).resolution_due == FRIDAY_17 + 40 * HOUR
    as_of = due_of(waiting, of(POLICY), now=recife("2026-01-17 10:00"))
    assert as_of.resolution_due == FRIDAY_17 + 42 * HOUR


def test_r2_the_anchor_and_r1_the_rolling_follow_the_kind_and_the_facts() -> None:
    policy = a_policy({"sla.resolution_anchor": "started"})
    assert due_of(TICKET, of(policy)).resolution_due is None
    started = TicketClock(FRIDAY_17, FRIDAY_17 + HOUR, "saas")
    assert due_of(started, of(policy)).resolution_due == FRIDAY_17 + 41 * HOUR
    for kind in ONEOFF_KINDS:
        oneoff = TicketClock(FRIDAY_17, None, kind)
        assert due_of(oneoff, of(POLICY)).start_due == recife("2026-01-19 08:00")


@given(
    states=st.lists(st.sampled_from([*State]), min_size=2, max_size=6),
    anchor=st.sampled_from(["opened", "started"]),
    started=st.booleans(),
    begins=st.booleans(),
)
def test_a_change_of_state_that_turns_nothing_leaves_the_conclusion_where_it_was(
    states: list[State], anchor: str, started: bool, begins: bool
) -> None:
    rules = of(a_policy({"sla.resolution_anchor": anchor}))
    moments = [FRIDAY_17 + n * HOUR for n in range(len(states))]
    ended = [
        Stay(state.value, *pair) for state, pair in zip(states, pairwise(moments), strict=False)
    ]
    *_, before, after = states
    began = FRIDAY_17 if started else None
    earlier = TicketClock(
        FRIDAY_17, began, "saas", (*ended[:-1], Stay(before.value, moments[-2], None))
    )
    later = TicketClock(
        FRIDAY_17,
        began or (moments[-1] if begins else None),
        "saas",
        (*ended, Stay(after.value, moments[-1], None)),
    )
    if not turns(rules, before.value, after.value):
        moved = due_of(later, rules)
        assert moved.resolution_due == due_of(earlier, rules).resolution_due
        assert moved.resolution_warn == due_of(earlier, rules).resolution_warn
    assert turns(rules, State.WAITING_CUSTOMER.value, State.IN_SERVICE.value)
    assert turns(rules, State.IN_SERVICE.value, State.RESOLVED.value)
    assert turns(rules, State.OPEN.value, State.IN_SERVICE.value) is (anchor == "started")


# ------------------------------------------------------------- two versions


@pytest.mark.parametrize(
    "change",
    [
        {"sla.start_hours": 1, "sla.resolution_hours": 2},
        {"sla.targets.saas": {"start_hours": 1}},
        {"sla.clock": "business"},
        {"sla.clock_by_kind": {"saas": "business"}},
        {"sla.resolution_anchor": "started"},
        {"sla.pause_states": []},
    ],
)
def test_s11_what_was_promised_stays_what_it_was(change: dict[str, object]) -> None:
    ticket = TicketClock(
        FRIDAY_17,
        FRIDAY_17 + HOUR,
        "saas",
        (stay(State.WAITING_CUSTOMER, "2026-01-17 08:00", "2026-01-17 09:00"),),
    )
    later = a_policy(change)
    assert due_of(ticket, of(later)) != due_of(ticket, of(POLICY))
    assert due_of(ticket, promise(POLICY, later)) == due_of(ticket, of(POLICY))


@pytest.mark.parametrize(
    "change", [STRIKE, {"calendar.week.sat": ["08:00-12:00"]}, {"calendar.days": []}]
)
def test_the_calendar_and_the_suspensions_in_force_hold(change: dict[str, object]) -> None:
    opened_under = a_policy({"sla.clock": "business"})
    in_force = a_policy(change)
    found = promise(opened_under, in_force)
    assert (found.calendar, found.suspensions) == (in_force.calendar, in_force.suspensions)
    assert due_of(TICKET, found) == due_of(
        TICKET, of(a_policy({**change, "sla.clock": "business"}))
    )


def test_p1_only_calendar_and_suspensions_move_deadlines_that_are_running() -> None:
    assert moves(a_policy(STRIKE), POLICY)
    assert moves(a_policy({"calendar.days": []}), POLICY)
    assert not moves(a_policy({"sla.clock": "business"}), POLICY)
    assert cause_of(POLICY, a_policy(STRIKE)) == "suspension"
    assert cause_of(POLICY, a_policy({"calendar.days": []})) == "calendar"
    assert cause_of(POLICY, a_policy({"calendar.days": [], **STRIKE})) == "policy"
    assert cause_of(POLICY, POLICY) == ""


def test_the_team_is_warned_as_the_policy_in_force_says() -> None:
    later = a_policy({"sla.warn_left_percent": 50})
    assert promise(POLICY, later).sla.warn_left == 0.5


@brief
@given(
    st.timedeltas(timedelta(0), 3 * DAY),
    st.timedeltas(timedelta(minutes=1), 3 * DAY),
    st.sampled_from(["elapsed", "business"]),
)
def test_r4_one_more_suspension_never_brings_a_deadline_nearer(
    offset: timedelta, length: timedelta, clock: str
) -> None:
    begins = FRIDAY_17 - DAY + offset
    period = {"begins": begins.isoformat(), "ends": (begins + length).isoformat(), "reason": "x"}
    plain = due_of(TICKET, of(a_policy({"sla.clock": clock})))
    moved = due_of(TICKET, of(a_policy({"sla.clock": clock, "suspended.periods": [period]})))
    assert plain.start_due
    assert plain.resolution_due
    assert moved.start_due
    assert moved.resolution_due
    assert moved.start_due >= plain.start_due
    assert moved.resolution_due >= plain.resolution_due
    assert moved.resolution_due >= moved.start_due
