"""The demo's stories, whatever the moment of the first run."""

from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest

from balcao.policy.book import parse
from balcao.rulebook.actions import shipped_document
from balcao.server.demo.cast import COMPANIES, EVERYBODY
from balcao.server.demo.files import content_of
from balcao.server.demo.timeline import Past, Step, steps, stories

CALENDAR = parse(shipped_document(), version=1).calendar
# Nights, week-ends, Carnival, the year's turn: about once in every 41 hours of half a year.
MOMENTS = [datetime(2026, 9, 1, 3, 30, tzinfo=UTC) + timedelta(hours=41 * n) for n in range(110)]
PUBLIC = ("reply", "ask", "solve")


def story_of(found: list[Step]) -> dict[str, list[Step]]:
    in_order = sorted(found, key=lambda step: step.story)
    return {key: list(group) for key, group in groupby(in_order, key=lambda step: step.story)}


@pytest.mark.parametrize("anchor", MOMENTS, ids=str)
def test_every_story_keeps_its_order_and_nothing_lies_ahead(anchor: datetime) -> None:
    found = steps(Past(anchor, CALENDAR))
    moments = [step.at for step in found]
    assert moments == sorted(set(moments))
    assert moments[-1] < anchor
    by_story = story_of(found)
    for story in stories()["ticket"]:
        told = [step.what for step in by_story[story["key"]]]
        assert told == ["open", *(step[2] for step in story["steps"])]


@pytest.mark.parametrize("anchor", MOMENTS[::10], ids=str)
def test_s30_first_answers_follow_the_order_of_submission(anchor: datetime) -> None:
    by_story = story_of(steps(Past(anchor, CALENDAR)))
    answers = []
    for told in by_story.values():
        opened = told[0].at
        asked_sales_first = any(step.what == "ask_sales" for step in told[:2])
        first = next((step.at for step in told if step.what in PUBLIC), None)
        if first is not None and not asked_sales_first:
            answers.append((opened, first))
    firsts = [first for _, first in sorted(answers)]
    assert len(firsts) > 25
    assert firsts == sorted(firsts)


def test_a_calendar_that_never_opens_still_gives_a_past() -> None:
    closed = parse({**shipped_document(), "calendar": never_open()}, version=1).calendar
    found = steps(Past(MOMENTS[0], closed))
    assert found[-1].at < MOMENTS[0]


def never_open() -> dict[str, object]:
    calendar = shipped_document()["calendar"]
    assert isinstance(calendar, dict)
    return {**calendar, "week": {}, "days": []}


def test_the_stories_name_only_people_licences_and_files_that_exist() -> None:
    book = stories()
    people = {member.key for member in EVERYBODY}
    licences = {right.name for company in COMPANIES for right in company.licences}
    assert len(book["ticket"]) == 40
    for step in steps(Past(MOMENTS[0], CALENDAR)):
        assert step.who in people
        assert step.opening is None or step.opening.licence in licences | {None}
        for name in step.files:
            assert len(content_of(name, book["files"])) < 10_000
        assert step.words or step.what not in (*PUBLIC, "open", "write", "mail", "note")


def test_texts_are_paragraphs_not_lines() -> None:
    words = [step.words for step in steps(Past(MOMENTS[0], CALENDAR))]
    assert not any("\n" in text.replace("\n\n", "") for text in words)
