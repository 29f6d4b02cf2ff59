"""A letter: what a mail says, before it becomes text and HTML."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from textwrap import fill, shorten

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from balcao.policy.book import Policy
from balcao.policy.book.types import Company
from balcao.tickets.models import Ticket
from balcao.web import format
from balcao.web.brand import DARK, LIGHT, palette

_WIDTH = 76
_NUMBER = re.compile(r"\b([0-9]{3}) ([0-9]{3}) ([0-9]{4})\b")


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail's words, all translated and plain.

    ``facts`` are pairs of a label and its value; ``quote`` is what a person wrote, ``files`` the
    names that came with it; ``button`` and ``link`` lead on, ``also`` (label, link) somewhere else;
    ``code`` (label, text) is to be copied sign by sign, and ``picture`` describes the QR code that
    comes along with the mail; ``why`` says why its reader gets it.
    """

    subject: str
    heading: str
    greeting: str
    lines: tuple[str, ...]
    company: Company
    why: str
    facts: tuple[tuple[str, str], ...] = ()
    author: str = ""
    quote: str = ""
    files: tuple[str, ...] = ()
    code: tuple[str, str] = ("", "")
    picture: str = ""
    button: str = ""
    link: str = ""
    also: tuple[str, str] = ("", "")
    footer: tuple[str, ...] = ()

    @property
    def preheader(self) -> str:
        """What a list of mails shows after the subject."""
        said = self.lines[0] if self.lines else f"{self.author} {self.quote}"
        return shorten(said, 110, placeholder="…")


@contextmanager
def reading(language: str, policy: Policy) -> Iterator[None]:
    """Texts in the reader's language, times in the policy's zone."""
    known = {code for code, _name in settings.LANGUAGES}
    chosen = language if language in known else settings.LANGUAGE_CODE
    with translation.override(chosen), timezone.override(format.zone(policy.timezone)):
        yield


def as_text(letter: Letter) -> str:
    """The plain part, no line longer than a mail program of old shows (an address and what is to be
    copied stay whole).
    """
    text = render_to_string("notifications/letter.txt", {"letter": letter})
    whole = letter.code[1]
    return "\n".join(line if line == whole else _folded(line) for line in text.split("\n"))


def _folded(line: str) -> str:
    if len(line) <= _WIDTH:
        return line
    return fill(line, _WIDTH, break_long_words=False, break_on_hyphens=False)


def as_html(letter: Letter) -> str:
    """The same as HTML. A ticket's number stays in one line."""
    tones = palette(letter.company.colour)
    context = {"letter": letter, "tone": {"light": tones[LIGHT], "dark": tones[DARK]}}
    html = render_to_string("notifications/letter.html", context)
    return _NUMBER.sub("\\1\u00a0\\2\u00a0\\3", html)


def for_team(company: str) -> str:
    """Why a member of the team gets a letter."""
    return _("You get this e-mail because you work at the support of %(company)s.") % {
        "company": company
    }


def page(name: str, *args: object) -> str:
    """The full address of a page: built from the settings, never from a request (A5)."""
    return settings.BASE_URL + reverse(name, args=args or None)


def service_name(ticket: Ticket) -> str:
    """What a ticket is about, in the reader's language."""
    service = ticket.service
    portuguese = (translation.get_language() or "").startswith("pt")
    return service.name if portuguese else service.name_en or service.name


def first_name(name: str) -> str:
    return name.split()[0] if name.split() else name
