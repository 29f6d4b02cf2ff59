"""Selling a one-off."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.access import SYSTEM, Actor, Role
from balcao.policy.book import ONEOFF_KINDS, Verdict, scope_of
from balcao.policy.sale import (
    answer_by,
    bought_on,
    covered_already,
    keeps_sales,
    next_charge_reminder,
    purpose,
    sees_orders_of,
    sees_sales,
    told_by_letter,
    under,
)
from balcao.policy.tests.builders import (
    DAY,
    NOW,
    POLICY,
    TODAY,
    US,
    a_contract,
    a_licence,
    a_policy,
    recife,
)

EXCLUDED = (
    "licence_upgrade",
    "tariff_update",
    "driver_change",
    "register_update",
    "custom_report",
)


def staff(role: Role) -> Actor:
    return Actor(kind="user", id=1, label="x", roles=frozenset({role}))


def test_m2_only_sales_makes_entitlement() -> None:
    assert {role for role in Role if keeps_sales(staff(role))} == {Role.SALES}
    assert keeps_sales(SYSTEM)
    assert sees_sales(SYSTEM)
    assert not sees_sales(staff(Role.CONTACT))
    for role in (Role.SALES, Role.SUPERVISOR, Role.AUDITOR):
        assert sees_sales(staff(role))


@pytest.mark.parametrize("service", EXCLUDED)
def test_s34_n2_a_service_that_is_excluded_is_not_sold_for(service: str) -> None:
    found = purpose(POLICY, kind="oneoff_problem", service=service)
    assert (found.verdict, found.rules) == (Verdict.REFUSE, ("S34",))
    assert found.kinds == (("oneoff_install",) if service == "licence_upgrade" else ())


@given(st.sampled_from(ONEOFF_KINDS), st.text(min_size=1, max_size=20))
def test_s35_s36_n2_what_nobody_listed_is_asked_before_it_is_charged(kind: str, slug: str) -> None:
    found = purpose(POLICY, kind=kind, service=slug)
    if scope_of(POLICY, kind, slug) is Verdict.ASK:
        assert (found.verdict, found.rules) == (Verdict.ASK, ("S35", "S36"))


def test_s32_each_kind_is_sold_for_what_it_covers() -> None:
    for kind, service in product(ONEOFF_KINDS, ("remote_install", "remote_training", "incident")):
        found = purpose(POLICY, kind=kind, service=service)
        assert found.verdict is scope_of(POLICY, kind, service)
    assert purpose(POLICY, kind="oneoff_training", service="remote_install").kinds == (
        "oneoff_install",
    )


def test_r18_the_owner_says_what_becomes_of_a_service_that_nobody_listed() -> None:
    for default in Verdict:
        policy = a_policy({"scope.default": default.value})
        assert purpose(policy, kind="oneoff_problem", service="moving").verdict is default


@pytest.mark.parametrize("mode", ["observe", "warn"])
def test_r36_a_rule_that_is_not_enforced_only_notes_it(mode: str) -> None:
    policy = a_policy({"rules.S34": mode, "rules.S35": mode})
    for service in ("custom_report", "moving"):
        found = purpose(policy, kind="oneoff_problem", service=service)
        assert (found.verdict, found.noted) == (Verdict.ALLOW, True)
        assert found.rules


def test_r34_what_a_contract_covers_already_is_told() -> None:
    def found(service: str = "incident", changes: dict[str, object] | None = None) -> bool:
        cover = covered_already(
            (a_contract(),),
            (a_licence(),),
            organisation=US,
            service=service,
            policy=a_policy(changes),
            now=NOW,
        )
        assert cover is None or cover.covered
        return cover is not None

    assert found()
    narrow: dict[str, object] = {"scope.licensing": {"incident": "allow"}}
    assert found(changes=narrow)
    assert not found("custom_report", narrow)


@pytest.mark.parametrize("mode", ["enforce", "warn", "observe"])
def test_r34_who_has_no_contract_is_sold_to_without_a_warning(mode: str) -> None:
    ended = a_contract(ends=TODAY - DAY)
    for contracts in ((), (ended,)):
        cover = covered_already(
            contracts,
            (),
            organisation=US,
            service="incident",
            policy=a_policy({"rules.S5": mode}),
            now=NOW,
        )
        assert cover is None


def test_r22_the_purchase_counts_from_the_confirmation_or_from_the_order() -> None:
    ordered, confirmed = date(2026, 1, 10), recife("2026-01-16 23:30")
    assert bought_on(POLICY, ordered_on=ordered, now=confirmed) == date(2026, 1, 16)
    policy = a_policy({"oneoff.date_basis": "ordered"})
    assert bought_on(policy, ordered_on=ordered, now=confirmed) == ordered


def test_r18_sales_answers_within_business_hours_of_its_own() -> None:
    assert answer_by(recife("2026-01-16 17:00"), POLICY) == recife("2026-01-19 11:00")
    assert answer_by(recife("2026-01-14 09:00"), POLICY) == recife("2026-01-14 13:00")
    never = a_policy({"calendar.week": {}})
    asked: datetime = recife("2026-01-14 09:00")
    assert answer_by(asked, never) == asked + timedelta(hours=4)


@given(st.sampled_from(ONEOFF_KINDS), st.sampled_from(("incident", "other", *EXCLUDED)))
def test_r18_s34_only_what_was_left_open_is_covered_by_what_sales_agreed(
    kind: str, service: str
) -> None:
    cell = scope_of(POLICY, kind, service)
    assert under(POLICY, kind=kind, service=service, agreed="") is cell
    assert under(POLICY, kind=kind, service=service, agreed="another") is cell
    agreed = under(POLICY, kind=kind, service=service, agreed=service)
    assert agreed is (Verdict.ALLOW if cell is Verdict.ASK else cell)


LATER = TODAY + timedelta(days=10)


def test_r22_who_was_sent_an_order_is_reminded_once_two_days_before_it_is_due() -> None:
    found = next_charge_reminder(LATER, told=None, now=NOW, policy=POLICY)
    assert found
    assert found.days == 2
    assert found.at.date() == LATER - timedelta(days=2)
    assert told_by_letter(LATER, told=None, now=NOW, policy=POLICY) is None
    assert told_by_letter(LATER, told=None, now=found.at, policy=POLICY) == 2
    assert next_charge_reminder(LATER, told=2, now=found.at, policy=POLICY) is None
    over = found.at + timedelta(days=4)
    assert next_charge_reminder(LATER, told=None, now=over, policy=POLICY) is None
    never = a_policy({"payment.remind_days": []})
    for policy, day in ((never, LATER), (POLICY, None)):
        assert next_charge_reminder(day, told=None, now=NOW, policy=policy) is None
        assert told_by_letter(day, told=7, now=NOW, policy=policy) == 7


@given(
    st.lists(st.integers(0, 40), max_size=4, unique=True).map(sorted),
    st.integers(-5, 60),
    st.integers(0, 90),
)
def test_a_letter_leaves_nothing_to_be_reminded_of_at_once(
    steps: list[int], due: int, hours: int
) -> None:
    policy = a_policy({"payment.remind_days": steps})
    now, day = NOW + timedelta(hours=hours), TODAY + timedelta(days=due)
    told = told_by_letter(day, told=None, now=now, policy=policy)
    found = next_charge_reminder(day, told=told, now=now, policy=policy)
    assert found is None or (found.at > now and found.days in steps)


def test_b1_an_order_is_seen_by_who_sees_the_tickets_of_its_company() -> None:
    us = frozenset({US})
    contact = replace(staff(Role.CONTACT), organisations=us)
    assert sees_orders_of(contact) == frozenset()
    open_house = replace(contact, sees_all_of=us)
    assert sees_orders_of(open_house) == us
    assert sees_orders_of(replace(open_house, units=frozenset({(US, 4)}))) == us
    boss = replace(staff(Role.ORG_ADMIN), organisations=us, admin_of=frozenset({US, US + 1}))
    assert sees_orders_of(boss) == us
    assert sees_orders_of(staff(Role.AGENT)) == frozenset()
