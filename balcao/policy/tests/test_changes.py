"""Changing the book: what differs, what a topic replaces, who may, and when another must agree."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.access import SYSTEM, Actor, Role
from balcao.policy.book import Problem, parse
from balcao.policy.book.changes import (
    TABLES,
    Change,
    Topic,
    diff,
    has_moved,
    joined,
    part_of,
    patch,
    value_at,
    with_part,
)
from balcao.policy.changing import may_answer, may_change, may_read, needs_approval
from balcao.policy.tests.builders import POLICY, a_document, shipped_document

KEYS = st.sampled_from(["sla", "ticket", "start_hours", "saas", "*"])
LEAVES = st.one_of(
    st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.text(max_size=3), max_size=3)
)
DOCUMENTS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    KEYS, st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner, max_size=3)), max_size=4
)
PARTS = [topic for topic in Topic if topic is not Topic.WHOLE]


def person(*roles: Role, number: int = 1) -> Actor:
    return Actor(kind="user", id=number, label="Ana", roles=frozenset(roles))


@given(DOCUMENTS)
def test_nothing_differs_from_itself(document: dict[str, Any]) -> None:
    assert diff(document, document) == ()
    assert patch(document, ()) == document


@given(DOCUMENTS, DOCUMENTS)
def test_a_patched_with_what_differs_is_b(a: dict[str, Any], b: dict[str, Any]) -> None:
    changes = diff(a, b)
    assert patch(a, changes) == b
    assert patch(b, diff(b, a)) == a
    assert all(value_at(b, change.path) == change.after for change in changes)
    assert len({change.path for change in changes}) == len(changes)


def test_a_difference_names_its_path_and_both_values() -> None:
    after = a_document({"sla.start_hours": 8, "sla.targets": {"saas": {"start_hours": 4}}})
    assert diff(shipped_document(), after) == (
        Change(("sla", "start_hours"), 24, 8),
        Change(("sla", "targets", "saas"), None, {"start_hours": 4}),
    )


def test_a_truth_value_is_not_the_number_it_equals() -> None:
    assert diff({"a": True}, {"a": 1}) == (Change(("a",), True, 1),)


def test_nothing_stands_below_a_value() -> None:
    assert value_at({"a": 5}, ("a", "b")) is None
    assert patch({"a": 5}, (Change(("a", "b"), None, 1),)) == {"a": {"b": 1}}


def test_every_table_belongs_to_one_topic() -> None:
    tables = [name for topic in PARTS for name in TABLES[topic]]
    assert sorted(tables) == sorted(shipped_document())


@pytest.mark.parametrize("topic", list(Topic))
def test_a_topic_put_back_changes_nothing(topic: Topic) -> None:
    document = shipped_document()
    again = with_part(document, topic, part_of(document, topic))
    assert again == document
    assert parse(again, version=1) == POLICY


@given(st.sampled_from(PARTS), st.sampled_from(PARTS))
def test_a_topic_replaces_its_own_tables_and_no_others(one: Topic, other: Topic) -> None:
    found = with_part(shipped_document(), one, {TABLES[one][0]: {"changed": True}})
    assert part_of(found, one) == {TABLES[one][0]: {"changed": True}}
    if other is not one:
        assert part_of(found, other) == part_of(shipped_document(), other)


def test_a_table_of_another_topic_is_refused() -> None:
    with pytest.raises(ValueError, match="not all of email"):
        with_part(shipped_document(), Topic.EMAIL, {"sla": {}})


def test_a_draft_stands_while_its_own_topic_stands() -> None:
    made_from = shipped_document()
    current = a_document({"sla.start_hours": 8})
    assert has_moved(Topic.DEADLINES, made_from, current)
    assert has_moved(Topic.WHOLE, made_from, current)
    assert not has_moved(Topic.CALENDAR, made_from, current)


def test_m1_who_keeps_the_policy_changes_it_and_supervisors_suspend_deadlines() -> None:
    for topic in Topic:
        assert may_change(person(Role.ADMINISTRATOR), topic)
        assert may_change(person(Role.SUPERVISOR), topic) is (topic is Topic.SUSPENSIONS)
        for role in (Role.AGENT, Role.SALES, Role.AUDITOR, Role.CONTACT, Role.ORG_ADMIN):
            assert not may_change(person(role), topic)


def test_m1_the_book_is_read_by_those_who_answer_for_it() -> None:
    readers = {role for role in Role if may_read(person(role))}
    assert readers == {Role.ADMINISTRATOR, Role.SUPERVISOR, Role.AUDITOR}


def test_four_eyes_are_two_people() -> None:
    assert may_answer(person(Role.ADMINISTRATOR), author=2)
    assert not may_answer(person(Role.ADMINISTRATOR), author=1)
    assert not may_answer(person(Role.SUPERVISOR), author=2)
    assert not may_answer(SYSTEM, author=2)


def test_the_version_in_force_says_whether_another_must_agree() -> None:
    assert not needs_approval(POLICY)
    asking = parse(a_document({"change.second_approver": True}), version=2)
    assert needs_approval(asking)


def test_a_problem_is_its_sentence_and_its_parts() -> None:
    problem = Problem("page.pt", "must say %(name)s", {"name": "{company}"})
    assert problem == "page.pt: must say {company}"
    assert (problem.path, problem.text % problem.values) == ("page.pt", "must say {company}")


@given(DOCUMENTS, DOCUMENTS)
def test_a_change_joined_with_none_is_itself(a: dict[str, Any], b: dict[str, Any]) -> None:
    assert joined(a, b, a) == b
    assert joined(a, a, b) == b
    assert joined(a, b, b) == b


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_two_changes_join_the_same_whoever_was_first(
    a: dict[str, Any], b: dict[str, Any], c: dict[str, Any]
) -> None:
    assert joined(a, b, c) == joined(a, c, b)


def test_two_changes_of_different_values_are_one_and_of_the_same_value_none() -> None:
    base = {"sla": {"start": 24, "targets": {"saas": {"start": 8}}}, "page": "x"}
    mine = {"sla": {"start": 8, "targets": {"saas": {"start": 8}}}, "page": "x"}
    theirs = {"sla": {"start": 24, "targets": {}}, "page": "y"}
    assert joined(base, mine, theirs) == {"sla": {"start": 8, "targets": {}}, "page": "y"}
    assert joined(base, mine, {**base, "sla": {"start": 4}}) is None
    assert joined(base, mine, {**base, "sla": 5}) is None
    assert joined({"sla": 1}, {"sla": {"a": 1, "b": 2}}, {"sla": 2}) is None


DAY = {"date": "2026-12-24", "name": "Véspera", "spans": []}
OTHER = {"date": "2026-06-24", "name": "São João", "spans": []}


def test_r23_two_people_who_add_remove_and_change_different_days_both_have_their_way() -> None:
    base = {"days": [OTHER]}
    assert joined(base, {"days": [OTHER, DAY]}, {"days": []}) == {"days": [DAY]}
    renamed = {**OTHER, "name": "Festa"}
    assert joined(base, {"days": [renamed]}, {"days": [OTHER, DAY]}) == {"days": [renamed, DAY]}
    assert joined(base, {"days": [renamed]}, {"days": []}) is None
    assert joined(base, {"days": [renamed]}, {"days": [{**OTHER, "name": "Outra"}]}) is None
    assert joined({"days": ["2"]}, {"days": ["2", "5"]}, {"days": []}) is None
    period = {"begins": "a", "ends": "b", "reason": "c"}
    more = {**period, "reason": "d"}
    assert joined({"p": []}, {"p": [period]}, {"p": [more]}) == {"p": [period, more]}
