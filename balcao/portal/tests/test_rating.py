"""The rating's page, reached by the link in the mail."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from balcao.policy.lifecycle import Verb
from balcao.portal.tests.helping import text_of
from balcao.tickets.actions import change_state, rate
from balcao.tickets.queries import rating_link
from tests.cast import NOW, a_customer, a_ticket, an_agent, an_answer

pytestmark = pytest.mark.usefixtures("installation")


@pytest.mark.parametrize("rated", [True, False])
def test_the_link_to_a_request_that_was_reopened_says_so_and_not_that_it_ended(rated: bool) -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    an_answer(ticket, an_agent(), then=Verb.RESOLVE)
    if rated:
        rate(actor=customer.actor, now=NOW, ticket_id=ticket.pk, score=4, comment="Bom.")
    change_state(actor=customer.actor, now=NOW, ticket_id=ticket.pk, verb=Verb.REOPEN)
    link = rating_link(ticket.pk, customer.user.pk, now=NOW)
    with time_machine.travel(NOW, tick=False):
        page = text_of(Client().get(reverse("rating", args=[link])))
    assert "O chamado foi reaberto: avalie quando ele for resolvido." in page
    assert "encerrado" not in page
    assert ("4 de 5" in page) is rated
