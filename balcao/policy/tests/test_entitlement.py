"""Contracts and licences (S2, S5, R6)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.book import CONTRACT_KINDS, Policy
from balcao.policy.entitlement import (
    CHOSEN_LICENCE_EXPIRED,
    ContractFacts,
    Coverage,
    LicenceFacts,
    coverage,
    has_ended,
    local_day,
    still_covered,
    valid_licences,
)
from balcao.policy.tests.builders import (
    DAY,
    NOW,
    POLICY,
    TODAY,
    a_contract,
    a_licence,
    a_policy,
    recife,
    thorough,
)

Contracts = tuple[ContractFacts, ...]
Licences = tuple[LicenceFacts, ...]

ONE_MONTH_AGO = TODAY - 30 * DAY
ENDED = a_contract(ends=ONE_MONTH_AGO)
EXPIRED = a_licence(valid_until=ONE_MONTH_AGO)
LICENCE_ONLY = a_policy({"entitlement.require": "licence"})
CONTRACT_ONLY = a_policy({"entitlement.require": "contract"})

dates = st.integers(-5, 5).map(lambda days: TODAY + days * DAY)
ends = st.one_of(st.none(), dates)
contracts = st.builds(
    ContractFacts,
    id=st.integers(1, 3),
    kind=st.sampled_from(CONTRACT_KINDS),
    starts=dates,
    ends=ends,
    suspended=st.booleans(),
    suspended_from=ends,
    suspended_until=ends,
)
licences = st.builds(
    LicenceFacts,
    id=st.integers(11, 13),
    product=st.just("PABX"),
    valid_from=dates,
    valid_until=ends,
    contract=st.sampled_from([None, 1, 2, 3]),
)
some_contracts = st.lists(contracts, max_size=3, unique_by=lambda row: row.id).map(tuple)
some_licences = st.lists(licences, max_size=3, unique_by=lambda row: row.id).map(tuple)


def judge(
    contracts: Contracts,
    licences: Licences,
    *,
    licence_id: int | None = None,
    now: datetime = NOW,
) -> Coverage:
    return coverage(contracts, licences, policy=POLICY, now=now, licence_id=licence_id)


def test_s05_an_active_contract_and_a_valid_licence_cover() -> None:
    contract, licence = a_contract(ends=TODAY + 9 * DAY), a_licence(valid_until=TODAY + 4 * DAY)
    found = judge((contract,), (licence,))
    assert found.covered
    assert found.reason is None
    assert (found.kind, found.contract, found.licence) == ("licensing", contract, licence)
    assert found.until == TODAY + 4 * DAY


@pytest.mark.parametrize("kind", CONTRACT_KINDS)
def test_s02_each_of_the_four_kinds_of_contract_gives_support(kind: str) -> None:
    found = judge((a_contract(kind=kind),), (a_licence(),))
    assert (found.covered, found.kind) == (True, kind)


def test_s05_without_a_valid_licence_nothing_is_covered() -> None:
    found = judge((a_contract(),), (EXPIRED,))
    assert not found.covered
    assert (found.reason, found.since) == ("licence_expired", ONE_MONTH_AGO)
    assert found.licence == EXPIRED


def test_s05_the_last_valid_day_counts_to_its_end_in_the_policys_time_zone() -> None:
    licence = a_licence(valid_until=date(2026, 1, 16))
    last = recife("2026-01-16 23:59").astimezone(UTC)
    assert last.date() == date(2026, 1, 17)
    assert judge((a_contract(),), (licence,), now=last).covered
    assert not judge((a_contract(),), (licence,), now=recife("2026-01-17 00:00")).covered


def test_s05_a_licence_does_not_count_before_its_first_day() -> None:
    found = judge((a_contract(),), (a_licence(valid_from=TODAY + DAY),))
    assert (found.covered, found.reason, found.since) == (False, "licence_missing", None)


def test_r6_a_perpetual_licence_whose_contract_ended_opens_nothing() -> None:
    perpetual = a_licence(valid_until=None)
    found = judge((ENDED,), (perpetual,))
    assert (found.reason, found.since) == ("contract_ended", ONE_MONTH_AGO)
    assert (found.contract, found.licence) == (ENDED, perpetual)


def test_r6_a_suspended_contract_opens_nothing_and_has_its_own_reason() -> None:
    found = judge((ENDED, a_contract(2, suspended=True)), (a_licence(),))
    assert (found.covered, found.reason, found.since) == (False, "contract_suspended", None)


def test_r6_without_any_contract_that_is_said() -> None:
    for future in ((), (a_contract(starts=TODAY + DAY),)):
        assert judge(future, (a_licence(),)).reason == "contract_missing"
        assert judge(future, ()).reason == "contract_missing"


def test_r6_any_valid_licence_passes_and_the_expired_one_chosen_is_a_remark() -> None:
    other = a_licence(12)
    found = judge((a_contract(),), (EXPIRED, other), licence_id=EXPIRED.id)
    assert found.covered
    assert found.licence == other
    assert found.findings == (CHOSEN_LICENCE_EXPIRED,)
    assert found.chosen == EXPIRED
    assert judge((a_contract(),), (EXPIRED, other), licence_id=other.id).findings == ()


def test_r6_what_was_accepted_with_an_expired_product_stands_as_its_contract_does() -> None:
    contract = a_contract(ends=TODAY + DAY)
    at: Any = {"opened_at": NOW, "policy": POLICY, "excepted": False}
    found = still_covered(contract, EXPIRED, now=NOW, **at)
    assert (found.covered, found.until, found.chosen) == (True, contract.ends, EXPIRED)
    later = still_covered(contract, EXPIRED, now=NOW + 3 * DAY, **at)
    assert (later.covered, later.reason, later.since) == (False, "contract_ended", contract.ends)
    assert still_covered(None, EXPIRED, now=NOW, **at).reason == "contract_missing"
    at["policy"] = LICENCE_ONLY
    bare = still_covered(None, EXPIRED, now=NOW, **at)
    assert (bare.covered, bare.until, bare.kind) == (True, None, "licensing")
    owned = still_covered(contract, EXPIRED, now=NOW + 3 * DAY, **at)
    assert (owned.covered, owned.until) == (True, None)


def test_r14_what_an_exception_let_in_was_accepted_under_no_other_licence() -> None:
    at: Any = {"opened_at": NOW, "policy": POLICY, "now": NOW}
    found = still_covered(a_contract(), EXPIRED, excepted=True, **at)
    assert (found.covered, found.reason, found.chosen) == (False, "licence_expired", None)


def test_s5_a_licence_ends_with_its_last_day_in_the_policys_zone() -> None:
    last = a_licence(valid_until=TODAY)
    assert not has_ended(last, policy=POLICY, now=NOW)
    assert has_ended(last, policy=POLICY, now=NOW + DAY)
    assert has_ended(EXPIRED, policy=POLICY, now=NOW)


def test_r7_what_expired_after_the_opening_lapsed() -> None:
    at: Any = {"opened_at": NOW - 31 * DAY, "policy": POLICY, "now": NOW, "excepted": False}
    found = still_covered(a_contract(), EXPIRED, **at)
    assert (found.reason, found.since) == ("licence_expired", ONE_MONTH_AGO)
    assert still_covered(a_contract(), a_licence(), **at).covered
    assert still_covered(a_contract(), None, **at).reason == "licence_missing"


def test_r6_of_several_expired_licences_the_chosen_one_is_named_else_the_last() -> None:
    older = a_licence(12, valid_until=ONE_MONTH_AGO - DAY)
    both = (EXPIRED, older)
    assert judge((a_contract(),), both).licence == EXPIRED
    assert judge((a_contract(),), both, licence_id=12).since == ONE_MONTH_AGO - DAY


@pytest.mark.parametrize("kind", ["rental", "saas", "it_services"])
def test_r6_a_contract_line_is_a_licence_as_long_as_its_contract_runs(kind: str) -> None:
    line = a_licence(valid_until=None, contract=1)
    running = a_contract(1, kind=kind, ends=TODAY + 5 * DAY)
    found = judge((running,), (line,))
    assert (found.covered, found.until) == (True, TODAY + 5 * DAY)
    over = a_contract(1, kind=kind, ends=ONE_MONTH_AGO)
    assert judge((over,), (line,)).reason == "contract_ended"
    assert judge((over, a_contract(2)), (line,)).reason == "licence_missing"


def test_r6_the_contract_of_the_chosen_licence_comes_first_then_the_longest() -> None:
    short, long = a_contract(1, ends=TODAY), a_contract(2, kind="saas", ends=None)
    loose = a_licence(contract=None)
    assert judge((short, long), (a_licence(contract=1),)).contract == short
    assert judge((short, long), (loose,)).contract == long


def test_r6_the_policy_may_ask_for_a_licence_alone() -> None:
    found = coverage((ENDED,), (a_licence(),), policy=LICENCE_ONLY, now=NOW)
    assert (found.covered, found.kind, found.contract) == (True, "licensing", None)
    line = a_licence(valid_until=None)
    saas = a_contract(kind="saas", ends=TODAY + DAY)
    assert coverage((saas,), (line,), policy=LICENCE_ONLY, now=NOW).until == TODAY + DAY
    assert coverage((saas,), (), policy=LICENCE_ONLY, now=NOW).reason == "licence_missing"


def test_r6_the_policy_may_ask_for_a_contract_alone() -> None:
    found = coverage((a_contract(ends=None),), (EXPIRED,), policy=CONTRACT_ONLY, now=NOW)
    assert (found.covered, found.until) == (True, None)
    assert coverage((ENDED,), (a_licence(),), policy=CONTRACT_ONLY, now=NOW).since == ONE_MONTH_AGO


def test_a_licence_of_a_contract_that_is_not_shown_lives_by_its_own_dates() -> None:
    assert judge((a_contract(1),), (a_licence(contract=99),)).covered


def test_the_day_is_the_local_one() -> None:
    late = datetime(2026, 1, 17, 2, 0, tzinfo=UTC)
    assert local_day(late, "America/Recife") == date(2026, 1, 16)
    assert local_day(late, "UTC") == date(2026, 1, 17)


@thorough
@given(some_contracts, some_licences, st.sampled_from([POLICY, LICENCE_ONLY, CONTRACT_ONLY]))
def test_r6_covered_means_what_the_policy_asks_for_is_there(
    contracts: Contracts, licences: Licences, policy: Policy
) -> None:
    found = coverage(contracts, licences, policy=policy, now=NOW)
    active = [
        row
        for row in contracts
        if row.starts <= TODAY <= (row.ends or date.max)
        and not (
            row.suspended
            and (row.suspended_from or date.min) <= TODAY <= (row.suspended_until or date.max)
        )
    ]
    running = {row.id for row in contracts if row.starts <= TODAY <= (row.ends or date.max)}
    bound = {row.id for row in contracts if row.kind != "licensing"}
    valid = [
        row
        for row in licences
        if row.valid_from <= TODAY <= (row.valid_until or date.max)
        and (row.contract not in bound or row.contract in running)
    ]
    needed = {
        "both": bool(active and valid),
        "licence": bool(valid),
        "contract": bool(active),
    }
    assert found.covered == needed[policy.entitlement.require]
    assert found.covered == (found.reason is None)
    assert found.until is None or found.until >= TODAY
    assert found.since is None or found.since < TODAY


@thorough
@given(some_contracts, some_licences, st.sampled_from([None, 11, 12, 13]))
def test_r6_what_is_chosen_never_changes_whether_it_is_covered(
    contracts: Contracts, licences: Licences, chosen: int | None
) -> None:
    assert (
        judge(contracts, licences, licence_id=chosen).covered == judge(contracts, licences).covered
    )


@thorough
@given(some_contracts, some_licences, contracts, licences)
def test_r6_one_more_contract_or_licence_never_uncovers(
    contracts: Contracts, licences: Licences, contract: ContractFacts, licence: LicenceFacts
) -> None:
    if not judge(contracts, licences).covered:
        return
    more_contracts = (*(row for row in contracts if row.id != contract.id), contract)
    if all(row.id != contract.id for row in contracts) and all(
        row.contract != contract.id for row in licences
    ):
        assert judge(more_contracts, licences).covered
    if all(row.id != licence.id for row in licences):
        assert judge(contracts, (*licences, licence)).covered


@thorough
@given(some_contracts, some_licences)
def test_r6_it_stays_covered_until_the_day_that_is_shown(
    contracts: Contracts, licences: Licences
) -> None:
    found = judge(contracts, licences)
    if found.covered and found.until is not None:
        assert judge(contracts, licences, now=NOW + (found.until - TODAY)).covered


def test_s05_the_valid_licences_are_the_ones_that_pass() -> None:
    over = a_contract(2, kind="saas", ends=ONE_MONTH_AGO)
    line = a_licence(13, valid_until=None, contract=2)
    rows = (a_licence(11), replace(EXPIRED, id=12), line)
    assert valid_licences((a_contract(), over), rows, policy=POLICY, now=NOW) == {11}


@given(some_contracts, some_licences)
def test_s05_each_valid_licence_alone_covers_as_far_as_licences_go(
    contracts: Contracts, licences: Licences
) -> None:
    valid = valid_licences(contracts, licences, policy=POLICY, now=NOW)
    for row in licences:
        alone = coverage(contracts, (row,), policy=LICENCE_ONLY, now=NOW)
        assert alone.covered == (row.id in valid)
