"""First in, first out (S30), and absences (R24)."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.lifecycle import State
from balcao.policy.routing import (
    LINES,
    NEVER,
    TakenBack,
    goes_back,
    line,
    may_claim,
    may_end_reservation,
    position,
    reserved_for,
    stands_by,
)
from balcao.policy.tests.builders import HOUR, NOW, POLICY, a_policy

COLLEAGUE = 2


def claim(
    state: State = State.OPEN, assignee: int | None = None, until: datetime | None = None
) -> bool:
    return may_claim(state=state, assignee=assignee, claimed_until=until, now=NOW)


@given(st.integers(min_value=0, max_value=10**9))
def test_s30_the_place_is_one_more_than_those_before(before: int) -> None:
    assert position(before) == before + 1


def test_r24_every_order_of_the_line_is_total_and_ends_with_who_was_first() -> None:
    assert line("fifo") == ("submitted_at", "pk")
    assert line("due") == ("answer_due", "submitted_at", "pk")
    orders = {a_policy({"queue.order": order}).queue.order for order in LINES}
    assert orders == set(LINES)
    assert POLICY.queue.order == "fifo"


def test_r24_where_nothing_is_due_everybody_else_is_before() -> None:
    assert stands_by(NOW) == NOW
    assert stands_by(None) == NEVER > NOW


def test_s30_nobody_stands_before_the_first() -> None:
    with pytest.raises(ValueError, match="first"):
        position(-1)


def test_s30_a_waiting_ticket_that_is_nobodys_may_be_claimed() -> None:
    assert claim()


@pytest.mark.parametrize("state", sorted(set(State) - {State.OPEN}))
def test_s30_only_a_ticket_that_waits_for_its_first_answer_may_be_claimed(state: State) -> None:
    assert not claim(state=state)


def test_s30_a_colleagues_claim_holds_until_it_ends() -> None:
    assert not claim(assignee=COLLEAGUE, until=NOW + HOUR)
    assert claim(assignee=COLLEAGUE, until=NOW)


def test_s30_a_colleagues_own_ticket_is_never_given_away() -> None:
    assert not claim(assignee=COLLEAGUE)


def test_r24_who_is_absent_keeps_what_was_answered_and_nothing_else() -> None:
    assert goes_back(started_at=None)
    assert not goes_back(started_at=NOW)


def test_r24_a_ticket_is_reserved_until_its_claim_ends_and_its_owner_reserves_nothing() -> None:
    assert reserved_for(assignee=COLLEAGUE, claimed_until=NOW + HOUR, now=NOW) == COLLEAGUE
    assert reserved_for(assignee=COLLEAGUE, claimed_until=NOW, now=NOW) is None
    assert reserved_for(assignee=COLLEAGUE, claimed_until=None, now=NOW) is None


@pytest.mark.parametrize("why", [None, *TakenBack])
@pytest.mark.parametrize("supervises", [False, True])
def test_o3_r24_what_a_colleague_holds_only_a_supervisor_ends_with_a_reason(
    *, supervises: bool, why: TakenBack | None
) -> None:
    mine = may_end_reservation(holder=COLLEAGUE, by=COLLEAGUE, supervises=supervises, why=why)
    nobodys = may_end_reservation(holder=None, by=COLLEAGUE, supervises=supervises, why=why)
    theirs = may_end_reservation(holder=COLLEAGUE, by=3, supervises=supervises, why=why)
    assert (mine, nobodys) == (True, True)
    assert theirs is (supervises and why is not None)
