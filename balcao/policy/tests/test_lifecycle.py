"""The states of a ticket and the verbs between them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from balcao.policy.book import TicketRules
from balcao.policy.lifecycle import (
    MOVES,
    OPEN_STATES,
    RATE_DAYS,
    TERMINAL,
    State,
    Verb,
    closes_at,
    may_answer,
    may_rate,
    may_reopen,
    needs_words,
    next_state,
    rules_for,
    too_late,
    verb_of_customer_message,
)
from balcao.policy.tests.builders import NOW, a_policy, brief, thorough

S, V = State, Verb
RULES = TicketRules(reopen_days=7, silence_days=(2, 5, 7), claim_minutes=5)

# The table of mission 4, row by row.
TABLE: list[tuple[Verb, set[State | None], State]] = [
    (V.SUBMIT, {None, S.SOLD}, S.OPEN),
    (V.START, {S.OPEN}, S.IN_SERVICE),
    (V.ASK_SALES, {S.OPEN, S.IN_SERVICE}, S.ASKING_SALES),
    (V.WAIT_CUSTOMER, {S.IN_SERVICE}, S.WAITING_CUSTOMER),
    (V.CUSTOMER_MESSAGE, {S.WAITING_CUSTOMER}, S.IN_SERVICE),
    (V.WAIT_THIRD, {S.IN_SERVICE, S.SCHEDULED}, S.WAITING_THIRD),
    (V.RESUME, {S.WAITING_THIRD, S.SCHEDULED}, S.IN_SERVICE),
    (V.SCHEDULE, {S.OPEN, S.IN_SERVICE, S.WAITING_THIRD, S.SCHEDULED}, S.SCHEDULED),
    (V.ATTEND, {S.SCHEDULED}, S.IN_SERVICE),
    (
        V.RESOLVE,
        {
            S.OPEN,
            S.IN_SERVICE,
            S.ASKING_SALES,
            S.WAITING_CUSTOMER,
            S.WAITING_THIRD,
            S.SCHEDULED,
        },
        S.RESOLVED,
    ),
    (V.REOPEN, {S.RESOLVED}, S.IN_SERVICE),
    (V.CLOSE, {S.RESOLVED}, S.CLOSED),
    (V.CANCEL, {S.OPEN, S.ASKING_SALES}, S.CANCELLED),
    (V.REFUND, {S.SOLD}, S.CANCELLED),
    (
        V.RETURN,
        {
            S.OPEN,
            S.IN_SERVICE,
            S.ASKING_SALES,
            S.WAITING_CUSTOMER,
            S.WAITING_THIRD,
            S.SCHEDULED,
        },
        S.SOLD,
    ),
]


@pytest.mark.parametrize(("verb", "before", "after"), TABLE, ids=lambda value: str(value))
def test_a_verb_leads_where_the_table_says_and_nowhere_else(
    verb: Verb, before: set[State | None], after: State
) -> None:
    for state in (None, *State):
        expected = after if state in before else None
        assert next_state(state, verb) == expected, state


def test_the_table_speaks_of_every_verb() -> None:
    assert {verb for verb, _, _ in TABLE} | {V.ANSWER_SCOPE} == set(Verb)
    assert set(MOVES) == set(Verb) - {V.ANSWER_SCOPE}


@pytest.mark.parametrize("asked", [S.OPEN, S.IN_SERVICE])
def test_an_answer_about_coverage_leads_back_to_where_it_was_asked(asked: State) -> None:
    assert next_state(S.ASKING_SALES, V.ANSWER_SCOPE, previous=asked) is asked


@pytest.mark.parametrize("previous", [None, S.SOLD, S.RESOLVED, S.ASKING_SALES])
def test_an_answer_about_coverage_leads_nowhere_it_was_not_asked(previous: State | None) -> None:
    assert next_state(S.ASKING_SALES, V.ANSWER_SCOPE, previous=previous) is None
    assert next_state(S.OPEN, V.ANSWER_SCOPE, previous=S.OPEN) is None


def test_r29_an_appointment_called_off_leads_back_to_the_line_it_was_agreed_in() -> None:
    assert next_state(S.OPEN, V.SCHEDULE) is S.SCHEDULED
    assert next_state(S.SCHEDULED, V.RESUME, previous=S.OPEN) is S.OPEN
    assert next_state(S.SCHEDULED, V.RESUME, previous=S.WAITING_THIRD) is S.IN_SERVICE


def test_s30_what_nobody_served_is_in_line_again_when_it_is_reopened() -> None:
    assert next_state(S.RESOLVED, V.REOPEN, started=False) is S.OPEN
    assert next_state(S.RESOLVED, V.REOPEN, started=True) is S.IN_SERVICE
    assert next_state(S.CLOSED, V.REOPEN, started=False) is None


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("verb", list(Verb))
def test_r3_the_team_resolves_nothing_in_silence_that_nobody_served(
    state: State, verb: Verb
) -> None:
    silent = verb is V.RESOLVE and state in OPEN_STATES
    assert needs_words(state, verb, staff=True, started=False) is silent
    assert not needs_words(state, verb, staff=True, started=True)
    assert not needs_words(state, verb, staff=False, started=False), "its customer may always"


def test_r18_what_was_served_is_called_off_by_nobody() -> None:
    assert [verb for verb in Verb if too_late(verb, started=True)] == [V.CANCEL]
    assert not any(too_late(verb, started=False) for verb in Verb)


def test_s22_open_means_open_to_scheduled() -> None:
    assert set(State) - OPEN_STATES == {S.SOLD, S.RESOLVED, S.CLOSED, S.CANCELLED}


@thorough
@given(st.sampled_from(State), st.sampled_from(Verb), st.sampled_from([None, *State]))
def test_nothing_leads_out_of_a_terminal_state(
    state: State, verb: Verb, previous: State | None
) -> None:
    after = next_state(state, verb, previous=previous)
    if state in TERMINAL:
        assert after is None
    assert (after is S.SOLD) is (verb is V.RETURN and state in OPEN_STATES)


def reachable_from(state: State | None) -> set[State]:
    """Every state that some path leads to."""
    found: set[State] = set()
    todo: list[State | None] = [state]
    while todo:
        here = todo.pop()
        for verb in Verb:
            for previous in (S.OPEN, S.IN_SERVICE):
                after = next_state(here, verb, previous=previous)
                if after is not None and after not in found:
                    found.add(after)
                    todo.append(after)
    return found


@pytest.mark.parametrize("state", [None, *sorted(set(State) - TERMINAL)])
def test_from_every_state_there_is_a_way_to_an_end(state: State | None) -> None:
    assert reachable_from(state) & TERMINAL


def test_every_state_is_reached_from_a_submission() -> None:
    assert reachable_from(None) == set(State)


class ATicketsLife(RuleBasedStateMachine):
    """Any sequence of verbs keeps a ticket within the table, and resolve + close always end it."""

    def __init__(self) -> None:
        super().__init__()
        self.state: State | None = None
        self.previous: State | None = None
        self.asked_from: State | None = None

    @rule(verb=st.sampled_from(Verb))
    def act(self, verb: Verb) -> None:
        after = next_state(self.state, verb, previous=self.previous)
        if after is None:
            return
        if verb is V.ASK_SALES:
            self.asked_from = self.state
        if verb is V.ANSWER_SCOPE:
            assert after is self.asked_from
        if after is S.SOLD:
            assert verb is V.RETURN
        self.previous, self.state = self.state, after

    @precondition(lambda self: self.state in OPEN_STATES)
    @rule()
    def it_can_be_brought_to_its_end(self) -> None:
        resolved = next_state(self.state, V.RESOLVE)
        assert resolved is S.RESOLVED
        assert next_state(resolved, V.CLOSE) is S.CLOSED

    @invariant()
    def it_was_never_unsubmitted(self) -> None:
        if self.previous is not None:
            assert self.state is not None
        assert self.previous not in TERMINAL


TestATicketsLife = ATicketsLife.TestCase
TestATicketsLife.settings = brief


def test_a_resolved_ticket_reopens_until_seven_days_are_over_and_not_then() -> None:
    end = closes_at(resolved_at=NOW, rules=RULES)
    assert end == NOW + timedelta(days=7)
    assert may_reopen(resolved_at=NOW, now=end - timedelta(microseconds=1), rules=RULES)
    assert not may_reopen(resolved_at=NOW, now=end, rules=RULES)


@pytest.mark.parametrize("thanks", [True, False])
def test_any_message_of_the_customer_ends_a_wait_for_the_customer(thanks: bool) -> None:
    assert verb_of_customer_message(S.WAITING_CUSTOMER, thanks=thanks) is V.CUSTOMER_MESSAGE


def test_a_message_reopens_a_resolved_ticket_but_a_mere_thank_you_does_not() -> None:
    assert verb_of_customer_message(S.RESOLVED, thanks=False) is V.REOPEN
    assert verb_of_customer_message(S.RESOLVED, thanks=True) is None


@given(st.sampled_from(State), st.booleans())
def test_what_a_message_does_is_always_possible(state: State, thanks: bool) -> None:
    verb = verb_of_customer_message(state, thanks=thanks)
    assert verb is None or next_state(state, verb) in (S.IN_SERVICE, S.OPEN)


def test_r16_the_team_answers_a_one_off_once_its_problem_is_described() -> None:
    assert {state for state in State if not may_answer(state)} == {S.SOLD}


def test_r16_a_message_to_a_one_off_describes_its_problem_but_a_mere_thank_you_does_not() -> None:
    assert verb_of_customer_message(S.SOLD, thanks=False) is V.SUBMIT
    assert verb_of_customer_message(S.SOLD, thanks=True) is None
    assert verb_of_customer_message(S.SOLD, thanks=False, goes_on=True) is None


@pytest.mark.parametrize(
    ("state", "rated", "allowed"),
    [
        (S.RESOLVED, False, True),
        (S.RESOLVED, True, True),
        (S.CLOSED, False, True),
        (S.CLOSED, True, False),
        (S.IN_SERVICE, False, False),
        (S.CANCELLED, False, False),
    ],
)
def test_a_rating_is_given_once_resolved_and_changed_until_closed(
    state: State, rated: bool, allowed: bool
) -> None:
    assert may_rate(state, resolved_at=NOW, rated=rated, now=NOW) is allowed
    assert not may_rate(state, resolved_at=None, rated=rated, now=NOW)


@pytest.mark.parametrize("state", [S.RESOLVED, S.CLOSED])
def test_a_rating_can_be_given_until_30_days_are_over_and_not_at_that_instant(
    state: State,
) -> None:
    end = NOW + timedelta(days=RATE_DAYS)
    for early, allowed in ((timedelta(microseconds=1), True), (timedelta(0), False)):
        assert may_rate(state, resolved_at=NOW, rated=False, now=end - early) is allowed


def test_r27_the_same_problem_is_free_for_as_long_as_the_policy_says_under_a_one_off() -> None:
    policy = a_policy({"oneoff.same_problem_days": 3})
    assert rules_for(policy, "oneoff_problem").reopen_days == 3
    assert rules_for(policy, "licensing").reopen_days == rules_for(policy, None).reopen_days == 7
