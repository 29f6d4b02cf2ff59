"""Separar at the desk: a question is looked at before it gets a ticket of its own."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.forms import new_key
from balcao.desk.tests.desk import at, desk_of, text_of
from balcao.people.models import User
from balcao.tickets.models import Ticket, TicketLink
from tests.cast import (
    NOW,
    TODAY,
    Customer,
    a_contact,
    a_customer,
    a_queue,
    a_ticket,
    an_agent,
    signed_in,
)
from tests.sales import a_sold_ticket, described

pytestmark = pytest.mark.usefixtures("installation")

DAY = timedelta(days=1)


def _get(client: Client, route: str, ticket: Ticket) -> Any:
    return client.get(reverse(route, args=[ticket.number]))


def _post(client: Client, route: str, ticket: Ticket, **data: object) -> Any:
    return client.post(reverse(route, args=[ticket.number]), {"key": new_key(), **data})


def _licence(customer: Customer) -> int:
    assert customer.licence
    return customer.licence.pk


def test_r27_a_question_is_looked_at_before_it_is_separated_and_both_tickets_say_so() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    message = ticket.messages.get()
    sent = {
        "messages": str(message.pk),
        "subject": "Como exporto o relatório?",
        "licence": str(_licence(customer)),
        "service": "question",
        "key": new_key(),
    }
    with at():
        desk = desk_of(agent)
        look = _post(desk, "desk_split", ticket, **sent)
        assert look.status_code == 200
        assert "What goes into the new ticket" in text_of(look)
        assert message.body in text_of(look)
        assert not TicketLink.objects.filter(origin=ticket).exists()
        back = _post(desk, "desk_split", ticket, **sent, back="1")
        assert "Look at it first" in text_of(back)
        assert "Como exporto o relatório?" in back.content.decode()
        done = [_post(desk, "desk_split", ticket, **sent, go="1") for _ in range(2)]
        made = TicketLink.objects.get(origin=ticket).ticket
        for answer in done:
            assert answer.status_code == 302
            assert f"/{made.number}" in answer.url
        new, old = _get(desk, "desk_work", made), _get(desk, "desk_work", ticket)
        assert ticket.number in new.content.decode()
        assert made.number in old.content.decode()
        portal = signed_in(customer.user)
        mine = portal.get(reverse("ticket", args=[made.number])).content.decode()
        assert reverse("ticket", args=[ticket.number]) in mine


def test_r27_what_the_rules_do_not_allow_is_refused_in_words_before_anything_is_written() -> None:
    customer, agent = a_customer(licence_until=TODAY + DAY), an_agent()
    ticket = a_ticket(customer)
    sent = {
        "subject": "Como exporto?",
        "body": "Perguntou ao telefone.",
        "licence": str(_licence(customer)),
        "service": "question",
    }
    count = Ticket.objects.count()
    with at(NOW + 3 * DAY):
        desk = desk_of(agent)
        for more in ({}, {"go": "1"}):
            answer = _post(desk, "desk_split", ticket, **sent, **more)
            assert answer.status_code == 409
            assert "S5" in text_of(answer)
            assert "2121-9797" in text_of(answer)
            assert "Perguntou ao telefone." in answer.content.decode()
    assert Ticket.objects.count() == count
    with at():
        assert _post(desk_of(agent), "desk_split", ticket, **sent, go="1").status_code == 302
    assert Ticket.objects.count() == count + 1


def test_a_question_needs_a_message_or_words() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    sent = {"subject": "Como?", "licence": "-", "service": "question"}
    with at():
        answer = _post(desk_of(agent), "desk_split", ticket, **sent)
        assert answer.status_code == 422
        assert "Choose a message above, or write the question." in text_of(answer)
        foreign = a_ticket(a_customer()).messages.get()
        answer = _post(desk_of(agent), "desk_split", ticket, **sent, messages=str(foreign.pk))
        assert answer.status_code == 422


def test_separating_takes_at_most_twenty_five_statements() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    colleague, _ = a_contact(customer.organisation)
    ticket.participants.add(colleague)
    sent = {
        "messages": str(ticket.messages.get().pk),
        "subject": "Como exporto o relatório?",
        "body": "E por telefone perguntou o mesmo.",
        "licence": str(_licence(customer)),
        "service": "question",
        "go": "1",
    }
    with at():
        desk = desk_of(agent)
        _post(desk, "desk_split", ticket, **sent)
        with CaptureQueriesContext(connection) as statements:
            answer = _post(desk, "desk_split", ticket, **sent)
    assert answer.status_code == 302
    made = TicketLink.objects.filter(origin=ticket).latest("pk").ticket
    assert made.messages.count() == 2
    assert list(made.participants.all()) == [colleague]
    # The marks of a transaction neither read nor write.
    asked = [row["sql"][:110] for row in statements if "SAVEPOINT" not in row["sql"]]
    assert len(asked) <= 25, "\n".join(asked)


def test_r27_the_timelines_of_both_tickets_lead_to_each_other_where_the_reader_sees_both() -> None:
    here, there = a_queue(), a_queue()
    customer, agent = a_customer(), an_agent(here, there)
    ticket = a_ticket(customer, queue=here)
    sent = {
        "subject": "Como exporto o relatório?",
        "body": "Perguntou ao telefone.",
        "licence": str(_licence(customer)),
        "service": "question",
        "go": "1",
    }
    with at():
        _post(desk_of(agent), "desk_split", ticket, **sent)
        made = TicketLink.objects.get(origin=ticket).ticket
        Ticket.objects.filter(pk=made.pk).update(queue=there)

        def leads(reader: User, route: str, here: Ticket, other: Ticket) -> bool:
            html = _get(desk_of(reader), route, here).content.decode()
            lines = re.findall(r'<p class="line.*?</p>', html, re.S)
            address = reverse("desk_ticket", args=[other.number])
            return any(f'href="{address}' in line for line in lines)

        for route in ("desk_ticket", "desk_history"):
            for reader, sees in ((agent, True), (an_agent(here), False)):
                assert leads(reader, route, ticket, made) == sees
            for reader, sees in ((agent, True), (an_agent(there), False)):
                assert leads(reader, route, made, ticket) == sees
        elsewhere = _get(desk_of(an_agent(there)), "desk_ticket", made)
        assert "Came out of" not in text_of(elsewhere)
        desk = desk_of(agent)
        assert "Came out of" in text_of(_get(desk, "desk_ticket", made))
        _get(desk, "desk_ticket", ticket)
        with CaptureQueriesContext(connection) as statements:
            _get(desk, "desk_ticket", ticket)
    assert len(statements) <= 12, "\n".join(row["sql"][:90] for row in statements)


def test_r27_a_second_problem_in_a_one_off_is_offered_the_holders_next_one() -> None:
    agent, buyer = an_agent(), a_customer(with_contract=False, with_licence=False)
    first, second = a_sold_ticket(buyer, now=NOW - DAY), a_sold_ticket(buyer)
    described(first, now=NOW)
    sent = {
        "subject": "Ramal 12 mudo",
        "body": "E o ramal 12?",
        "licence": "-",
        "service": "incident",
        "key": new_key(),
    }
    with at(NOW + DAY):
        desk = desk_of(agent)
        page = _get(desk, "desk_split", first).content.decode()
        assert re.search(rf'<option value="{second.pk}" selected', page)
        refused = _post(desk, "desk_split", first, **sent)
        assert refused.status_code == 409
        assert "2121-9797" in text_of(refused)
        look = _post(desk, "desk_split", first, **sent, oneoff=str(second.pk))
        assert "The one-off is used for it under its own number" in text_of(look)
        no = _post(
            desk, "desk_split", first, **{**sent, "service": "custom_report"}, oneoff=second.pk
        )
        assert no.status_code == 409
        done = [
            _post(desk, "desk_split", first, **sent, oneoff=second.pk, go="1") for _ in range(2)
        ]
        for answer in done:
            assert answer.status_code == 302
            assert f"/{second.number}" in answer.url
        assert TicketLink.objects.get(origin=first).ticket == second
        page = _get(desk, "desk_split", first).content.decode()
        assert 'name="oneoff"' not in page


def test_r27_a_contracts_ticket_may_use_a_one_off_and_need_not() -> None:
    agent, customer = an_agent(), a_customer()
    ticket, bought = a_ticket(customer), a_sold_ticket(customer)
    with at():
        page = _get(desk_of(agent), "desk_split", ticket).content.decode()
    assert f'<option value="{bought.pk}"' in page
    assert f'<option value="{bought.pk}" selected' not in page
