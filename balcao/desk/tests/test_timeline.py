"""The conversation with what happened in between, as an agent reads it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.channels.models import Delivery
from balcao.desk.tests.desk import LATER, a_conversation, at, desk_of, page, press, text_of, write
from balcao.events.queue import run_pending
from balcao.policy.access import Role
from balcao.tickets import actions
from balcao.tickets.actions import raise_deadlines
from balcao.tickets.models import Queue, Ticket
from tests.cast import (
    NOW,
    a_customer,
    a_member_of_staff,
    a_queue,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)
from tests.sales import a_sold_ticket

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture
def queue() -> Queue:
    return a_queue()


def test_lines_between_two_messages_are_one_that_opens_and_each_has_its_address(
    queue: Queue,
) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    browser = desk_of(an_agent(queue))
    raise_deadlines(NOW + timedelta(hours=19))
    with at():
        press(browser, "desk_take", ticket)
        press(browser, "desk_give_back", ticket)
        write(browser, ticket, "Which version?", then="wait")
        html = page(browser, ticket).content.decode()
    fold = re.search(r'<details class="fold.*?</details>', html, re.S)
    assert fold
    assert re.search(r"\d records: assigned, returned to the queue", fold.group())
    anchors = re.findall(r'id="(e\d+)"', fold.group())
    assert len(anchors) >= 2
    assert all(f'href="#{anchor}"' in fold.group() for anchor in anchors)
    assert "Service started: the start was in time" in html
    assert html.index("Waiting for the customer: the") > html.index("Which version?")
    assert html.index("Request opened") < html.index('<article class="message')


def test_a_refusal_of_the_gate_stands_in_the_timeline_with_its_rules(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    agent = an_agent(queue)
    browser = desk_of(agent)
    an_answer(ticket, agent)
    with at():
        press(browser, "desk_resolve", ticket)
        assert write(browser, ticket, "Too late.").status_code == 409
        html = page(browser, ticket).content.decode()
    assert "The gate refused" in html
    assert re.search(r'id="d\d+"', html)
    assert "S22" in html


def test_s36_a_question_to_sales_stands_in_the_timeline_with_its_rules_and_no_reason() -> None:
    ticket = a_sold_ticket(agreed=False)
    actions.customer_message(
        actor=acting(ticket.opener), now=NOW, ticket_id=ticket.pk, body="Parou.", key="s36"
    )
    with at():
        html = page(desk_of(a_member_of_staff(Role.SUPERVISOR)), ticket).content.decode()
    assert re.search(r"The gate asked for sales: S3\d", html)


def test_conversation_only_is_kept_for_the_person_and_the_address_wins(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    agent, other = an_agent(queue), an_agent(queue)
    browser = desk_of(agent)
    with at():
        assert "Request opened" in text_of(page(browser, ticket))
        answer = press(browser, "desk_thread", ticket, ver="conversa")
        assert "ver=conversa" in answer.headers["Location"]
        assert "Request opened" not in text_of(page(browser, ticket))
        assert "Request opened" in text_of(page(browser, ticket, ver="tudo"))
        assert "Request opened" in text_of(page(desk_of(other), ticket))
        press(browser, "desk_thread", ticket, ver="tudo")
        assert "Request opened" in text_of(page(browser, ticket))


def test_a_reply_says_how_its_mail_stands_with_the_servers_words(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    agent = an_agent(queue)
    an_answer(ticket, agent, now=LATER)
    run_pending(LATER)
    browser = desk_of(agent)
    mails = Delivery.objects.filter(ticket=ticket, kind="reply")
    assert mails.count() == 1
    for state, answer, shown in (
        ("queued", "", "E-mail in line"),
        ("queued", "421 later", "E-mail will be tried again: 421 later"),
        ("failed", "550 <no> such user", "Not sent by e-mail: 550 <no> such user"),
        ("sent", "", "Sent by e-mail"),
    ):
        mails.update(state=state, answer=answer)
        with at():
            for view in ("tudo", "conversa"):
                answered = page(browser, ticket, ver=view)
                assert shown in text_of(answered)
                assert "<no>" not in answered.content.decode()
    with at():
        sales = page(desk_of(a_member_of_staff(Role.SALES)), ticket)
    assert "Sent by e-mail" not in text_of(sales)


def test_r5_a_thank_you_on_a_resolved_ticket_is_flagged_and_one_press_reopens(
    queue: Queue,
) -> None:
    customer = a_customer()
    ticket, agent = a_ticket(customer, queue=queue), an_agent(queue)
    an_answer(ticket, agent)
    browser = desk_of(agent)
    with at():
        press(browser, "desk_resolve", ticket)
        assert "Only a thank-you" not in text_of(page(browser, ticket))
        actions.customer_message(
            actor=customer.actor, now=LATER, ticket_id=ticket.pk, body="Obrigado!", key="k" * 32
        )
        html = page(browser, ticket).content.decode()
        assert "Only a thank-you: the ticket stays resolved." in html
        thanks = html[html.index("message-thanks") :]
        address = re.search(r'action="([^"]+)"', thanks)
        assert address
        assert browser.post(address.group(1).replace("&amp;", "&")).status_code == 302
        assert Ticket.objects.get(pk=ticket.pk).state == "in_service"
        assert "Only a thank-you" not in text_of(page(browser, ticket))


def test_older_stretches_cost_the_same_and_hold_each_line_once(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    agent = an_agent(queue)
    browser = desk_of(agent)
    costs: list[int] = []
    for length in (5, 60):
        a_conversation(ticket, agent, length=length, start=len(costs) * 10)
        with at(), CaptureQueriesContext(connection) as statements:
            page(browser, ticket)
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 12
    with at():
        html = page(browser, ticket).content.decode()
        seen = re.findall(r'id="([me]\d+)"', html)
        while more := re.search(r'hx-get="([^"]+)"[^>]*closest \.thread-older', html):
            address = more.group(1).replace("&amp;", "&")
            html = browser.get(address, headers={"HX-Request": "true"}).content.decode()
            assert "<html" not in html
            seen += re.findall(r'id="([me]\d+)"', html)
    assert len(seen) == len(set(seen))
    assert sum(name.startswith("m") for name in seen) == 66
    plain = browser.get(reverse("desk_thread", args=[ticket.number]), {"antes": "9"})
    assert plain.status_code == 302
    assert "antes=9" in plain.headers["Location"]
