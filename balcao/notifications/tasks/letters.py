"""A letter: what a mail says, before it becomes text and HTML."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from balcao.policy.book import Policy
from balcao.web import format


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail's words, all translated and plain.

    ``facts`` are pairs of a label and its value; ``quote`` is what a person wrote, ``files`` the
    names that came with it; ``button`` and ``link`` lead on, ``also`` (label, link) somewhere else.
    """

    subject: str
    heading: str
    greeting: str
    lines: tuple[str, ...]
    company: str
    facts: tuple[tuple[str, str], ...] = ()
    author: str = ""
    quote: str = ""
    files: tuple[str, ...] = ()
    button: str = ""
    link: str = ""
    also: tuple[str, str] = ("", "")
    footer: tuple[str, ...] = ()


@contextmanager
def reading(language: str, policy: Policy) -> Iterator[None]:
    """Texts in the reader's language, times in the policy's zone."""
    known = {code for code, _ in settings.LANGUAGES}
    chosen = language if language in known else settings.LANGUAGE_CODE
    with translation.override(chosen), timezone.override(format.zone(policy.timezone)):
        yield


def as_text(letter: Letter) -> str:
    return render_to_string("notifications/letter.txt", {"letter": letter})


def as_html(letter: Letter) -> str:
    return render_to_string("notifications/letter.html", {"letter": letter})


def page(name: str, *args: object) -> str:
    """The full address of a page: built from the settings, never from a request (A5)."""
    return settings.BASE_URL + reverse(name, args=args or None)


def first_name(name: str) -> str:
    return name.split()[0] if name.split() else name
