"""Hats and deputies."""

from datetime import UTC, datetime, timedelta

import pytest

from balcao.policy.access import SYSTEM, Actor, Role
from balcao.policy.team import LONGEST_DEPUTY, why_not_deputy, why_not_hats

ME, OTHER = 1, 2
NOW = datetime(2026, 11, 13, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NONE: frozenset[Role] = frozenset()


def wearing(*roles: Role) -> Actor:
    return Actor(kind="user", id=ME, label="somebody", roles=frozenset(roles))


def hats(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.ADMINISTRATOR])
def test_m1_nobody_but_an_administrator_gives_hats(role: Role) -> None:
    asked = {"person": OTHER, "before": NONE, "after": hats(Role.AGENT), "others": 3}
    assert why_not_hats(wearing(role), **asked) == "not_allowed"  # type: ignore[arg-type]
    assert why_not_hats(wearing(Role.ADMINISTRATOR), **asked) == ""  # type: ignore[arg-type]


def test_m1_an_administrator_changes_no_hat_of_their_own() -> None:
    for after in (hats(Role.ADMINISTRATOR, Role.SALES), NONE):
        assert (
            why_not_hats(
                wearing(Role.ADMINISTRATOR),
                person=ME,
                before=hats(Role.ADMINISTRATOR),
                after=after,
                others=3,
            )
            == "own_roles"
        )


def test_the_last_administrator_stays_one() -> None:
    for others, answer in ((0, "last_administrator"), (1, "")):
        assert (
            why_not_hats(
                SYSTEM, person=OTHER, before=hats(Role.ADMINISTRATOR), after=NONE, others=others
            )
            == answer
        )


def test_m1_the_customers_side_is_no_hat_to_give() -> None:
    assert (
        why_not_hats(SYSTEM, person=OTHER, before=NONE, after=hats(Role.ORG_ADMIN), others=1)
        == "no_staff_role"
    )


def deputy(
    actor: Actor,
    *,
    role: Role = Role.SUPERVISOR,
    person: int = OTHER,
    of: frozenset[Role] = frozenset({Role.AGENT}),
    starts: datetime = NOW,
    ends: datetime = NOW + DAY,
) -> str:
    return why_not_deputy(
        actor, role=role, deputy=person, hats=of, starts=starts, ends=ends, now=NOW
    )


def test_r14_whoever_approves_names_a_deputy_for_their_own_role() -> None:
    assert deputy(wearing(Role.SUPERVISOR)) == ""
    assert deputy(wearing(Role.ADMINISTRATOR), role=Role.ADMINISTRATOR) == ""
    assert deputy(wearing(Role.ADMINISTRATOR)) == "not_allowed"
    assert deputy(wearing(Role.AGENT), role=Role.AGENT) == "not_allowed"


def test_r14_a_deputy_is_another_member_of_staff_who_may_write() -> None:
    supervisor = wearing(Role.SUPERVISOR)
    assert deputy(supervisor, person=ME) == "oneself"
    assert deputy(supervisor, of=hats(Role.AUDITOR)) == "not_staff"
    assert deputy(supervisor, of=NONE) == "not_staff"
    assert deputy(supervisor, of=hats(Role.AUDITOR, Role.SALES)) == ""


@pytest.mark.parametrize(
    ("starts", "ends", "answer"),
    [
        (NOW, NOW, "period"),
        (NOW + DAY, NOW, "period"),
        (NOW - DAY, NOW, "period"),
        (NOW - DAY, NOW + timedelta(seconds=1), ""),
        (NOW, NOW + LONGEST_DEPUTY, ""),
        (NOW, NOW + LONGEST_DEPUTY + timedelta(seconds=1), "period"),
    ],
)
def test_r14_a_deputy_stands_in_for_a_period(starts: datetime, ends: datetime, answer: str) -> None:
    assert deputy(wearing(Role.SUPERVISOR), starts=starts, ends=ends) == answer
