"""The book in words: every version, every difference."""

from typing import Any

import pytest
from django.utils.translation import override

from balcao.policy.book.changes import Topic
from balcao.rulebook.actions import shipped_document
from balcao.rulebook.forms import contents, differences
from balcao.rulebook.tests.test_forms import SERVICES, document

CASES: list[tuple[dict[str, object], list[tuple[str, str, str]]]] = [
    ({}, []),
    ({"sla.clock": "business"}, [("What counts", "Elapsed hours", "Business hours")]),
    ({"sla.start_hours": 8.5}, [("Service starts within", "24 h", "8.5 h")]),
    ({"ticket.reopen_days": 1}, [("reopened for", "7 days", "1 day")]),
    (
        {"sla.targets": {"saas": {"start_hours": 4}}},
        [("SaaS contract: Service starts within", "as the standard", "4 h")],
    ),
    (
        {"scope.saas": {"*": "allow", "other": "ask"}},
        [("SaaS contract: Outro assunto", "as the standard", "Ask sales")],
    ),
    ({"calendar.week.sat": ["08:00-12:00"]}, [("Saturday", "closed", "08:00–12:00")]),
    ({"override.ask": ["supervisor", "agent"]}, [("exception", "Supervisor", "Supervisor, Agent")]),
    ({"change.second_approver": True}, [("second administrator", "no", "yes")]),
    ({"page.en": ""}, [("Text in English", "How our support works", "")]),
    (
        {"suspended.periods": [
            {"begins": "2026-11-20T11:00:00+00:00", "ends": "2026-11-20T14:00-03:00", "reason": "x"}
        ]},
        [("x", "", "20 Nov 2026 08:00 to 20 Nov 2026 14:00")],
    ),
    ({"company.fax": "1"}, [("company.fax", "", "1")]),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), CASES)
def test_a_difference_is_told_in_words(
    changes: dict[str, object], said: list[tuple[str, str, str]]
) -> None:
    with override("en"):
        found = differences(shipped_document(), document(changes), SERVICES)
    assert len(found) == len(said)
    for one, (what, before, after) in zip(found, said, strict=True):
        assert what in one.what
        assert before in one.before
        assert after in one.after


def test_r23_days_that_come_go_and_change_are_told_one_by_one() -> None:
    days: list[dict[str, Any]] = list(document()["calendar"]["days"])
    half = {**days[1], "spans": ["08:00-12:00"]}
    named = {**days[2], "name": "Paixão de Cristo"}
    more = {"date": "2026-12-24", "name": "Véspera", "spans": []}
    after = document({"calendar.days": [half, named, *days[3:], more]})
    with override("en"):
        found = differences(shipped_document(), after)
    assert [(one.what, one.before, one.after) for one in found] == [
        ("1 Jan 2026 Confraternização Universal", "closed", ""),
        ("6 Mar 2026 Revolução Pernambucana", "closed", "08:00–12:00"),
        ("3 Apr 2026 Paixão de Cristo", "3 Apr 2026 Sexta-feira Santa: closed", "closed"),
        ("24 Dec 2026 Véspera", "", "closed"),
    ]


def test_what_a_version_leaves_out_is_told_as_what_it_means() -> None:
    bare = document(without=("sla.clock", "oneoff", "scope.saas"))
    with override("en"):
        [row] = differences(bare, shipped_document())
        [line] = [line for line in contents(Topic.ONEOFF, bare) if "good for" in line.label]
    assert (row.what, row.after) == ("SaaS contract: Every other service", "Covered")
    assert line.text == "12 months"


@pytest.mark.parametrize("topic", [topic for topic in Topic if topic is not Topic.WHOLE])
def test_every_topic_of_a_version_is_told_without_a_code(topic: Topic) -> None:
    with override("pt-br"):
        found = contents(topic, shipped_document(), SERVICES)
    codes = {"elapsed", "both", "finish", "keep", "enforce", "allow", "refuse", "participants"}
    codes |= {"next_opening", "aligned_or_token", "draft_notice", "supervisor", "True", "False"}
    assert bool(found) is (topic is not Topic.SUSPENSIONS)
    assert not codes & {line.text for line in found}
