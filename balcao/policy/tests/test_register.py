"""Who keeps the register."""

import pytest

from balcao.policy.access import ANONYMOUS, SYSTEM, Actor, Role
from balcao.policy.register import (
    keeps_colleagues,
    keeps_customers,
    keeps_person,
    may_end_admin,
    unit_belongs,
)

US, THEM = 7, 8
MATRIZ, FILIAL, OTHER = "11222333000181", "11222333000262", "12ABC34501DE35"


def wearing(*roles: Role, admin_of: int | None = None) -> Actor:
    return Actor(
        kind="user",
        id=1,
        label="somebody",
        roles=frozenset(roles),
        organisations=frozenset({US}),
        admin_of=frozenset() if admin_of is None else frozenset({admin_of}),
    )


def test_m1_sales_and_the_administrator_keep_customers() -> None:
    assert {role for role in Role if keeps_customers(wearing(role))} == {
        Role.SALES,
        Role.ADMINISTRATOR,
    }
    assert keeps_customers(SYSTEM)
    assert not keeps_customers(ANONYMOUS)


def test_m1_a_member_of_staff_is_kept_by_the_administrator_alone() -> None:
    assert {role for role in Role if keeps_person(wearing(role), staff=True)} == {
        Role.ADMINISTRATOR
    }
    assert keeps_person(wearing(Role.SALES), staff=False)
    assert keeps_person(SYSTEM, staff=True)


def test_b1_an_administrator_of_one_organisation_keeps_its_people_and_no_others() -> None:
    admin = wearing(Role.CONTACT, Role.ORG_ADMIN, admin_of=US)
    assert keeps_colleagues(admin, US)
    assert not keeps_colleagues(admin, THEM)
    assert not keeps_colleagues(wearing(Role.CONTACT), US)
    assert keeps_colleagues(wearing(Role.SALES), THEM)


@pytest.mark.parametrize(
    ("actor", "others", "sure", "allowed"),
    [
        (wearing(Role.ORG_ADMIN, admin_of=US), 1, False, True),
        (wearing(Role.ORG_ADMIN, admin_of=US), 0, True, False),
        (wearing(Role.SALES), 0, False, False),
        (wearing(Role.SALES), 0, True, True),
    ],
)
def test_the_last_administrator_never_goes_unnoticed(
    actor: Actor, others: int, sure: bool, allowed: bool
) -> None:
    assert may_end_admin(actor, others=others, sure=sure) is allowed


@pytest.mark.parametrize(
    ("organisation", "unit", "allowed", "belongs"),
    [
        (MATRIZ, FILIAL, False, True),
        (MATRIZ, OTHER, False, False),
        (MATRIZ, OTHER, True, True),
        (None, OTHER, False, True),
        (MATRIZ, None, False, True),
    ],
)
def test_a_branch_shares_its_organisations_root(
    organisation: str | None, unit: str | None, allowed: bool, belongs: bool
) -> None:
    assert unit_belongs(organisation, unit, allowed=allowed) is belongs
