"""Notices to every customer in words: their kinds, and the banner over a page."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.web import format
from balcao.web.format import Tone
from balcao.web.words.badges import Badge

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_LEVELS: "dict[str, tuple[_StrPromise, Tone, str]]" = {
    "outage": (gettext_lazy("Outage"), "late", "circle-alert"),
    "maintenance": (gettext_lazy("Maintenance"), "warning", "triangle-alert"),
    "information": (gettext_lazy("Information"), "brand", "info"),
}


@dataclass(frozen=True, slots=True)
class Banner:
    """A notice as it stands over a page. ``role``: what a screen reader makes of it."""

    tone: Tone
    role: str
    word: str
    title: str
    paragraphs: tuple[str, ...]
    updated: str


def levels() -> list[tuple[str, str]]:
    """(code, word) of every kind, the gravest first."""
    return [(code, str(word)) for code, (word, _tone, _icon) in _LEVELS.items()]


def level_badge(level: str) -> Badge:
    word, tone, icon = _LEVELS[level]
    return Badge(text=str(word), tone=tone, icon=icon)


def banner(
    level: str,
    title: str,
    body: str,
    *,
    changed_at: datetime,
    ends_at: datetime | None,
    now: datetime,
    tz: tzinfo,
) -> Banner:
    """What the reader sees: the kind in a word, the text, how fresh it is and until when."""
    word, tone, _icon = _LEVELS[level]
    names = {"moment": format.absolute(changed_at, now=now, tz=tz)}
    updated = _("Updated %(moment)s.") % names
    if ends_at is not None:
        until = {"moment": format.absolute(ends_at, now=now, tz=tz)}
        updated = f"{updated} {_('Until %(moment)s.') % until}"
    return Banner(
        tone=tone,
        role="alert" if level == "outage" else "status",
        # A title that begins with the word says it already.
        word="" if title.casefold().startswith(str(word).casefold()) else str(word),
        title=title,
        paragraphs=tuple(part for line in body.splitlines() if (part := line.strip())),
        updated=updated,
    )
