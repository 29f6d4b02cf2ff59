"""What pages say of promises that were kept, missed, or outlive a contract."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse

from balcao.portal.tests.helping import at, text_of
from balcao.tickets.models import Ticket
from tests.cast import NOW, Customer, a_customer, a_ticket, an_agent, an_answer, signed_in

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def _page(customer: Customer, ticket: Ticket) -> str:
    return text_of(signed_in(customer.user).get(reverse("ticket", args=[ticket.number])))


def test_r7_an_open_request_whose_contract_ended_says_that_it_is_finished_nevertheless() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    assert "concluímos este chamado" not in _page(customer, ticket)
    with at(NOW, days=800):
        assert "mesmo assim, concluímos este chamado" in _page(customer, ticket)


def test_a_promise_that_was_kept_says_when_and_one_that_was_missed_since_when() -> None:
    customer, agent = a_customer(), an_agent()
    kept, missed = a_ticket(customer), a_ticket(customer)
    an_answer(kept, agent, now=NOW + timedelta(hours=3))
    with at(NOW, hours=30):
        assert "Começou No prazo · ontem às 15:00" in _page(customer, kept)
        page = signed_in(customer.user).get(reverse("tickets"))
        assert "Devia ter começado hoje às 12:00" in text_of(page)
    an_answer(missed, agent, now=NOW + timedelta(hours=25))
    with at(NOW, hours=30):
        assert "Começou Com 1 h de atraso · hoje às 13:00" in _page(customer, missed)
