"""The search of the desk: numbers and keys at once, people, companies, and what was written."""

import secrets
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.tests.desk import desk_of, text_of
from balcao.entitlements.models import Licence, Service
from balcao.entitlements.queries import licences_by_key
from balcao.events.models import Access
from balcao.people import actions as people
from balcao.people.models import Organisation, Phone
from balcao.policy.access import SYSTEM, Role
from balcao.policy.lifecycle import Verb
from balcao.tickets.queries import tickets_by_part
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
    signed_in,
)

pytestmark = pytest.mark.usefixtures("installation")


def look(client: Client, words: str, **more: str) -> Any:
    return client.get(reverse("desk_search"), {"q": words, **more})


def _plan(sql: str) -> str:
    """How the database would go about it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Of a table this small it would read all, by whatever index.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_indexscan = off")
        explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        cursor.execute(f"{explain} {sql}")
        return str(cursor.fetchall())


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


def test_a_ticket_is_found_by_any_six_digits_in_a_row_of_its_number() -> None:
    ticket = a_ticket(a_customer())
    number = ticket.number
    agent, other = desk_of(an_agent()), desk_of(an_agent(a_queue()))
    parts = [number[:6], f"{number[:3]} {number[3:6]} {number[6:8]}", number[4:], f"#{number[:9]}"]
    for typed in (*parts, *(number[n : n + 6] for n in (1, 2, 3)), number[1:9], number[2:9]):
        assert ticket.subject in text_of(look(agent, typed)), typed
        assert ticket.subject not in text_of(look(other, typed)), typed
        found = agent.get(reverse("desk_palette"), {"q": typed})
        assert number in found.content.decode()
    for typed in (
        number[:5],
        number[2:7],
        f"{number[2:8]}{(int(number[8]) + 1) % 10}",
        f"{number[:5]}{(int(number[5]) + 1) % 10}",
    ):
        assert ticket.subject not in text_of(look(agent, typed)), typed
    assert "any 6 digits in a row" in text_of(look(agent, "999999990"))


def test_a_part_of_a_number_is_looked_up_in_an_index() -> None:
    actor = acting(a_member_of_staff(Role.SUPERVISOR))
    with CaptureQueriesContext(connection) as statements:
        tickets_by_part(actor, "123456")
        tickets_by_part(actor, "12345678")
    assert len(statements) == 2
    for row in statements.captured_queries:
        plan = _plan(row["sql"])
        for index in ("ticket_number_end", "ticket_number_2", "ticket_number_3", "ticket_number_4"):
            assert index in plan, plan
        assert "SCAN tickets_ticket" not in plan


def test_services_in_the_filters_are_named_in_the_readers_language() -> None:
    agent = an_agent()
    service = Service.objects.get(slug="incident")
    english, portuguese = desk_of(agent), signed_in(agent)
    for browser, name in ((english, service.name_en), (portuguese, service.name)):
        assert name in text_of(browser.get(reverse("desk_filters")))
        narrowed = browser.get(reverse("desk_queue"), {"servico": service.pk})
        assert name in text_of(narrowed)
    assert service.name not in text_of(english.get(reverse("desk_filters")))


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


def test_somebody_is_found_by_a_telephone_without_area_code_or_ninth_digit() -> None:
    mark = secrets.token_hex(4)
    end = f"{secrets.randbelow(10**7):07}"
    company = a_company(f"Cartório {mark}", phone=f"(81) 2{end}")
    user, _address = a_contact(company, name=f"Ivo {mark}")
    people.add_phone(actor=SYSTEM, now=NOW, user_id=user.pk, number=f"(81) 98{end}")
    agent = desk_of(an_agent())
    mobile = (f"98{end}", f"98{end[:3]}-{end[3:]}", f"8{end[:3]}-{end[3:]}", f"8{end}")
    coded = (f"+55 81 8{end}", f"5581 98{end}", f"81 8{end}", f"0 41 81 98{end}")
    for typed in (*mobile, *coded):
        assert f"Ivo {mark} Cartório {mark}" in text_of(look(agent, typed)), typed
    for typed in (f"2{end}", f"2{end[:3]} {end[3:]}"):
        page = text_of(look(agent, typed))
        assert f"Cartório {mark}" in page, typed
        assert f"Ivo {mark}" not in page, typed
    for typed in (end, f"97{end[:-1]}x", f"9{end}0"):
        assert mark not in text_of(look(agent, typed)), typed


def test_a_licence_is_found_by_its_beginning_or_its_end_and_never_by_what_is_between() -> None:
    first, middle, end = (secrets.token_hex(3).upper() for _ in range(3))
    customer = a_customer()
    assert customer.licence
    key = f"{first}-9{middle[:3]}-7{middle[3:]}-{end[0]}-{end[1:3]}"
    Licence.objects.filter(pk=customer.licence.pk).update(key=key)
    agent = desk_of(an_agent())
    shown = f"Tarifador Direction …{key[-4:]} · {customer.organisation.name}"
    tail = f"{middle[3:]}{end[:3]}"
    for typed in (first, first.lower(), f"{first}-", f"…{key[-4:]}", key[-6:], tail, tail.lower()):
        page = text_of(look(agent, typed))
        assert shown in page, typed
        assert key not in page
    assert shown in text_of(look(agent, key.replace("-", "")))
    halves = (first[:4], first[:5].lower(), f"{first}-9", f"{first} 9{middle[0]}".lower())
    blocks = (f"{first}-9{middle[:3]}", f"{first} 9{middle[:3]} 7{middle[3:]}")
    for typed in (*halves, *blocks):
        assert shown in text_of(look(agent, typed)), typed
    for typed in (f"9{middle[:3]}", f"{first}-9{middle[:2]}", f"7{tail}", first[:3]):
        assert shown not in text_of(look(agent, typed)), typed
    assert shown not in text_of(look(desk_of(a_member_of_staff(Role.AUDITOR)), key[-2:]))


def test_of_many_licences_a_few_are_shown_and_the_rest_is_said() -> None:
    block = secrets.token_hex(3)
    for number in range(7):
        customer = a_customer()
        assert customer.licence
        key = f"{block}-{number}"
        Licence.objects.filter(pk=customer.licence.pk).update(key=key)
    page = text_of(look(desk_of(an_agent()), block))
    assert page.count("Tarifador Direction …") == 5
    assert "There are more licences like this" in page


def test_a_part_of_a_key_and_of_a_telephone_are_looked_up_in_an_index() -> None:
    customer = a_customer()
    assert customer.licence
    with CaptureQueriesContext(connection) as statements:
        keys = licences_by_key(customer.licence.key[-4:])
        list(keys.build(*keys.texts))
        list(Phone.objects.filter(end="87654321", number__endswith="87654321"))
    for row in statements.captured_queries:
        plan = _plan(row["sql"])
        assert "licence_key" in plan or "phone_end" in plan, plan
        assert "SCAN entitlements_licence" not in plan


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
