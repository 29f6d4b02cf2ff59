"""What may be done to contracts and licences, and who may (M2)."""

from datetime import date

import pytest

from balcao.policy import keeping
from balcao.policy.access import ANONYMOUS, SYSTEM, Actor, Duty, Role
from balcao.policy.tests.builders import DAY, TODAY

LATER, EARLIER = TODAY + DAY, TODAY - DAY
OWN = frozenset({1, 2})


@pytest.mark.parametrize("role", Role)
def test_m2_only_sales_keeps_what_entitles_and_only_the_administrator_the_catalogue(
    role: Role,
) -> None:
    actor = Actor(kind="user", id=1, label="x", roles=frozenset({role}))
    assert keeping.may_keep(actor, Duty.KEEP_ENTITLEMENTS) == (role is Role.SALES)
    assert keeping.may_keep(actor, Duty.KEEP_CATALOGUE) == (role is Role.ADMINISTRATOR)


def test_m2_the_system_keeps_them_and_nobody_unknown() -> None:
    assert keeping.may_keep(SYSTEM, Duty.KEEP_ENTITLEMENTS)
    assert not keeping.may_keep(ANONYMOUS, Duty.KEEP_ENTITLEMENTS)


def test_a_contract_ends_after_it_starts_and_names_units_of_its_own() -> None:
    def why(ends: date | None = None, units: frozenset[int] | None = None) -> str:
        return keeping.why_not_terms(
            TODAY,
            ends,
            units=units,
            of_organisation=OWN,
        )

    assert [why(), why(TODAY), why(EARLIER)] == ["", "", "ends_before_start"]
    assert [why(units=frozenset({1})), why(units=frozenset()), why(units=frozenset({3}))] == [
        "",
        "no_unit",
        "foreign_unit",
    ]


@pytest.mark.parametrize(
    ("unit", "own", "covered", "code"),
    [
        (None, True, None, ""),
        (1, True, None, ""),
        (1, True, frozenset({1}), ""),
        (None, True, frozenset({1}), ""),
        (3, True, None, "foreign_unit"),
        (1, False, None, "foreign_contract"),
        (2, True, frozenset({1}), "unit_not_covered"),
    ],
)
def test_a_licence_stays_within_its_organisation_and_its_contracts_units(
    unit: int | None, own: bool, covered: frozenset[int] | None, code: str
) -> None:
    for ends, expected in ((None, code), (TODAY, code), (EARLIER, "ends_before_start")):
        assert (
            keeping.why_not_licence(
                TODAY,
                ends,
                unit=unit,
                of_organisation=OWN,
                contract_is_own=own,
                contract_units=covered,
            )
            == expected
        )


def test_a_renewal_ends_later_and_renews_nothing_endless_or_replaced() -> None:
    assert keeping.why_not_renew(TODAY, LATER, replaced=False) == ""
    assert keeping.why_not_renew(TODAY, None, replaced=False) == ""
    assert keeping.why_not_renew(TODAY, TODAY, replaced=False) == "not_later"
    assert keeping.why_not_renew(None, LATER, replaced=False) == "no_end"
    assert keeping.why_not_renew(TODAY, LATER, replaced=True) == "replaced"


def test_an_early_end_is_earlier_and_leaves_what_is_over_as_it_was() -> None:
    def why(ends: date | None, on: date) -> str:
        return keeping.why_not_end(EARLIER, ends, on, today=TODAY)

    assert why(LATER, TODAY) == why(None, LATER) == ""
    assert why(LATER, LATER) == "not_earlier"
    assert why(EARLIER, EARLIER) == "already_ended"
    assert why(LATER, EARLIER - DAY) == "ends_before_start"


def test_one_suspension_at_a_time_of_what_is_not_over() -> None:
    def why(ends: date | None, last: date | None, suspended: bool = False) -> str:
        return keeping.why_not_suspend(
            ends,
            TODAY,
            last,
            suspended=suspended,
            today=TODAY,
        )

    assert why(None, None) == why(TODAY, TODAY) == ""
    assert why(EARLIER, None) == "already_ended"
    assert why(None, EARLIER) == "ends_before_start"
    assert why(None, LATER, suspended=True) == "already_suspended"
