"""The stories as steps in order of time. Pure: a moment and a calendar in, steps out."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from balcao.policy import worktime
from balcao.policy.book import Calendar

STORIES = Path(__file__).with_name("stories.toml")
_SEARCH = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Opening:
    """What somebody asks for. ``refused``: the gate is expected to say no, and keeps a draft."""

    service: str
    licence: str | None
    subject: str
    refused: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One thing somebody does. No two steps share their moment, which so identifies a step."""

    at: datetime
    story: str
    who: str
    what: str
    words: str
    files: tuple[str, ...]
    opening: Opening | None = None

    @property
    def key(self) -> str:
        """The same in every run, so that a step taken twice counts once."""
        return f"demo:{self.story}" if self.opening else f"demo:{self.at.isoformat()}"


@dataclass(frozen=True)
class Past:
    """Moments before ``anchor``, in hours of the day ("29h") or of business ("120")."""

    anchor: datetime
    calendar: Calendar

    def moment(self, text: str) -> datetime:
        """The moment a story names. Raises ValueError when it names none."""
        if text.endswith("h"):
            return self.anchor - timedelta(hours=float(text.removesuffix("h")))
        return self._business(timedelta(hours=float(text)))

    def _business(self, left: timedelta) -> datetime:
        for opens, closes in reversed(self._open):
            if left <= closes - opens:
                return closes - left
            left -= closes - opens
        # A calendar with hardly any hours: count the rest by the clock.
        return self.anchor - _SEARCH - left

    @cached_property
    def _open(self) -> list[tuple[datetime, datetime]]:
        begin = self.anchor - _SEARCH
        return list(worktime.open_intervals(begin, self.anchor, self.calendar))


def stories() -> dict[str, Any]:
    with STORIES.open("rb") as file:
        return tomllib.load(file)


def steps(past: Past) -> list[Step]:
    """Everything that happens in the demo, oldest first, never after ``past.anchor``."""
    book = stories()
    found = []
    for story in book["ticket"]:
        found.append(_opening(story, past.moment(story["opened"]), refused=False))
        found += [_step(story["key"], past, *step) for step in story["steps"]]
    found += [_opening(story, past.moment(story["at"]), refused=True) for story in book["refused"]]
    apart = [
        replace(step, at=step.at.astimezone(UTC) - timedelta(microseconds=len(found) - place))
        for place, step in enumerate(found)
    ]
    return sorted(apart, key=lambda step: step.at)


def _opening(story: Mapping[str, Any], at: datetime, *, refused: bool) -> Step:
    return Step(
        at=at,
        story=story["key"],
        who=story["opener"],
        what="open",
        words=_unwrapped(story["body"]),
        files=tuple(story.get("files", ())),
        opening=Opening(
            service=story["service"],
            licence=story.get("licence"),
            subject=story["subject"],
            refused=refused,
        ),
    )


def _step(
    story: str,
    past: Past,
    when: str,
    who: str,
    what: str,
    words: str = "",
    files: tuple[str, ...] = (),
) -> Step:
    return Step(past.moment(when), story, who, what, _unwrapped(words), tuple(files))


def _unwrapped(text: str) -> str:
    """The paragraphs without the line ends that only the file's width asked for."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))
