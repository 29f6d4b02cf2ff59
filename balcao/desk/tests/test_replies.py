"""Saved replies: kept in their book, put into a draft with their variables filled."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balcao.desk.tests.browser_form import form_at
from balcao.desk.tests.desk import at, desk_of, page, press, text_of, write
from balcao.policy.access import Role
from balcao.tickets.models import Mention, Queue, SavedReply, StaffDraft, Ticket
from tests.cast import a_customer, a_member_of_staff, a_queue, a_supervisor, a_ticket, an_agent

pytestmark = pytest.mark.usefixtures("installation")

JSON = {"accept": "application/json"}


@pytest.fixture
def queue() -> Queue:
    return a_queue()


def _new(browser: Client, shortcut: str, body: str, *, shared: bool = False, **more: str) -> Any:
    address = reverse("desk_reply_new") + ("?equipe" if shared else "")
    return browser.post(address, {"title": "T", "shortcut": shortcut, "body": body, **more})


def test_the_list_beside_a_ticket_holds_the_variables_filled(queue: Queue) -> None:
    customer = a_customer(name="Ana Lima")
    ticket = a_ticket(customer, queue=queue)
    browser = desk_of(an_agent(queue, name="Carla Souza"))
    with at():
        _new(browser, "ola", "Olá {nome} ({empresa}): {numero}, {produto}. {agente}")
        _new(browser, "prazo", "Início {prazo_inicio}, {telefone}, {portal}")
        address = reverse("desk_choose_reply", args=[ticket.number])
        found = browser.get(address, headers=JSON).json()["found"]
    texts = {row["code"]: row["text"] for row in found}
    spaced = f"{ticket.number[:3]} {ticket.number[3:6]} {ticket.number[6:]}"
    assert texts["ola"].replace("\u00a0", " ") == (
        f"Olá Ana ({customer.organisation.name}): {spaced}, Tarifador Direction. Carla Souza"
    )
    assert "2026 at " in texts["prazo"]
    assert "[" not in texts["prazo"]


def test_what_a_ticket_does_not_have_stays_visible(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    Ticket.objects.filter(pk=ticket.pk).update(licence=None)
    browser = desk_of(an_agent(queue))
    _new(browser, "produto", "Sobre o {produto}")
    address = reverse("desk_choose_reply", args=[ticket.number])
    assert browser.get(address, headers=JSON).json()["found"][0]["text"] == "Sobre o [produto]"


def test_without_script_a_page_puts_the_text_into_the_draft(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    browser = desk_of(an_agent(queue))
    _new(browser, "ola", "Olá {nome}")
    address = reverse("desk_choose_reply", args=[ticket.number])
    row = SavedReply.objects.get(shortcut="ola", body="Olá {nome}", active=True)
    shown = browser.get(address)
    assert "Olá Ana" in text_of(shown)
    form = form_at(shown.content.decode(), "")
    for _ in range(2):
        answer = browser.post(address, form | {"reply": str(row.pk)})
        assert answer.headers["Location"].endswith("#composer")
    assert StaffDraft.objects.get(ticket=ticket).body == "Olá Ana\n\nOlá Ana"
    assert browser.post(address, {"reply": "x"}).status_code == 404


def test_an_unknown_variable_and_a_taken_shortcut_are_told_and_nothing_is_lost() -> None:
    browser = desk_of(an_agent())
    wrong = _new(browser, "oi", "Olá {sobrenome} {nome}")
    assert wrong.status_code == 422
    assert "There is no variable {sobrenome}" in text_of(wrong)
    assert "Olá {sobrenome} {nome}" in wrong.content.decode()
    assert _new(browser, "oi", "Olá").status_code == 302
    taken = _new(browser, "oi", "Outro")
    assert taken.status_code == 422
    assert "This shortcut already stands for another text." in text_of(taken)
    assert _new(browser, "Oi Todos", "Outro").status_code == 422


def test_a_text_is_seen_as_a_customer_reads_it_before_it_is_kept() -> None:
    browser = desk_of(an_agent())
    looked = _new(browser, "oi-ana", "Olá {nome}", act="look")
    assert looked.status_code == 200
    assert "How a customer reads it Olá Ana" in text_of(looked)
    assert not SavedReply.objects.filter(shortcut="oi-ana").exists()


def test_m1_the_teams_texts_are_changed_by_whoever_keeps_them_and_read_by_all() -> None:
    agent, boss = desk_of(an_agent()), desk_of(a_supervisor())
    administrator = desk_of(a_member_of_staff(Role.ADMINISTRATOR))
    assert _new(agent, "da-equipe", "X", shared=True).status_code == 403
    assert _new(boss, "da-equipe", "Da equipe", shared=True).status_code == 302
    row = SavedReply.objects.get(shortcut="da-equipe", active=True)
    edit = reverse("desk_reply_edit", args=[row.pk])
    retire = reverse("desk_reply_retire", args=[row.pk])
    assert "Da equipe" in text_of(agent.get(reverse("desk_replies")))
    assert agent.get(edit).status_code == 403
    assert agent.post(retire).status_code == 403
    assert administrator.get(edit).status_code == 200
    changed = {"title": "T", "shortcut": "da-equipe", "body": "De todos"}
    assert administrator.post(edit, changed).status_code == 302
    assert administrator.post(retire).status_code == 302
    assert "De todos" not in text_of(agent.get(reverse("desk_replies")))
    assert desk_of(a_member_of_staff(Role.AUDITOR)).get(reverse("desk_replies")).status_code == 403


def test_b3_colleagues_offered_and_called_are_those_who_see_the_ticket(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    browser, there = desk_of(an_agent(queue)), an_agent(queue, name="Bruno da Fila")
    an_agent(a_queue(), name="Caio de Outra")
    address = reverse("desk_colleagues", args=[ticket.number])
    offered = [row["code"] for row in browser.get(address).json()["found"]]
    assert "Bruno da Fila" in offered
    assert "Caio de Outra" not in offered
    assert "Ana Lima" not in offered
    with at():
        write(browser, ticket, "@Bruno da Fila, veja", kind="note")
        assert Mention.objects.get(ticket=ticket, user=there).seen_at is None
        page(desk_of(there), ticket)
    assert Mention.objects.get(ticket=ticket, user=there).seen_at is not None


def test_g1_a_saved_reply_is_text_and_never_markup(queue: Queue) -> None:
    bomb = "<script>alert(1)</script>"
    ticket, browser = a_ticket(a_customer(), queue=queue), desk_of(an_agent(queue))
    browser.post(reverse("desk_reply_new"), {"title": bomb, "shortcut": "b", "body": bomb})
    row = SavedReply.objects.get(body=bomb, active=True)
    for answer in (
        browser.get(reverse("desk_replies")),
        browser.get(reverse("desk_reply_edit", args=[row.pk])),
        browser.get(reverse("desk_choose_reply", args=[ticket.number])),
    ):
        assert "alert(1)" in answer.content.decode()
        assert "<script>alert" not in answer.content.decode()
    press(browser, "desk_choose_reply", ticket, reply=str(row.pk))
    assert "<script>alert" not in page(browser, ticket).content.decode()
