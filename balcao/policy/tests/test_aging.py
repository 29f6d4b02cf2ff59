"""The optional expiry of a contract's ticket (R19, R20)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy import aging
from balcao.policy.book import CONTRACT_KINDS, ONEOFF_KINDS
from balcao.policy.gate import Door
from balcao.policy.lifecycle import State
from balcao.policy.tests.builders import (
    POLICY,
    a_oneoff,
    a_policy,
    a_ticket,
    brief,
    going_on,
    recife,
    serving,
    some_facts,
)
from balcao.policy.tests.gate_questions import answer, ask_at

ON = "12m_from_opening"
EXPIRING = a_policy({"ticket.contract_expiry": ON})
OPENED = recife("2025-01-16 17:00")
LAST = recife("2026-01-16 23:59")
OVER = recife("2026-01-17 00:00")
SECOND = timedelta(seconds=1)


def test_r19_as_shipped_no_ticket_of_a_contract_expires() -> None:
    assert POLICY.ticket.contract_expiry == "off"
    for kind in (*CONTRACT_KINDS, *ONEOFF_KINDS, None):
        assert aging.last_day(kind, OPENED, POLICY) is None
    ticket = a_ticket(opened_at=OPENED)
    assert ask_at(OVER, serving(), some_facts(ticket=ticket), oneoff__in_progress="stop").allowed


@pytest.mark.parametrize("kind", CONTRACT_KINDS)
def test_r19_switched_on_it_is_good_for_twelve_months_to_the_end_of_the_day(kind: str) -> None:
    assert aging.last_day(kind, OPENED, EXPIRING) == date(2026, 1, 16)
    assert not aging.is_over(kind, OPENED, policy=EXPIRING, now=LAST)
    assert aging.is_over(kind, OPENED, policy=EXPIRING, now=OVER)
    # Opened at 23:30 UTC of the 31st it is the 31st in Recife; opened on 29 February: 1 March.
    assert aging.last_day(kind, recife("2024-02-29 20:30"), EXPIRING) == date(2025, 3, 1)


@pytest.mark.parametrize("kind", [*ONEOFF_KINDS, None])
def test_r19_what_was_bought_has_its_own_day_and_no_other(kind: str | None) -> None:
    assert aging.last_day(kind, OPENED, EXPIRING) is None
    assert aging.last_day("saas", None, EXPIRING) is None


@given(st.timedeltas(timedelta(0), timedelta(days=800)), st.integers(0, 30))
@brief
def test_r19_what_may_be_reopened_is_in_time_and_not_over(age: timedelta, days: int) -> None:
    now, resolved = OPENED + age, OPENED + age - timedelta(days=days)
    asked = {"opened_at": OPENED, "resolved_at": resolved, "now": now}
    shipped = aging.may_reopen("saas", policy=POLICY, **asked)
    assert shipped is (days < 7)
    expiring = aging.may_reopen("saas", policy=EXPIRING, **asked)
    assert expiring is (shipped and now < OVER)


def test_r20_what_is_in_work_is_finished_unless_the_policy_stops_it() -> None:
    facts = some_facts(ticket=a_ticket(opened_at=OPENED))
    assert ask_at(OVER, serving(), facts, ticket__contract_expiry=ON).allowed
    stopping = {"ticket__contract_expiry": ON, "oneoff__in_progress": "stop"}
    assert ask_at(LAST, serving(), facts, **stopping).allowed
    decision = ask_at(OVER, serving(), facts, **stopping)
    assert answer(decision) == ("ticket_expired", ("R19", "R20"), "open_linked")
    assert decision.since == date(2026, 1, 16)
    assert ask_at(OVER, going_on(Door.PORTAL), facts, **stopping).allowed


def test_r19_an_expired_ticket_is_not_reopened_by_writing_to_it() -> None:
    resolved = a_ticket(State.RESOLVED, resolved_at=LAST - timedelta(days=1), opened_at=OPENED)
    for door in (Door.PORTAL, Door.API):
        facts = some_facts(ticket=resolved)
        assert ask_at(LAST, going_on(door), facts, ticket__contract_expiry=ON).allowed
        assert ask_at(OVER, going_on(door), facts).allowed
        decision = ask_at(OVER, going_on(door), facts, ticket__contract_expiry=ON)
        assert answer(decision) == ("ticket_expired", ("R19",), "open_linked")
    old = replace(resolved, resolved_at=LAST - timedelta(days=8))
    decision = ask_at(OVER, going_on(Door.PORTAL), some_facts(ticket=old))
    assert answer(decision)[0] == "ticket_closed"


def test_r19_a_one_off_is_not_touched_by_it() -> None:
    oneoff = some_facts(ticket=replace(a_oneoff(), opened_at=OPENED))
    assert ask_at(
        recife("2026-01-19 09:00"), serving(Door.PHONE), oneoff, ticket__contract_expiry=ON
    ).allowed


def test_r19_facts_of_before_it_was_asked_expire_nothing() -> None:
    unknown: datetime | None = None
    facts = some_facts(ticket=a_ticket(opened_at=unknown))
    stopping = {"ticket__contract_expiry": ON, "oneoff__in_progress": "stop"}
    assert ask_at(OVER, serving(), facts, **stopping).allowed
