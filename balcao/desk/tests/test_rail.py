"""The tabs beside a ticket, and the ticket on paper."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.tests.desk import at, desk_of, page, text_of, write
from balcao.people.models import Membership, Phone
from balcao.people.queries.contacts import contacts
from balcao.policy.access import SYSTEM, Role
from balcao.tickets.models import Queue, Rating, Ticket, TicketLink
from tests.cast import (
    NOW,
    a_colleague,
    a_customer,
    a_member_of_staff,
    a_queue,
    a_ticket,
    acting,
    an_agent,
)

pytestmark = pytest.mark.usefixtures("installation")

PANELS = ("desk_coverage", "desk_customer", "desk_why", "desk_history")


@pytest.fixture
def queue() -> Queue:
    return a_queue()


def test_each_tab_is_a_page_without_script_and_a_panel_with_one(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    browser = desk_of(an_agent(queue))
    for route in PANELS:
        address = reverse(route, args=[ticket.number])
        with CaptureQueriesContext(connection) as statements:
            whole = browser.get(address)
        assert len(statements) <= 12, route
        html = whole.content.decode()
        assert html.count("<html") == 1
        assert html.count('aria-current="page"') >= 1
        assert ticket.subject in text_of(whole)
        panel = browser.get(address, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in panel
        assert all(reverse(other, args=[ticket.number]) in panel for other in PANELS)


def test_the_tab_looked_at_last_comes_back_by_itself_and_reading_writes_nothing(
    queue: Queue,
) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    browser = desk_of(an_agent(queue))
    first = page(browser, ticket).content.decode()
    assert "Contract and licences" in first
    assert 'hx-trigger="load" hx-target="#rail"' not in first
    browser.get(reverse("desk_customer", args=[ticket.number]))
    with CaptureQueriesContext(connection) as statements:
        second = page(browser, ticket).content.decode()
    assert len(statements) <= 12
    assert "Contract and licences" not in second
    later = re.search(r'<div hx-get="([^"]+)" hx-trigger="load" hx-target="#rail"', second)
    assert later
    assert reverse("desk_customer", args=[ticket.number]) in later.group(1)
    browser.cookies["balcao_rail"] = "nonsense"
    assert "Contract and licences" in page(browser, ticket).content.decode()


def test_the_customer_tab_shows_links_rating_and_other_open_tickets(queue: Queue) -> None:
    customer = a_customer()
    ticket = a_ticket(customer, queue=queue)
    agent = an_agent(queue)
    old, split, other = (a_ticket(customer, queue=queue) for _ in range(3))
    Ticket.objects.filter(pk=ticket.pk).update(follows=old, spent_minutes=80)
    TicketLink.objects.create(origin=ticket, ticket=split, by=agent, at=NOW)
    Rating.objects.create(ticket=ticket, rater=customer.user, score=4, comment="Bom", at=NOW)
    browser = desk_of(agent)
    with at():
        text = text_of(browser.get(reverse("desk_customer", args=[ticket.number])))
        head = text_of(page(browser, ticket))
        child = text_of(page(browser, split))
    assert "Goes on from" in text
    assert "came out of this one" in text
    assert "4 of 5 Bom" in text
    assert other.subject in text[text.index("Other open tickets") :]
    assert "1 h 20 spent" in head
    assert "4 of 5" in head
    assert "Came out of" in child


def test_who_asks_can_be_called_back_from_the_customer_tab(queue: Queue) -> None:
    customer = a_customer(is_admin=True)
    ticket, other = a_ticket(customer, queue=queue), a_colleague(customer)
    ticket.participants.add(other.user)
    for number, retired in (("+5581987654321", None), ("+558134210000", NOW)):
        Phone.objects.create(user=customer.user, number=number, retired_at=retired)
    address, browser = reverse("desk_customer", args=[ticket.number]), desk_of(an_agent(queue))
    with CaptureQueriesContext(connection) as statements:
        answer = browser.get(address)
    assert len(statements) <= 12
    html = answer.content.decode().replace("<wbr>", "")
    assert 'href="tel:+5581987654321"' in html
    assert "34210000" not in html, "a number that is no longer theirs"
    for one in (customer, other):
        assert one.address in html
        assert reverse("desk_person", args=[one.user.pk]) in html
    assert f"{customer.user.name} Administrator" in text_of(answer)
    Membership.objects.filter(user=other.user).update(ended_at=NOW)
    again = text_of(browser.get(address))
    assert f"{other.user.name} No longer acts for it" in again


def test_the_telephones_of_a_ticket_are_for_who_reads_customers(queue: Queue) -> None:
    customer = a_customer()
    ids = [customer.user.pk]
    company = customer.organisation.pk
    assert contacts(acting(an_agent(queue)), ids, organisation=company)[ids[0]].address
    for nobody in (customer.actor, SYSTEM):
        assert contacts(nobody, ids, organisation=company) == {}


def test_b8_paper_holds_notes_only_for_those_who_read_them_and_asked(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    browser = desk_of(an_agent(queue))
    address = reverse("desk_print", args=[ticket.number])
    with at():
        write(browser, ticket, "Canary of the note", kind="note")
        write(browser, ticket, "Which version?")
        plain = text_of(browser.get(address))
        asked = text_of(browser.get(address, {"notas": "1"}))
        sales = text_of(desk_of(a_member_of_staff(Role.SALES)).get(address, {"notas": "1"}))
    for text in (plain, asked, sales):
        assert "Which version?" in text
        assert "Deadline" in text
        assert ticket.subject in text
    assert "Canary" in asked
    assert "for the team only" in asked
    assert "Canary" not in plain
    assert "Canary" not in sales
