"""Rascunhos as pages: kept while typing, opened, joined, thrown away and taken back."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from balcao.files.actions import store
from balcao.policy.gate import Door
from balcao.policy.lifecycle import Verb
from balcao.portal.tests.helping import at, at_most, opening, refusal_of, text_of, where
from balcao.tickets.actions import change_state, save_draft
from balcao.tickets.models import Attachment, Draft, Message
from tests.cast import NOW, Customer, a_customer, a_ticket, signed_in

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def _draft(customer: Customer, **changes: Any) -> Draft:
    said: dict[str, Any] = {
        "key": secrets.token_hex(16),
        "subject": "Não grava",
        "body": "Desde ontem nada grava.",
        "door": Door.EMAIL,
    } | changes
    return save_draft(actor=customer.actor, now=NOW, **said)


def _post(customer: Customer, route: str, **data: Any) -> Any:
    return signed_in(customer.user).post(reverse(route), data)


def test_r12_my_drafts_say_where_they_came_from_and_nobody_else_s_are_there() -> None:
    customer, other = a_customer(), a_customer()
    file = store(b"erro", name="tela.txt", now=NOW)
    mine, theirs = _draft(customer, files=[file]), _draft(other, subject="Alheio")
    browser = signed_in(customer.user)
    with at_most(8):
        page = browser.get(reverse("drafts"))
    text = text_of(page)
    assert "Não grava" in text
    assert "E-mail" in text
    assert "1 arquivo" in text
    assert "Alheio" not in text
    assert f"rascunho={mine.key}" in page.content.decode()
    for route in ("ticket_new", "draft_join"):
        assert browser.get(reverse(route), {"rascunho": theirs.key}).status_code == 404


def test_what_is_typed_in_the_opening_form_is_kept_and_opened_later() -> None:
    customer = a_customer()
    form = opening(customer, service="")
    answer = _post(customer, "draft_keep", **form)
    assert text_of(answer) == "Rascunho guardado às 12:00"
    page = signed_in(customer.user).get(reverse("ticket_new"), {"rascunho": form["key"]})
    assert form["body"] in page.content.decode()
    assert text_of(_post(customer, "draft_keep", key="curta", body="x")) == ""
    assert text_of(_post(customer, "draft_keep", key=secrets.token_hex(16))) == ""
    _post(customer, "ticket_new", **opening(customer, key=form["key"]))
    assert text_of(_post(customer, "draft_keep", **form)) == ""
    assert not Draft.objects.filter(owner=customer.user).exists()


def test_a_draft_is_thrown_away_with_a_way_back_and_only_by_its_owner() -> None:
    customer, other = a_customer(), a_customer()
    draft = _draft(customer)
    assert "rascunho-sumiu" in where(_post(other, "draft_discard", key=draft.key))
    gone = where(_post(customer, "draft_discard", key=draft.key))
    browser = signed_in(customer.user)
    page = browser.get(gone)
    assert "Desfazer" in text_of(page)
    assert "Não grava" not in text_of(page)
    assert "rascunho-sumiu" in where(_post(other, "draft_restore", key=draft.key))
    assert "recuperado" in where(_post(customer, "draft_restore", key=draft.key))
    assert "Não grava" in text_of(browser.get(reverse("drafts")))


def test_r12_a_draft_is_joined_to_one_of_my_open_requests_with_its_files() -> None:
    customer, other = a_customer(), a_customer()
    ticket, foreign = a_ticket(customer), a_ticket(other)
    file = store(b"erro", name="tela.txt", now=NOW)
    draft = _draft(customer, files=[file])
    browser = signed_in(customer.user)
    page = text_of(browser.get(reverse("draft_join"), {"rascunho": draft.key}))
    assert ticket.subject in page
    assert "tela.txt" in page
    assert _post(customer, "draft_join", key=draft.key).status_code == 422
    stolen = _post(customer, "draft_join", key=draft.key, number=foreign.number)
    assert stolen.status_code == 404
    done = where(_post(customer, "draft_join", key=draft.key, number=ticket.number))
    message = Message.objects.filter(ticket=ticket).latest("pk")
    assert message.body == "Não grava\n\nDesde ontem nada grava."
    assert Attachment.objects.get(message=message).file == file
    assert done.endswith(f"aviso=juntado#m{message.pk}")
    assert not Draft.objects.filter(owner=customer.user).exists()
    again = _post(customer, "draft_join", key=draft.key, number=ticket.number)
    assert again.status_code == 404


def test_r12_joining_says_why_not_while_there_is_no_open_request() -> None:
    customer = a_customer()
    _draft(customer)
    browser = signed_in(customer.user)

    def pages() -> list[str]:
        return [browser.get(reverse(name)).content.decode() for name in ("portal_home", "drafts")]

    for html in pages():
        assert "Juntar a um chamado" in html
        assert "Você não tem chamado aberto." in html
        assert reverse("draft_join") not in html
    a_ticket(customer)
    for html in pages():
        assert "Você não tem chamado aberto." not in html
        assert reverse("draft_join") in html


def test_r12_a_draft_that_a_request_cannot_take_stays_and_says_why() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    change_state(actor=customer.actor, now=NOW, ticket_id=ticket.pk, verb=Verb.CANCEL)
    draft = _draft(customer)
    refused = _post(customer, "draft_join", key=draft.key, number=ticket.number)
    assert refused.status_code == 422
    assert "encerrado" in refusal_of(refused)
    assert Draft.objects.filter(owner=customer.user).count() == 1
