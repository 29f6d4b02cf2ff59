"""The search of the desk: numbers and keys at once, people, companies, and what was written."""

import secrets
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.tests.desk import desk_of, text_of
from balcao.events.models import Access
from balcao.people import actions as people
from balcao.people.models import Organisation
from balcao.policy.access import SYSTEM, Role
from balcao.policy.lifecycle import Verb
from balcao.tickets.tests.test_search import a_word, add_note, write
from tests.cast import (
    NOW,
    a_contact,
    a_customer,
    a_member_of_staff,
    a_queue,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")


def look(client: Client, words: str, **more: str) -> Any:
    return client.get(reverse("desk_search"), {"q": words, **more})


def a_company(name: str, **more: Any) -> Organisation:
    return people.register_organisation(actor=SYSTEM, now=NOW, name=name, **more)


def test_a_number_leads_to_its_ticket_with_spaces_or_without() -> None:
    ticket = a_ticket(a_customer())
    agent, other = desk_of(an_agent()), desk_of(an_agent(a_queue()))
    spaced = f"{ticket.number[:3]} {ticket.number[3:6]} {ticket.number[6:]}"
    for typed in (ticket.number, spaced, f" {spaced.replace(' ', '.')} "):
        answer = look(agent, typed)
        assert answer.status_code == 302
        assert answer.url == reverse("desk_ticket", args=[ticket.number])
        assert ticket.subject not in text_of(look(other, typed))


def test_a_number_with_a_wrong_digit_says_so() -> None:
    number = a_ticket(a_customer()).number
    wrong = f"{number[:9]}{(int(number[9]) + 1) % 10}"
    assert "One of its ten digits is wrong" in text_of(look(desk_of(an_agent()), wrong))
    assert "digits is wrong" not in text_of(look(desk_of(an_agent()), "ramal 2023"))


def test_maria_of_the_town_hall_is_found_by_what_an_agent_remembers() -> None:
    mark = secrets.token_hex(4)
    company = a_company(f"Prefeitura {mark}", tax_id="11222333000181", reference=f"ERP-{mark}")
    user, address = a_contact(company, name=f"Maria {mark} das Dores")
    people.add_phone(actor=SYSTEM, now=NOW, user_id=user.pk, number="(81) 98765-4321")
    agent = desk_of(an_agent())
    for typed in (
        f"maria prefeitura {mark}",
        f"a Maria da Prefeitura {mark}",
        user.code.lower(),
        address,
        "81 98765-4321",
    ):
        assert f"Maria {mark} das Dores Prefeitura {mark}" in text_of(look(agent, typed)), typed
    for typed in (f"PREFEITURA {mark}", "11.222.333/0001-81", f"erp-{mark}"):
        assert f"Prefeitura {mark} 11.222.333/0001-81" in text_of(look(agent, typed)), typed


def test_a_licence_is_found_by_its_key_and_shown_by_its_last_signs() -> None:
    customer = a_customer()
    assert customer.licence
    page = text_of(look(desk_of(an_agent()), customer.licence.key.lower()))
    assert f"Tarifador Direction …{customer.licence.key[-4:]}" in page
    assert customer.organisation.name in page


def test_conversations_are_found_with_the_words_marked_and_nothing_run() -> None:
    word, customer, agent = a_word(), a_customer(), an_agent()
    ticket = a_ticket(customer, subject=f"<img src=x onerror=alert(1)> {word}")
    write(ticket, customer.actor, f"<script>alert('{word}')</script> configurações")
    answer = look(desk_of(agent), f"{word} configurar")
    html = answer.content.decode()
    assert f"<mark>{word}</mark>" in html
    assert "<mark>configurações</mark>" in html
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert f"{reverse('desk_ticket', args=[ticket.number])}#m" in html


def test_b3_an_agent_of_another_queue_finds_no_word_of_it() -> None:
    word, customer = a_word(), a_customer()
    ticket = a_ticket(customer, subject=f"Sobre {word}")
    add_note(ticket, acting(an_agent()), f"nota{word}")
    for typed in (word, f"nota{word}"):
        assert ticket.number[6:] in text_of(look(desk_of(an_agent()), typed))
        other = text_of(look(desk_of(an_agent(a_queue())), typed))
        assert "No conversation holds these words" in other
        assert ticket.number[6:] not in other


def test_who_serves_no_tickets_finds_customers_and_no_conversation() -> None:
    word = a_word()
    company = a_company(f"Padaria {word}")
    a_ticket(a_customer(), subject=word)
    page = text_of(look(desk_of(a_member_of_staff(Role.ADMINISTRATOR)), word))
    assert company.name in page
    assert "conversation" not in page.replace("words of a conversation", "")


def test_open_done_and_mine_are_addresses() -> None:
    word, customer, agent = a_word(), a_customer(), an_agent()
    waiting, done = (a_ticket(customer, subject=word) for _ in range(2))
    an_answer(done, agent, then=Verb.RESOLVE)
    client = desk_of(agent)

    def shown(**more: str) -> set[str]:
        page = look(client, word, **more).content.decode()
        return {row.number for row in (waiting, done) if f"/{row.number}#m" in page}

    assert shown() == shown(em="qualquer") == {waiting.number, done.number}
    assert shown(em="abertos") == {waiting.number}
    assert shown(em="encerrados") == shown(meus="1") == {done.number}
    assert "only the newest" not in text_of(look(client, word))


def test_a_search_is_on_the_access_log_without_its_words() -> None:
    agent, word = an_agent(), a_word()
    look(desk_of(agent), word)
    (row,) = Access.objects.filter(actor_id=agent.pk)
    assert (row.act, row.subject_id, row.detail) == ("searched", None, "")


def test_a_search_costs_at_most_eight_statements() -> None:
    word, customer = a_word(), a_customer(name=f"Ana {a_word()}")
    for _ in range(3):
        a_ticket(customer, subject=f"{word} 2023")
    client = desk_of(an_agent())
    look(client, word)
    for typed in (word, f"{word}-2023", customer.organisation.name, "81 98765-4321", ""):
        with CaptureQueriesContext(connection) as statements:
            assert look(client, typed).status_code == 200
        assert len(statements) <= 8, "\n".join(
            row["sql"][:150] for row in statements.captured_queries
        )


def test_anything_may_be_typed() -> None:
    client = desk_of(an_agent())
    for typed in ('"', "a" * 5000, "\x00", "%", "-", "*", "'; --", "x:*", "😀", "NEAR(", "  "):
        assert look(client, typed, depois="x", em="y").status_code == 200
    assert "Look for a rarer word" in text_of(look(client, "de para"))
    assert "What are you looking for?" in text_of(client.get(reverse("desk_search")))
