"""Exceptions by two people (R14): who, what, and for how long."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from balcao.policy.access import ANONYMOUS, SYSTEM, Actor, Role
from balcao.policy.book import SETTABLE_RULES, OverrideRules
from balcao.policy.override import (
    EXTENDS,
    LIFTABLE,
    Wanted,
    answer_by,
    extended_until,
    faults,
    may_answer,
    may_ask,
    may_end,
    may_look,
    to_lift,
)
from balcao.policy.tests.builders import DAY, HOUR, NOW

RULES = OverrideRules(ask=frozenset({"supervisor"}), approve_hours=24, max_days=30)
WANTED = Wanted(rules=("S5",), begins=NOW, ends=NOW + DAY, reason="Renovação em andamento")
ME, OTHER = 1, 2


def wearing(*roles: Role, pk: int = ME) -> Actor:
    return Actor(kind="user", id=pk, label="", roles=frozenset(roles))


def test_r14_supervisors_ask_and_agents_where_the_policy_lets_them() -> None:
    lenient = replace(RULES, ask=frozenset({"supervisor", "agent"}))
    assert may_ask(wearing(Role.SUPERVISOR), RULES)
    assert not may_ask(wearing(Role.AGENT), RULES)
    assert may_ask(wearing(Role.AGENT), lenient)
    for actor in (wearing(Role.SALES), wearing(Role.ADMINISTRATOR), ANONYMOUS, SYSTEM):
        assert not may_ask(actor, lenient)


def test_r14_whoever_asked_does_not_answer() -> None:
    assert may_answer(wearing(Role.SUPERVISOR), OTHER)
    assert not may_answer(wearing(Role.SUPERVISOR), ME)
    for role in set(Role) - {Role.SUPERVISOR}:
        assert not may_answer(wearing(role), OTHER)


def test_r14_one_person_takes_an_exception_back() -> None:
    assert may_end(wearing(Role.SUPERVISOR), OTHER)
    assert may_end(wearing(Role.AGENT), ME)
    assert not may_end(wearing(Role.AGENT), OTHER)


def test_r14_who_watches_answers_or_asks_may_look() -> None:
    lenient = replace(RULES, ask=frozenset({"agent"}))
    deputy = replace(wearing(Role.SALES), deputy_for=frozenset({Role.SUPERVISOR}))
    for actor in (wearing(Role.SUPERVISOR), wearing(Role.AUDITOR), deputy):
        assert may_look(actor, RULES)
    assert not may_look(wearing(Role.AGENT), RULES)
    assert may_look(wearing(Role.AGENT), lenient)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, ()),
        ({"ends": NOW + 30 * DAY}, ()),
        ({"ends": NOW + 30 * DAY + HOUR}, ("too_long",)),
        ({"begins": NOW + DAY}, ("ends_first",)),
        ({"ends": NOW}, ("over",)),
        ({"rules": ()}, ("no_rule",)),
        ({"rules": ("S5", "S3")}, ("not_liftable",)),
        ({"rules": ("S2",)}, ("not_liftable",)),
        ({"reason": " \n"}, ("no_reason",)),
        ({"rules": (), "reason": "", "ends": NOW - DAY}, ("no_rule", "no_reason", "over")),
    ],
)
def test_r14_an_exception_has_rules_a_reason_and_an_end(
    changes: dict[str, object], found: tuple[str, ...]
) -> None:
    wanted = replace(WANTED, **changes)  # type: ignore[arg-type]
    assert faults(wanted, rules=RULES, now=NOW) == found


def test_r14_a_question_waits_so_many_hours_and_never_past_its_own_end() -> None:
    assert answer_by(NOW, NOW + 3 * DAY, rules=RULES) == NOW + DAY
    assert answer_by(NOW, NOW + HOUR, rules=RULES) == NOW + HOUR


def test_r14_only_settable_rules_can_be_lifted() -> None:
    assert (*SETTABLE_RULES, EXTENDS) == LIFTABLE


def test_r14_s28_an_extension_ends_with_the_last_day_of_the_exception() -> None:
    midnight = datetime(2026, 1, 17, 3, tzinfo=UTC)  # in Recife
    assert extended_until(midnight, "America/Recife") == date(2026, 1, 16)
    assert extended_until(midnight + timedelta(hours=1), "America/Recife") == date(2026, 1, 17)


@pytest.mark.parametrize(
    ("refused", "lifted"),
    [
        (("S5",), ("S5",)),
        (("S2",), ("S5",)),
        (("S5", "R7"), ("S5",)),
        (("S17",), ("S16", "S17")),
        (("S16",), ("S16", "S17")),
        (("S35", "S36"), ("S35",)),
        (("S22", "S28"), ("S22", "S28")),
        (("S34",), ("S34",)),
        (("S3",), ()),
        (("R15",), ()),
        ((), ()),
    ],
)
def test_r14_a_refusal_says_which_rules_an_exception_would_have_to_lift(
    refused: tuple[str, ...], lifted: tuple[str, ...]
) -> None:
    assert to_lift(refused) == lifted
