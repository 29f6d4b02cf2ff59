"""The place in line that a customer sees."""

import pytest
from django.urls import reverse

from tests.cast import (
    NOW,
    a_contract,
    a_customer,
    a_policy_in_force,
    a_queue,
    a_ticket,
    an_agent,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("installation")


@pytest.mark.parametrize(("order", "places"), [("fifo", (1, 2)), ("due", (2, 1))])
def test_r24_customer_and_desk_see_the_place_that_the_order_of_the_policy_gives(
    order: str, places: tuple[int, int]
) -> None:
    soon = {"saas": {"start_hours": 2, "resolution_hours": 40}}
    a_policy_in_force({"sla.targets": soon, "queue.order": order})
    queue, renter, saas = a_queue(), a_customer(with_contract=False), a_customer()
    a_contract(renter.organisation, kind="rental")
    for customer in (renter, saas):
        a_ticket(customer, queue=queue, now=NOW)
    agent = signed_in(an_agent(queue))
    listed = agent.get(reverse("desk_queue")).content.decode()
    found = []
    for customer, place in zip((renter, saas), places, strict=True):
        ticket = customer.user.opened_tickets.get()
        page = signed_in(customer.user).get(reverse("ticket", args=[ticket.number]))
        assert f"{place}º" in page.content.decode()
        found.append(listed.index(ticket.number))
    assert (found[0] < found[1]) is (places[0] < places[1])
    said = "A fila segue a ordem de envio (S30)." if order == "fifo" else "primeiras respostas"
    for name in ("desk_filters", "desk_display"):
        assert said in agent.get(reverse(name)).content.decode()
