"""Every kind of letter as it leaves: one content in two parts, and nothing from elsewhere."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db.models.signals import post_init, pre_save

from balcao.channels.models import Delivery
from balcao.entitlements import actions as entitlements
from balcao.events import queue
from balcao.notifications.tasks.letters import Letter, as_html, as_text
from balcao.people.models import User
from balcao.policy.book import parse
from balcao.policy.lifecycle import Verb
from balcao.rulebook.actions import shipped_document
from balcao.sales import actions as sales
from balcao.tickets import actions as tickets
from tests import cast
from tests import sales as made
from tests.cast import NOW
from tests.contract.story import tell

HOUR = timedelta(hours=1)
KINDS = {
    "address-notice",
    "address-proof",
    "absent",
    "alarm",
    "change_answered",
    "change_proposed",
    "charge",
    "colleague",
    "due_soon",
    "end_foretold",
    "enquiry_answered",
    "factor",
    "feedback",
    "invitation",
    "late",
    "notice",
    "opened",
    "overdue",
    "override_answered",
    "override_asked",
    "password",
    "record",
    "recovery",
    "reminded",
    "reopened",
    "reply",
    "resolved",
    "waiting_third",
}
TOKENS = Path(__file__).parents[2] / "web" / "assets" / "css" / "themes.css"
ONLY_IN_HTML = ("Se o botão não abrir:", "If the button does not open:")
_URL = re.compile(r"https?://[^\s\"<>]+")
_HIDDEN = re.compile(r'<div [^>]*aria-hidden="true">.*?</div>', re.S)


class Mail(NamedTuple):
    """What a letter said when it was written: what is secret in it goes with its sending."""

    kind: str
    text: str
    html: str


@contextmanager
def kept(language: str) -> Iterator[list[Mail]]:
    """All mails written meanwhile, whose readers read ``language``; also those with a secret."""
    found: list[Mail] = []

    def speak(instance: User, **_data: Any) -> None:
        instance.language = language

    def keep(instance: Delivery, **_data: Any) -> None:
        if not instance.pk:  # a new one, not one that is read
            found.append(Mail(instance.kind, instance.text, instance.html))

    pre_save.connect(speak, sender=User)
    post_init.connect(keep, sender=Delivery)
    try:
        yield found
    finally:
        pre_save.disconnect(speak, sender=User)
        post_init.disconnect(keep, sender=Delivery)


def all_letters(language: str) -> dict[str, Mail]:
    """The longest letter of each kind out of a desk's whole life."""
    with kept(language) as found:
        tell()
        agent = cast.an_agent(name="José <Zé> & Filhos")
        ticket = cast.a_ticket(cast.a_customer(), subject="Ramal <b>204</b> & 205 " + "mudo " * 20)
        cast.an_answer(ticket, agent, body="Tente\n\n  de novo", then=Verb.WAIT_CUSTOMER)
        _before_a_sale()
        queue.run_pending(NOW + 2 * HOUR)
        cast.a_ticket(cast.a_customer())
        for hours in (22, 27):
            tickets.raise_deadlines(NOW + hours * HOUR)
            queue.run_pending(NOW + hours * HOUR)
        cast.a_customer(contract_ends=cast.TODAY + timedelta(days=31))
        entitlements.foretell_ends(NOW + 24 * HOUR)
        queue.run_pending(NOW + 24 * HOUR)
        queue.run_pending(NOW + timedelta(days=60))
    return {mail.kind: mail for mail in sorted(found, key=lambda mail: len(mail.text))}


def _before_a_sale() -> None:
    """An order that waits for its boleto to be paid, and a question with its answer."""
    seller = cast.acting(made.a_seller())
    order = made.an_order(
        cast.a_customer(), payment="boleto", reference="34191 & 2", due_on=cast.TODAY, quantity=2
    )
    sales.send_charge(actor=seller, now=NOW, order_id=order.pk, seen=0)
    asked = made.an_enquiry(cast.a_customer(), question="Cobre <isto>?")
    sales.answer_enquiry(
        actor=seller, now=NOW, enquiry_id=asked.pk, covered=False, reason="É à parte."
    )


def plain(html: str) -> str:
    """What a reader reads, in one line."""
    body = _HIDDEN.sub(" ", re.sub(r"(?s)<head>.*?</head>|<!--.*?-->", " ", html))
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def blocks(html: str) -> set[str]:
    """The pieces of the HTML part, one a block."""
    body = _HIDDEN.sub("\n", re.sub(r"(?s)<head>.*?</head>|<!--.*?-->", " ", html))
    parts = re.sub(
        r"(?i)</?(!?doctype|html|body|p|h1|td|tr|table|br|div|a)\b[^>]*>|<!doctype html>",
        "\0",
        body,
    ).split("\0")
    return {said for one in parts if (said := " ".join(unescape(one).split()))}


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize("language", ["pt-br", "en"])
def test_d14_every_letter_says_the_same_in_both_parts_and_loads_nothing(language: str) -> None:
    found = all_letters(language)
    assert found.keys() >= KINDS
    for kind, mail in found.items():
        _agree(kind, mail)
        _fits(kind, mail)
        _is_filled_in(kind, mail)
        _loads_nothing(kind, mail)
    mail = found["reply"]
    assert "Ramal &lt;b&gt;204&lt;/b&gt; &amp; 205" in mail.html
    assert "Ramal <b>204</b> & 205" in words(mail.text)


def _agree(kind: str, mail: Mail) -> None:
    """Sentences and addresses of one part stand in the other."""
    said = words(mail.text)
    read = " ".join([plain(mail.html), *re.findall(r'href="([^"]+)"', mail.html)])
    assert [one for one in blocks(mail.html) if one not in said and one not in ONLY_IN_HTML] == []
    for line in mail.text.split("\n\n"):
        one = re.sub(r"(?m)^-- $|:$", "", line)
        for piece in filter(None, map(words, re.split(r"\n(?=\S+:)|: ", one))):
            assert all(word in read for word in piece.split()), (kind, piece)
    assert set(_URL.findall(unescape(mail.html))) == set(_URL.findall(mail.text)), kind


def _fits(kind: str, mail: Mail) -> None:
    long = [line for line in mail.text.splitlines() if len(line) > 76]
    assert all(_URL.fullmatch(line) for line in long), (kind, long)
    assert "max-width:600px" in mail.html


def _is_filled_in(kind: str, mail: Mail) -> None:
    """It names its language, says once why its reader gets it, and leaves nothing open."""
    why = {"pt-BR": "Você recebe este e-mail porque", "en": "You get this e-mail because"}
    tag = mail.html.partition('lang="')[2].partition('"')[0]
    assert words(mail.text).count(why[tag]) == plain(mail.html).count(why[tag]) == 1, kind
    for part in (mail.text, mail.html):
        body = re.sub(r"(?s)<style>.*?</style>", "", part)
        assert not re.search(r"%\(|\{\{|\{%|\bNone\b|\{[a-z_]+\}", body), kind


def _loads_nothing(kind: str, mail: Mail) -> None:
    tokens = set(re.findall(r"#[0-9a-f]{6}", TOKENS.read_text(encoding="utf-8")))
    # A picture that comes along in the mail itself.
    html = re.sub(r'<img src="cid:picture"', "", mail.html)
    assert not re.search(r"<(img|script|link|iframe)|url\(|@import|src=", html), kind
    assert set(re.findall(r"#[0-9a-f]{6}\b", mail.html)) <= tokens, kind


def test_a_number_stays_in_one_line_of_the_html_and_is_plain_in_the_text() -> None:
    letter = Letter(
        subject="Chamado 482 719 3059 aberto",
        heading="Chamado 482 719 3059 aberto",
        greeting="Olá, Ana.",
        lines=("Ligue (81) 2121-9700.",),
        company=parse(shipped_document(), version=1).company,
        why="",
    )
    assert "482\u00a0719\u00a03059" in as_html(letter)
    assert "Chamado 482 719 3059 aberto" in as_text(letter)
