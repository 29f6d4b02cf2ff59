"""Contracts for named units, suspensions with dates, and how each row stands (S2, R6)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.book import Verdict
from balcao.policy.entitlement import ContractFacts, contract_state, coverage, licence_state
from balcao.policy.gate import decide
from balcao.policy.tests.builders import (
    DAY,
    NOW,
    POLICY,
    TODAY,
    a_contract,
    a_licence,
    a_person,
    opening,
    some_facts,
    thorough,
)

MAIN, BRANCH, OTHER = 1, 2, 3
FOR_BRANCH = a_contract(units=frozenset({BRANCH}))

units = st.sampled_from([None, MAIN, BRANCH, OTHER])
named = st.one_of(st.none(), st.frozensets(st.sampled_from([MAIN, BRANCH, OTHER]), min_size=1))
contracts = st.lists(
    st.builds(
        a_contract,
        pk=st.integers(1, 3),
        suspended=st.booleans(),
        units=named,
    ),
    max_size=3,
    unique_by=lambda row: row.id,
).map(tuple)


@pytest.mark.parametrize(
    ("person", "licence", "covered"),
    [
        (None, None, True),
        (BRANCH, None, True),
        (None, BRANCH, True),
        (BRANCH, BRANCH, True),
        (MAIN, None, False),
        (None, MAIN, False),
        (MAIN, BRANCH, False),
        (BRANCH, MAIN, False),
    ],
)
def test_r6_a_contract_for_named_units_covers_them_and_no_other(
    person: int | None, licence: int | None, covered: bool
) -> None:
    chosen = a_licence(unit=licence)
    found = coverage(
        (FOR_BRANCH,), (chosen,), policy=POLICY, now=NOW, licence_id=chosen.id, unit=person
    )
    assert found.covered == covered
    assert found.reason == (None if covered else "contract_other_unit")
    assert found.contract == FOR_BRANCH


def test_r6_a_licence_of_another_unit_that_is_not_chosen_passes_s5() -> None:
    found = coverage((FOR_BRANCH,), (a_licence(unit=MAIN),), policy=POLICY, now=NOW, unit=BRANCH)
    assert found.covered


def test_r6_the_contract_of_all_units_serves_whom_the_named_one_does_not() -> None:
    everybody = a_contract(2, kind="saas")
    found = coverage((FOR_BRANCH, everybody), (a_licence(),), policy=POLICY, now=NOW, unit=MAIN)
    assert (found.covered, found.contract) == (True, everybody)


def test_r6_of_a_unit_without_contract_its_own_suspension_is_named_first_then_the_others() -> None:
    mine = a_contract(2, suspended=True, units=frozenset({MAIN}))
    over = a_contract(3, ends=TODAY - DAY, units=frozenset({MAIN}))

    def reason(*rows: ContractFacts) -> str | None:
        return coverage(rows, (a_licence(),), policy=POLICY, now=NOW, unit=MAIN).reason

    assert reason(FOR_BRANCH, mine, over) == "contract_suspended"
    assert reason(FOR_BRANCH, over) == "contract_other_unit"
    assert reason(over) == "contract_ended"
    assert reason(replace(FOR_BRANCH, ends=TODAY - DAY)) == "contract_missing"


def test_r6_the_gate_refuses_a_person_of_a_unit_that_is_not_covered_and_says_the_way_out() -> None:
    def ask(unit: int | None) -> tuple[Verdict, str | None, str]:
        facts = some_facts(person=replace(a_person(), unit=unit), contracts=(FOR_BRANCH,))
        decision = decide(opening(), facts, POLICY, NOW)
        return decision.verdict, decision.reason, decision.next_step

    assert ask(BRANCH)[0] is Verdict.ALLOW
    assert ask(MAIN) == (Verdict.REFUSE, "contract_other_unit", "buy_oneoff")


@thorough
@given(contracts, units, units)
def test_r6_naming_one_more_unit_never_uncovers(
    rows: tuple[ContractFacts, ...], person: int | None, licence: int | None
) -> None:
    def covered(some: tuple[ContractFacts, ...]) -> bool:
        chosen = a_licence(unit=licence, contract=None)
        return coverage(
            some, (chosen,), policy=POLICY, now=NOW, licence_id=chosen.id, unit=person
        ).covered

    wider = tuple(
        replace(row, units=None if row.units is None else row.units | {OTHER}) for row in rows
    )
    all_units = tuple(replace(row, units=None) for row in rows)
    assert covered(rows) <= covered(wider) <= covered(all_units)


@thorough
@given(contracts, units)
def test_r6_knowing_less_about_the_unit_never_uncovers(
    rows: tuple[ContractFacts, ...], person: int | None
) -> None:
    licence = a_licence(contract=None)
    known = coverage(rows, (licence,), policy=POLICY, now=NOW, unit=person)
    unknown = coverage(rows, (licence,), policy=POLICY, now=NOW)
    assert known.covered <= unknown.covered


def test_r6_a_suspension_counts_from_its_first_to_its_last_day() -> None:
    row = a_contract(suspended=True, suspended_from=TODAY, suspended_until=TODAY + DAY)
    states = [contract_state(row, TODAY + offset * DAY) for offset in (-1, 0, 1, 2)]
    assert states == ["active", "suspended", "suspended", "active"]


def test_r6_a_suspension_to_come_ends_the_coverage_the_day_before() -> None:
    row = a_contract(suspended=True, suspended_from=TODAY + 5 * DAY)
    found = coverage((row,), (a_licence(valid_until=None),), policy=POLICY, now=NOW)
    assert (found.covered, found.until) == (True, TODAY + 4 * DAY)
    open_ended = replace(row, ends=None, suspended_from=None, suspended_until=TODAY - DAY)
    found = coverage((open_ended,), (a_licence(valid_until=None),), policy=POLICY, now=NOW)
    assert (found.covered, found.until) == (True, None)


def test_s02_a_contract_stands_as_its_days_say() -> None:
    row = a_contract(starts=TODAY, ends=TODAY)
    assert [contract_state(row, TODAY + d * DAY) for d in (-1, 0, 1)] == [
        "future",
        "active",
        "ended",
    ]


def test_s05_a_licence_stands_as_its_days_and_its_contract_say() -> None:
    line = a_licence(valid_from=TODAY, valid_until=TODAY)
    assert [licence_state(line, (), TODAY + d * DAY) for d in (-1, 0, 1)] == [
        "future",
        "valid",
        "ended",
    ]
    over = a_contract(kind="saas", ends=TODAY - DAY)
    assert licence_state(line, (over,), TODAY) == "lapsed"
    assert licence_state(line, (replace(over, kind="licensing"),), TODAY) == "valid"
