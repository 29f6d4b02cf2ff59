"""B8, B3: each kind of internal text holds a word of its own, looked for in all a customer gets."""

import email
import io
import secrets
import zipfile
from collections.abc import Iterator
from email.policy import default
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import get_resolver

from balcao.channels.models import Delivery
from balcao.events import queue
from balcao.files.actions import store
from balcao.people.models import User
from balcao.policy.access import Role
from balcao.tickets import actions as tickets
from balcao.tickets.models import Ticket
from balcao.tickets.queries.exports import path_of
from tests.cast import (
    NOW,
    Customer,
    a_colleague,
    a_customer,
    a_member_of_staff,
    a_ticket,
    acting,
    an_answer,
    signed_in,
    the_queue,
)
from tests.contract.matrix.world import HOUR
from tests.contract.test_search_leaks import asked, plain

pytestmark = pytest.mark.usefixtures("installation")
KINDS = ("nota", "rascunho", "minutos", "pulado", "arquivo")


@pytest.fixture(autouse=True)
def _an_hour_later() -> Iterator[None]:
    with time_machine.travel(NOW + HOUR):
        yield


def _words() -> dict[str, str]:
    letters = "".join(chr(97 + int(sign, 16)) for sign in secrets.token_hex(5))
    return {kind: f"{kind}{letters}" for kind in KINDS}


def _worked_on(customer: Customer, agent: User, words: dict[str, str]) -> Ticket:
    """A ticket that was passed over, noted on with a file, half answered, timed and answered."""
    who, now = acting(agent), NOW + HOUR
    ticket = a_ticket(customer, now=NOW)
    claimed = tickets.take_next(actor=who, now=now)
    assert claimed
    assert claimed.pk == ticket.pk
    tickets.skip(actor=who, now=now, ticket_id=ticket.pk, reason=words["pulado"])
    tickets.assign_to_me(actor=who, now=now, ticket_id=ticket.pk)
    file = store(b"x", name=f"{words['arquivo']}.txt", now=now)
    tickets.note(actor=who, now=now, ticket_id=ticket.pk, body=words["nota"], key="n", files=[file])
    tickets.log_time(
        actor=who, now=now, ticket_id=ticket.pk, minutes=25, note=words["minutos"], key="t"
    )
    an_answer(ticket, agent, now=now, body="Vamos ver.")
    colleague = acting(a_member_of_staff(Role.AGENT, queues=(the_queue(),)))
    writing = tickets.Writing(kind="reply", body=words["rascunho"], key=secrets.token_hex(16))
    tickets.keep_writing(actor=colleague, now=now, ticket_id=ticket.pk, writing=writing)
    return ticket


def _pages(browser: Client, addresses: list[str]) -> dict[str, str]:
    found = {}
    for address in addresses:
        answer = browser.get(address)
        content = b"".join(answer) if answer.streaming else answer.content
        found[address] = content.decode(errors="replace")
    return found


def _copies(customer: Customer) -> dict[str, str]:
    found = {}
    for company in (None, customer.organisation.pk):
        row = tickets.ask_export(actor=customer.actor, now=NOW + HOUR, organisation_id=company)
        queue.run_pending(NOW + HOUR)
        with zipfile.ZipFile(io.BytesIO(path_of(row.pk).read_bytes())) as archive:
            for name in archive.namelist():
                found[f"copy of {company}: {name}"] = name + archive.read(name).decode()
    return found


def _mails(addresses: set[str]) -> dict[str, str]:
    rows = Delivery.objects.filter(recipient__in=addresses)
    found = {f"mail {row.pk}": f"{row.subject} {row.text} {row.html} {row.headers}" for row in rows}
    for file in (Path(settings.DATA) / "mail").glob("*.eml"):
        mail = email.message_from_bytes(file.read_bytes(), policy=default)
        if any(address in str(mail["To"]) for address in addresses):
            parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
            found[file.name] = f"{mail.items()} {parts}"
    return found


def test_b8_no_internal_word_is_in_anything_a_customer_gets() -> None:
    words = _words()
    customer = a_customer(is_admin=True)
    agent = a_member_of_staff(Role.AGENT, Role.SUPERVISOR, queues=(the_queue(),))
    ticket = _worked_on(customer, agent, words)
    colleague = a_colleague(customer)
    tickets.include(
        actor=customer.actor, now=NOW + HOUR, ticket_id=ticket.pk, person_id=colleague.user.pk
    )
    an_answer(ticket, agent, now=NOW + HOUR, body="Pronto.")
    queue.run_pending(NOW + HOUR)
    here = f"/chamados/{ticket.number}"
    theirs = [
        *(page for page in plain(get_resolver().url_patterns) if not page.startswith("/mesa")),
        *(f"/chamados?q={typed}" for typed in asked(words)),
        *(f"{here}{end}" for end in ("", "?notas=1", "?antes=999", "/prazo", "/pessoas")),
        f"/chamados/novo?de={ticket.number}",
    ]
    shown: dict[str, str] = {}
    for person in (customer, colleague):
        pages = _pages(signed_in(person.user), theirs)
        shown |= {f"{person.user.pk} {address}": text for address, text in pages.items()}
    mails = _mails({customer.address, colleague.address})
    copies = _copies(customer)
    assert any("Pronto." in text for text in mails.values())
    assert any("Pronto." in text for text in copies.values())
    everything = {**shown, **mails, **copies}
    leaks = [(at, kind) for at, text in everything.items() for kind in words if words[kind] in text]
    assert leaks == []

    at = f"/mesa/{ticket.number}"
    inside = _pages(
        signed_in(agent), [at, f"{at}/atendimento", "/mesa/pulados", f"{at}/imprimir?notas=1"]
    )
    assert {kind for kind in KINDS if words[kind] in "".join(inside.values())} == set(KINDS)
