"""A customer searches their own requests."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.people import actions as people
from balcao.policy.access import SYSTEM, Role
from balcao.tickets.tests.test_search import a_word, add_note, write
from tests.cast import (
    NOW,
    a_customer,
    a_member_of_staff,
    a_ticket,
    acting,
    an_agent,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("installation")


def look(client: object, words: str, **more: str) -> str:
    page = client.get(reverse("tickets"), {"q": words, **more})  # type: ignore[attr-defined]
    assert page.status_code == 200
    return str(page.content.decode())


def test_b3_a_customer_finds_their_own_words_and_no_others() -> None:
    word, mine, theirs = a_word(), a_customer(), a_customer()
    ticket = a_ticket(mine, subject="Ramal mudo")
    write(ticket, mine.actor, f"As configurações do {word} <b>sumiram</b>")
    a_ticket(theirs, subject=f"Outro {word}")
    page = look(signed_in(mine.user), f"{word} configurar")
    assert reverse("ticket", args=[ticket.number]) in page
    assert "&lt;b&gt;sumiram" in page
    assert "Outro" not in page
    assert ticket.number not in look(signed_in(theirs.user), word)


def test_b3_notes_are_not_found_in_the_portal_even_by_an_agent_who_is_also_a_customer() -> None:
    word, customer = a_word(), a_customer()
    ticket = a_ticket(customer)
    add_note(ticket, acting(an_agent()), f"Nota {word}")
    both = a_member_of_staff(Role.SUPERVISOR)
    people.join(actor=SYSTEM, now=NOW, user=both, organisation=customer.organisation, is_admin=True)
    for user in (customer.user, both):
        assert ticket.number not in look(signed_in(user), word)
    assert ticket.number in look(signed_in(both), "ligações")


def test_a_number_leads_to_ones_own_request() -> None:
    mine, theirs = a_customer(), a_customer()
    ticket = a_ticket(mine)
    answer = signed_in(mine.user).get(reverse("tickets"), {"q": ticket.number})
    assert answer.status_code == 302
    assert answer["Location"] == reverse("ticket", args=[ticket.number])
    assert ticket.subject not in look(signed_in(theirs.user), ticket.number)


def test_a_search_costs_at_most_eight_statements_and_pages_go_on() -> None:
    word, customer = a_word(), a_customer()
    tickets = [a_ticket(customer, subject=f"{word} {place}") for place in range(22)]
    client = signed_in(customer.user)
    look(client, word)
    with CaptureQueriesContext(connection) as statements:
        page = look(client, word)
    assert len(statements) <= 8
    assert tickets[-1].number in page
    assert tickets[0].number not in page
    cursor = page.split("depois=")[1].split('"')[0]
    assert tickets[0].number in look(client, word, depois=cursor)
