"""What a ticket's page is read from: the same as by parts, in fewer statements."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from balcao.tickets.models import Ticket, TicketLink
from balcao.tickets.queries import deadlines_of, get_for, neighbours_of, page_for, scope_of
from tests.cast import NOW, a_customer, a_queue, a_ticket, acting, an_agent

pytestmark = pytest.mark.usefixtures("installation")


def test_a_page_reads_in_two_statements_what_its_parts_say() -> None:
    customer, colleague = a_customer(), a_customer()
    queue = a_queue()
    agent = acting(an_agent(queue))
    first, ticket = a_ticket(customer, queue=queue), a_ticket(customer, queue=queue)
    ticket.participants.add(colleague.user, customer.user)
    Ticket.objects.filter(pk=ticket.pk).update(follows=first)
    whole = get_for(agent, ticket.number)
    with CaptureQueriesContext(connection) as statements:
        page = page_for(agent, ticket.number, now=NOW)
        scope = scope_of(page.ticket)
    assert len(statements) == 2
    assert scope == scope_of(whole)
    assert page.deadlines == deadlines_of(whole, now=NOW)
    assert {one.name for one in page.ticket.participants.all()} == {
        one.name for one in whole.participants.all()
    }
    assert page.around.follows == first.number


def test_neighbours_are_linked_tickets_first_and_only_what_the_reader_may_see() -> None:
    customer, stranger = a_customer(), a_customer()
    queue = a_queue()
    agent = an_agent(queue)
    ticket = a_ticket(customer, queue=queue)
    later = a_ticket(customer, queue=queue)
    split = a_ticket(customer, queue=queue)
    others = [a_ticket(customer, queue=queue) for _ in range(6)]
    hidden = a_ticket(customer, queue=a_queue())
    a_ticket(stranger, queue=queue)
    Ticket.objects.filter(pk=later.pk).update(follows=ticket)
    TicketLink.objects.create(origin=ticket, ticket=split, by=agent, at=NOW)
    reader = acting(agent)
    with CaptureQueriesContext(connection) as statements:
        found = neighbours_of(reader, ticket)
    assert len(statements) == 1
    assert {(row.number, row.how) for row in found[:2]} == {
        (later.number, "follows"),
        (split.number, "split"),
    }
    rest = {row.number for row in found[2:]}
    assert len(rest) == 5
    assert rest < {other.number for other in others}
    assert hidden.number not in rest
