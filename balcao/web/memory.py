"""Answers worth remembering: the words of a page are asked for a thousand times, and seldom new."""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from secrets import token_hex
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.utils.translation import get_language
from jinja2.runtime import Macro
from markupsafe import Markup, escape

P = ParamSpec("P")
R = TypeVar("R")


def by_language(function: Callable[P, R]) -> Callable[P, R]:
    """Remember what a pure function answers, apart for each active language.

    Its arguments must be hashable, and few different ones may be asked at a time: the oldest of
    8,192 answers is forgotten.
    """

    @lru_cache(maxsize=8192)
    def remembered(language: str | None, *args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    @wraps(function)
    def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        return remembered(get_language(), *args, **kwargs)  # type: ignore[arg-type]

    return ask


def piece(macro: Macro, *values: Hashable) -> Markup:
    """What a template's macro makes of these values, remembered apart for each active language.

    A page is mostly what the last one was: a row of a list, the menu, the keys. The macro may use
    nothing but its values and the words (a test looks), so that what is shown the same looks the
    same, whoever reads it. The oldest of 2,048 pieces is forgotten; with BALCAO_DEBUG none is kept.
    """
    if settings.DEBUG:
        return Markup(macro(*values))  # noqa: S704 - what a macro made is escaped
    return _made(get_language(), macro, *values)


def filled(macro: Macro, fills: tuple[str, ...], *values: Hashable) -> Markup:
    """The same for a macro whose first values differ with every request, as the token of a form
    does: they only stand in its text, and are put in afterwards.
    """
    text = str(piece(macro, *_HOLES[: len(fills)], *values))
    for hole, fill in zip(_HOLES, fills, strict=False):
        text = text.replace(hole, escape(fill))
    return Markup(text)  # noqa: S704 - of what a macro made, and what was escaped


def forget() -> None:
    """As if nothing had been shown yet: for tests in which the routes are others."""
    _made.cache_clear()


# Nobody can write what marks the place of a value.
_HOLES = tuple(f"hole-{token_hex(16)}" for _ in range(2))


# Typed: what is Markup is not escaped, so it must never stand for the same text that is not.
@lru_cache(maxsize=2048, typed=True)
def _made(language: str | None, macro: Macro, *values: Hashable) -> Markup:
    return Markup(macro(*values))  # noqa: S704 - what a macro made is escaped
