"""Answers worth remembering: the words of a page are asked for a thousand times, and seldom new."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from django.utils.translation import get_language

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
