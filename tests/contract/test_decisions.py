"""One gate for all doors (N1): the reviewed table and the gate answer everything alike."""

from collections import Counter

import pytest

from balcao.policy.book import Verdict
from balcao.policy.gate import Decision, Door, decide
from tests.contract.decisions.rows import Row, rows
from tests.contract.decisions.table import COLUMNS, VOCABULARY, Answer, Class, classes, read
from tools import decisions

TABLE = classes()
ROWS = list(rows())
_ANSWERS = {Verdict.ALLOW: "yes", Verdict.REFUSE: "no", Verdict.ASK: "ask"}


def said(decision: Decision) -> Answer:
    """The gate's answer in the table's words."""
    mark = "+" if decision.lifted else "~" if decision.observed or decision.warnings else ""
    answer = _ANSWERS[decision.verdict]
    return Answer(
        answer=answer + (mark if answer == "yes" else ""),
        reason=decision.reason or "",
        rules=decision.rules,
        next_step=decision.next_step,
    )


def fitting(row: Row) -> list[Class]:
    return [one for one in TABLE if one.holds(row.act, row.question)]


def test_n1_every_question_falls_into_exactly_one_reviewed_class() -> None:
    odd = [(row.act, row.question, len(fitting(row))) for row in ROWS if len(fitting(row)) != 1]
    assert odd[:5] == []


def test_n1_the_gate_answers_every_question_as_the_reviewed_table_says() -> None:
    wrong = [
        (row.act, row.question, found.answer, answered)
        for row in ROWS
        for found in fitting(row)
        if (answered := said(decide(row.request, row.facts, row.policy, row.now))) != found.answer
    ]
    assert wrong[:5] == []


def test_n1_the_questions_are_many_and_come_through_every_door() -> None:
    doors = Counter(row.request.door for row in ROWS)
    assert len(ROWS) >= 500
    assert all(doors[door] >= 100 for door in Door)


def test_n1_no_class_of_the_table_is_empty() -> None:
    asked = {id(one) for row in ROWS for one in fitting(row)}
    assert [one.written for one in TABLE if id(one) not in asked] == []


def test_n1_every_word_of_the_vocabulary_is_asked_about() -> None:
    for column in COLUMNS:
        assert {row.question[column] for row in ROWS} == set(VOCABULARY[column])


def test_the_page_in_words_is_written_from_the_table() -> None:
    assert decisions.PAGE.read_text(encoding="utf-8") == decisions.page(), (
        "run: python -m tools.decisions"
    )


@pytest.mark.parametrize(
    "line",
    ["portal | contact", "window | contact | - | open | * | * | * | yes | - | S3 | none"],
)
def test_a_line_that_says_something_unknown_is_noticed(line: str) -> None:
    with pytest.raises(ValueError, match=r"columns|never"):
        read(f"== go_on: x\n{line}")
