"""Changes of the address on file."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.access import Actor, Role
from balcao.policy.addresses import (
    ANSWER_WITHIN,
    HOLD,
    PENDING,
    PROVE_WITHIN,
    ChangeFacts,
    ChangeKind,
    ChangeState,
    ChangeVerb,
    due_at,
    due_verb,
    may_ask_recovery,
    may_decide,
    may_request,
    may_stop,
    next_change,
)

K, S, V = ChangeKind, ChangeState, ChangeVerb
PERSON, SELLER, ADMIN, OTHER = 1, 2, 3, 4
NOW = datetime(2026, 11, 13, 15, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def wearing(*roles: Role, pk: int | None = OTHER) -> Actor:
    return Actor(kind="user", id=pk, label="somebody", roles=frozenset(roles))


def asked(kind: ChangeKind = K.RECOVERY) -> ChangeFacts:
    return ChangeFacts(
        kind=kind,
        state=S.ASKED,
        person=PERSON,
        asked_by=SELLER if kind is K.RECOVERY else PERSON,
        asked_at=NOW,
        admins=frozenset({ADMIN}),
    )


def held(kind: ChangeKind, *, proved_at: datetime | None) -> ChangeFacts:
    return replace(asked(kind), state=S.HOLDING, held_at=NOW, proved_at=proved_at)


def test_a8_only_sales_asks_for_a_recovery_and_not_their_own() -> None:
    allowed = {role for role in Role if may_ask_recovery(wearing(role), PERSON)}
    assert allowed == {Role.SALES}
    assert not may_ask_recovery(wearing(Role.SALES, pk=PERSON), PERSON)


def test_a8_who_judges_kept_mail_leaves_an_address_with_sales_and_not_their_own() -> None:
    allowed = {role for role in Role if may_request(wearing(role), PERSON)}
    assert allowed == {Role.SUPERVISOR}
    assert not may_request(wearing(Role.SUPERVISOR, pk=PERSON), PERSON)
    assert not may_ask_recovery(wearing(Role.SUPERVISOR), PERSON)


def test_a8_another_supervisor_or_a_deputy_decides() -> None:
    change = asked()
    allowed = {role for role in Role if may_decide(wearing(role), change)}
    assert allowed == {Role.SUPERVISOR}
    assert may_decide(replace(wearing(Role.AGENT), deputy_for=frozenset({Role.SUPERVISOR})), change)
    both = wearing(Role.SALES, Role.SUPERVISOR, pk=SELLER)
    assert not may_decide(both, change)
    assert not may_decide(wearing(Role.SUPERVISOR, pk=PERSON), change)
    assert not may_decide(wearing(Role.SUPERVISOR), asked(K.OWN))


def test_a8_whoever_it_concerns_may_stop_it() -> None:
    for change in (asked(), asked(K.OWN)):
        assert may_stop(wearing(pk=PERSON), change)
        assert may_stop(wearing(pk=ADMIN), change)
        assert not may_stop(wearing(Role.CONTACT), change)
        assert not may_stop(wearing(pk=None), change)
    assert may_stop(wearing(pk=SELLER), asked())
    assert may_stop(wearing(Role.SUPERVISOR), asked())
    assert not may_stop(wearing(Role.SUPERVISOR), asked(K.OWN))


@given(st.sampled_from(S), st.sampled_from(V))
def test_what_ended_never_moves_again(state: ChangeState, verb: ChangeVerb) -> None:
    if state not in PENDING:
        assert next_change(state, verb) is None


def test_a8_nothing_is_applied_that_was_not_held() -> None:
    assert {state for state in S if next_change(state, V.APPLY) is S.APPLIED} == {S.HOLDING}
    assert next_change(S.ASKED, V.HOLD) is S.HOLDING
    assert next_change(S.HOLDING, V.REFUSE) is None


@pytest.mark.parametrize("kind", K)
def test_a8_a_proved_change_applies_when_its_hold_is_over_and_not_before(kind: ChangeKind) -> None:
    change = held(kind, proved_at=NOW)
    end = NOW + HOLD[kind]
    assert due_at(change) == end
    assert due_verb(change, end - SECOND) is None
    assert due_verb(change, end) is V.APPLY


def test_a8_an_address_that_nobody_proved_is_never_applied() -> None:
    change = held(K.RECOVERY, proved_at=None)
    assert due_verb(change, NOW + HOLD[K.RECOVERY]) is None
    assert due_verb(change, NOW + PROVE_WITHIN) is V.EXPIRE
    late = NOW + HOLD[K.RECOVERY] + SECOND
    assert due_at(replace(change, proved_at=late)) == late


@pytest.mark.parametrize("kind", K)
def test_what_nobody_answers_expires(kind: ChangeKind) -> None:
    change = asked(kind)
    end = NOW + ANSWER_WITHIN[kind]
    assert due_verb(change, end - SECOND) is None
    assert due_verb(change, end) is V.EXPIRE


@given(st.sampled_from(S))
def test_time_moves_only_what_is_pending(state: ChangeState) -> None:
    change = replace(asked(), state=state, held_at=NOW, proved_at=NOW)
    verb = due_verb(change, NOW + timedelta(days=400))
    assert (verb is not None) == (state in PENDING)
    assert verb is None or next_change(state, verb) is not None


def test_a_hold_without_its_moment_waits() -> None:
    assert due_at(replace(asked(), state=S.HOLDING)) is None
