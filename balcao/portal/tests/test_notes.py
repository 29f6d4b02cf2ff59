"""Internal notes stay inside (B8): a canary in each of many, looked for wherever customers look."""

import pytest
from django.urls import reverse

from balcao.tickets import actions
from tests.cast import (
    NOW,
    Customer,
    a_customer,
    a_queue,
    a_ticket,
    acting,
    an_agent,
    an_answer,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("installation")

TICKETS = 100
CANARY = "canarinho-da-nota"


def _tickets_with_notes(customer: Customer) -> list[str]:
    queue = a_queue()
    agent = an_agent(queue)
    numbers = []
    for n in range(TICKETS):
        ticket = a_ticket(customer, queue=queue)
        actions.note(
            actor=acting(agent),
            now=NOW,
            ticket_id=ticket.pk,
            body=f"{CANARY} {n}",
            key=f"{n:032x}",
            files=[],
        )
        if n % 2:
            an_answer(ticket, agent, body="Vamos ver.")
        numbers.append(ticket.number)
    return numbers


def test_b8_no_page_of_the_portal_holds_a_word_of_an_internal_note() -> None:
    customer = a_customer()
    numbers = _tickets_with_notes(customer)
    browser = signed_in(customer.user)
    addresses = [
        *(reverse(name) for name in ("portal_home", "tickets", "ticket_new", "entitled")),
        *(reverse("ticket", args=[number]) for number in numbers),
        *(reverse("ticket_why", args=[number]) for number in numbers[:5]),
        *(f"{reverse('ticket', args=[number])}?antes=999999&notas=1" for number in numbers[:5]),
        *(f"{reverse('ticket_new')}?de={number}" for number in numbers[:5]),
    ]
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code == 200, address
        assert CANARY not in answer.content.decode(), address
