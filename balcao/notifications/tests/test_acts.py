"""What a customer is told of the team's acts besides replies."""

from datetime import timedelta

import pytest

from balcao.channels.models import Delivery
from balcao.events.queue import run_pending
from balcao.tickets import actions
from tests.cast import NOW, a_customer, a_ticket, acting, an_agent

pytestmark = pytest.mark.usefixtures("installation")

LATER = NOW + timedelta(hours=1)


def test_a_noted_call_is_mailed_to_the_customer_once() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    for _ in range(2):
        actions.log_call(
            actor=acting(agent),
            now=LATER,
            ticket_id=ticket.pk,
            summary="Conferimos o cabo juntos.",
            key="1",
        )
    run_pending(LATER)
    mail = Delivery.objects.get(ticket=ticket, kind="reply")
    assert mail.recipient == customer.address
    assert "Ligação: Conferimos o cabo juntos." in mail.text
