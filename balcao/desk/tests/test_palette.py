"""The command palette: what it offers to whom, and why some of it cannot run."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.tests.desk import at, desk_of, text_of
from balcao.events.models import Access
from balcao.policy.access import Role
from balcao.policy.lifecycle import Verb
from balcao.tickets.models import Ticket
from balcao.tickets.tests.test_search import a_word, add_note
from tests.cast import (
    a_customer,
    a_member_of_staff,
    a_queue,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")


def palette(client: Client, **query: str) -> Any:
    with at():
        answer = client.get(reverse("desk_palette"), query)
    assert answer.status_code == 200
    return answer


def options(answer: Any) -> list[tuple[str, bool]]:
    """(what stands in it, whether it runs) of each option."""
    found = re.findall(r'<(a|div) role="option"(.*?)</\1>', answer.content.decode(), re.DOTALL)
    return [
        (" ".join(re.sub(r"<[^>]+>|^[^>]*>", " ", text).split()), tag == "a") for tag, text in found
    ]


def test_every_action_of_the_open_ticket_runs_or_says_why_not() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    client = desk_of(agent)
    before = dict(options(palette(client, chamado=ticket.number)))
    assert before["Assign to me i"]
    an_answer(ticket, agent, then=Verb.RESOLVE)
    after = options(palette(client, chamado=ticket.number))
    refused = [text for text, runs in after if not runs]
    assert "Reply The ticket is resolved: reopen it to reply." in refused
    assert not any(text.startswith("Resolve ") and runs for text, runs in after)
    html = palette(client, chamado=ticket.number).content.decode()
    assert 'aria-disabled="true"' in html
    assert 'data-method="post"' in html
    assert 'data-press="n"' in html


def test_views_and_books_are_those_of_the_reader() -> None:
    agent = text_of(palette(desk_of(an_agent())))
    assert "My tickets g m" in agent
    assert "Customers" in agent
    assert "The team's access" not in agent
    keeper = text_of(palette(desk_of(a_member_of_staff(Role.ADMINISTRATOR))))
    assert "The team's access" in keeper
    assert "My tickets" not in keeper


def test_tickets_people_and_companies_are_found_while_somebody_types() -> None:
    word = a_word()
    customer = a_customer(name=f"Maria {word}")
    ticket = a_ticket(customer, subject=f"Ramal {word}")
    client = desk_of(an_agent())
    page = palette(client, q=word[:-3])
    assert reverse("desk_ticket", args=[ticket.number]) in page.content.decode()
    assert f"Maria {word} {customer.organisation.name}" in text_of(page)
    assert f"Search everything for “{word[:-3]}”" in text_of(page)
    by_number = palette(client, q=f"{ticket.number[:3]} {ticket.number[3:]}")
    assert reverse("desk_ticket", args=[ticket.number]) in by_number.content.decode()


def test_b3_the_palette_shows_nothing_of_a_ticket_the_reader_does_not_see() -> None:
    word = a_word()
    ticket = a_ticket(a_customer(), subject=f"Ramal {word}")
    add_note(ticket, acting(an_agent()), f"nota{word}")
    stranger = desk_of(an_agent(a_queue()))
    for query in ({"q": word}, {"q": ticket.number}, {"q": f"nota{word}"}):
        page = palette(stranger, **query).content.decode()
        assert reverse("desk_ticket", args=[ticket.number]) not in page
        assert f"Ramal {word}" not in page
    actions = palette(stranger, chamado=ticket.number).content.decode()
    assert reverse("desk_reply", args=[ticket.number]) not in actions
    assert 'aria-label="Ticket' not in actions


def test_nothing_typed_is_html() -> None:
    page = palette(desk_of(an_agent()), q="<img src=x onerror=alert(1)>").content.decode()
    assert "<img" not in page
    assert "&lt;img" in page


def test_what_is_typed_is_noted_without_its_words_and_what_is_not_typed_is_no_search() -> None:
    agent = an_agent()
    client = desk_of(agent)
    palette(client)
    palette(client, q="x")
    assert not Access.objects.filter(actor_id=agent.pk).exists()
    palette(client, q="ramal")
    assert [row.detail for row in Access.objects.filter(actor_id=agent.pk)] == [""]


def test_the_palette_costs_few_statements() -> None:
    word, customer, agent = a_word(), a_customer(), an_agent()
    for _ in range(8):
        a_ticket(customer, subject=word)
    number = Ticket.objects.filter(subject=word)[0].number
    client = desk_of(agent)
    palette(client, q=word)
    for most, query in ((8, {"q": word}), (12, {"chamado": number})):
        with CaptureQueriesContext(connection) as statements:
            palette(client, **query)
        assert len(statements) <= most
