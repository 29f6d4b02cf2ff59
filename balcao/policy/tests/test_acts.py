"""Remote access, time spent, another product, a second question."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy import acts
from balcao.policy.access import Actor, Permission, Role, TicketScope, can
from balcao.policy.book import CONTRACT_KINDS, ONEOFF_KINDS
from balcao.policy.lifecycle import OPEN_STATES, State, Verb, next_state
from balcao.policy.tests.access_cases import (
    AGENT,
    COLLEAGUE,
    OTHER_QUEUE,
    OUR_QUEUE,
    a_scope,
    actors,
    an_actor,
)

NOW = datetime(2026, 11, 13, 15, 0, tzinfo=UTC)
SUPERVISOR = an_actor(Role.SUPERVISOR, organisations=(), pk=60)
OWN_OR_ALL = (
    (acts.may_end_session, Permission.REMOTE),
    (acts.may_remove_time, Permission.LOG_TIME),
)


def test_a_remote_access_is_taken_for_forgotten_from_eight_hours_on() -> None:
    last = NOW + timedelta(hours=8) - timedelta(microseconds=1)
    assert not acts.is_forgotten(began_at=NOW, now=last)
    assert acts.is_forgotten(began_at=NOW, now=NOW + timedelta(hours=8))


@pytest.mark.parametrize("state", State)
def test_s22_a_remote_access_goes_on_exactly_while_its_ticket_is_open(state: State) -> None:
    assert acts.session_goes_on(state) is (state in OPEN_STATES)


@pytest.mark.parametrize("may", [may for may, _permission in OWN_OR_ALL])
def test_who_began_ends_it_and_so_does_a_supervisor(may: acts.Own) -> None:
    scope = a_scope(queue=OUR_QUEUE)
    assert may(AGENT, scope, agent=50)
    assert not may(AGENT, scope, agent=COLLEAGUE)
    assert not may(AGENT, a_scope(queue=OTHER_QUEUE), agent=50)
    assert may(SUPERVISOR, scope, agent=50)
    for role in (Role.SALES, Role.AUDITOR, Role.ADMINISTRATOR, Role.CONTACT):
        assert not may(an_actor(role, pk=50), scope, agent=50)


@given(actor=actors, agent=st.integers(0, 3), queue=st.sampled_from((OUR_QUEUE, OTHER_QUEUE)))
def test_nobody_ends_or_removes_what_they_could_not_have_begun(
    actor: Actor, agent: int, queue: int
) -> None:
    scope: TicketScope = a_scope(queue=queue)
    for may, permission in OWN_OR_ALL:
        assert not may(actor, scope, agent=agent) or can(actor, permission, scope)


@pytest.mark.parametrize("state", State)
def test_product_and_service_change_while_a_contract_ticket_is_open(state: State) -> None:
    for kind in (*CONTRACT_KINDS, "", None):
        assert (acts.product_fixed(state, kind) == "") is (state in OPEN_STATES)


@pytest.mark.parametrize("state", State)
def test_r17_a_one_off_stays_of_the_kind_that_was_sold(state: State) -> None:
    for kind in ONEOFF_KINDS:
        assert acts.product_fixed(state, kind) == "oneoff"


def test_r18_sales_is_asked_in_vain_while_somebody_else_is_waited_for() -> None:
    vain = {state for state in OPEN_STATES if acts.asks_in_vain(state)}
    assert vain == {State.WAITING_CUSTOMER, State.WAITING_THIRD, State.SCHEDULED}
    assert all(next_state(state, Verb.ASK_SALES) is None for state in vain)


def test_r27_a_second_question_is_taken_out_of_what_is_open_or_was_just_resolved() -> None:
    over = {state for state in State if not acts.may_split(state)}
    assert over == {State.SOLD, State.CLOSED, State.CANCELLED}


def test_what_is_over_or_has_no_problem_yet_keeps_its_subject() -> None:
    kept = {state for state in State if not acts.may_rename(state)}
    assert kept == {State.SOLD, State.CLOSED, State.CANCELLED}
