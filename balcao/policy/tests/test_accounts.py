"""Links that prove who somebody is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.access import ANONYMOUS, STAFF_ROLES, Actor, Role
from balcao.policy.accounts import LIFE, TokenFacts, TokenKind, must_prove, usable

NOW = datetime(2026, 11, 13, 15, 0, tzinfo=UTC)
GOOD = TokenFacts(
    kind=TokenKind.RESET,
    expires_at=NOW + LIFE[TokenKind.RESET],
    used=False,
    state="a",
    state_now="a",
    active=True,
)


def test_a3_an_invitation_lasts_72_hours_and_a_reset_one() -> None:
    assert LIFE[TokenKind.INVITATION] == timedelta(hours=72)
    assert LIFE[TokenKind.RESET] == timedelta(hours=1)
    assert LIFE.keys() == set(TokenKind)


def test_a3_a_link_is_good_until_the_instant_it_expires() -> None:
    last = GOOD.expires_at - timedelta(microseconds=1)
    assert usable(GOOD, wanted=TokenKind.RESET, now=last)
    assert not usable(GOOD, wanted=TokenKind.RESET, now=GOOD.expires_at)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": TokenKind.INVITATION},
        {"active": False},
        {"used": True},
        {"expires_at": NOW},
        {"state_now": "b"},
    ],
)
def test_a3_each_reason_alone_ends_a_link(change: dict[str, Any]) -> None:
    assert usable(GOOD, wanted=TokenKind.RESET, now=NOW)
    assert not usable(replace(GOOD, **change), wanted=TokenKind.RESET, now=NOW)


@given(
    st.sampled_from(TokenKind), st.sampled_from(TokenKind), st.timedeltas(min_value=timedelta(0))
)
def test_a3_a_link_of_one_kind_never_opens_another(
    made: TokenKind, wanted: TokenKind, later: timedelta
) -> None:
    facts = replace(GOOD, kind=made)
    found = usable(facts, wanted=wanted, now=NOW + min(later, timedelta(days=900)))
    assert found is (made is wanted and later < LIFE[TokenKind.RESET])


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("proven", [True, False])
@pytest.mark.parametrize("required", [True, False])
def test_a9_every_hat_of_the_staff_needs_a_second_factor(
    role: Role, proven: bool, required: bool
) -> None:
    actor = Actor(kind="user", id=1, label="x", roles=frozenset({role, Role.CONTACT}))
    asked = must_prove(actor, proven=proven, required=required)
    assert asked is (role in STAFF_ROLES and required and not proven)


def test_a9_a_stranger_is_asked_to_sign_in_instead() -> None:
    assert not must_prove(ANONYMOUS, proven=False, required=True)
