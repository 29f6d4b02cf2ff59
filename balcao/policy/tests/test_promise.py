"""The promise of a ticket, and what moves it all the same."""

from datetime import date

import pytest

from balcao.policy import promise
from balcao.policy.sla import Interval
from balcao.policy.tests.builders import HOUR, POLICY, a_policy, recife

FRIDAY_17 = recife("2026-01-16 17:00")
BUSINESS = a_policy({"sla.clock": "business"})
MONDAY_OFF = a_policy(
    {"calendar.days": [{"date": date(2026, 1, 19), "name": "Feriado", "spans": []}]}
)


def a_course(*spans: tuple[str, Interval], kind: str | None = "saas") -> promise.Course:
    return promise.Course(kind=kind, submitted_at=FRIDAY_17, started_at=None, spans=spans)


def test_p1_a_holiday_added_later_moves_what_was_promised_in_business_hours() -> None:
    before = promise.due_for(a_course(), BUSINESS)
    after = promise.due_for(a_course(), promise.governing(BUSINESS, MONDAY_OFF))
    assert before.start_due == recife("2026-01-21 11:00")
    assert after.start_due == recife("2026-01-22 11:00")


@pytest.mark.parametrize(
    "changes",
    [
        {"sla.start_hours": 1},
        {"sla.resolution_hours": 1},
        {"sla.clock": "elapsed"},
        {"sla.resolution_anchor": "started"},
        {"sla.pause_states": []},
    ],
)
def test_p1_what_is_promised_later_changes_nothing_for_a_ticket_that_is_open(
    changes: dict[str, object],
) -> None:
    waited = Interval(recife("2026-01-19 09:00"), recife("2026-01-19 12:00"))
    course = a_course(("waiting_customer", waited))
    governing = promise.governing(BUSINESS, a_policy(changes))
    assert promise.due_for(course, governing) == promise.due_for(course, BUSINESS)


def test_r4_only_the_states_that_pause_stop_the_clock() -> None:
    later = Interval(FRIDAY_17 + HOUR, FRIDAY_17 + 3 * HOUR)
    plain = promise.due_for(a_course(), POLICY).resolution_due
    assert plain is not None
    waited = promise.due_for(a_course(("waiting_customer", later)), POLICY)
    served = promise.due_for(a_course(("in_service", later)), POLICY)
    assert waited.resolution_due == plain + 2 * HOUR
    assert served.resolution_due == plain


def test_r4_a_pause_that_runs_is_taken_to_end_now_if_asked() -> None:
    course = a_course(("waiting_customer", Interval(FRIDAY_17 + HOUR, None)))
    assert promise.due_for(course, POLICY).resolution_due is None
    guess = promise.due_for(course, POLICY, now=FRIDAY_17 + 2 * HOUR).resolution_due
    assert guess == FRIDAY_17 + 41 * HOUR


def test_r1_a_one_off_rolls_to_the_next_opening() -> None:
    found = promise.due_for(a_course(kind="oneoff_problem"), POLICY)
    assert found.start_due == recife("2026-01-19 08:00")


def test_p1_only_calendar_and_suspensions_move_deadlines_that_are_running() -> None:
    strike = {
        "begins": "2026-01-19T08:00-03:00",
        "ends": "2026-01-19T18:00-03:00",
        "reason": "Greve",
    }
    assert promise.moves(MONDAY_OFF, POLICY)
    assert promise.moves(a_policy({"suspended.periods": [strike]}), POLICY)
    assert not promise.moves(BUSINESS, POLICY)
