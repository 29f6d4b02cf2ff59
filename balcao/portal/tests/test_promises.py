"""What pages say of promises that were kept, missed, or outlive a contract."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from balcao.channels.models import Delivery
from balcao.events.queue import run_pending
from balcao.portal import clocks
from balcao.portal.tests.helping import at, text_of
from balcao.tickets.models import Ticket
from balcao.web.standing import Standing, standing
from tests.cast import (
    NOW,
    TODAY,
    Customer,
    a_customer,
    a_licence,
    a_ticket,
    an_agent,
    an_answer,
    signed_in,
)

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def _page(customer: Customer, ticket: Ticket) -> str:
    return text_of(signed_in(customer.user).get(reverse("ticket", args=[ticket.number])))


def test_r1_two_promises_of_one_moment_are_said_once() -> None:
    def promise(due: datetime) -> Standing:
        return standing(due, None, paused=False, soon_at=None, now=NOW)

    monday = NOW + timedelta(days=2)
    apart = clocks.Promises(promise(NOW + HOUR), promise(monday), TODAY, UTC)
    assert len(apart.in_words()) == 2
    [line] = clocks.Promises(promise(monday), promise(monday), TODAY, UTC).in_words()
    assert line.startswith("Começa e conclui até")
    late = clocks.Promises(promise(NOW - HOUR), promise(NOW - HOUR), TODAY, UTC)
    assert len(late.in_words()) == 2


def test_r7_an_open_request_whose_contract_ended_says_that_it_is_finished_nevertheless() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    assert "concluímos este chamado" not in _page(customer, ticket)
    with at(NOW, days=800):
        assert "mesmo assim, concluímos este chamado" in _page(customer, ticket)


def test_r6_pages_and_mail_say_that_an_expired_product_was_accepted_by_the_contract() -> None:
    customer = a_customer()
    expired = a_licence(customer.organisation, valid_until=TODAY - timedelta(days=40))
    ticket = a_ticket(replace(customer, licence=expired))
    said = "A licença do Tarifador Direction venceu em 04/10/2026: renove com o comercial."
    client = signed_in(customer.user)
    opened = text_of(client.get(reverse("ticket_opened", args=[ticket.number])))
    for page in (opened, _page(customer, ticket)):
        assert "Aceito por: Contrato SaaS" in page
        assert said in page
        assert "Renovar" in page
        assert "concluímos este chamado" not in page
        assert "Não coberto" not in page
    desk = signed_in(an_agent()).get(reverse("desk_ticket", args=[ticket.number]))
    assert said in text_of(desk)
    run_pending(NOW + timedelta(hours=1))
    [mail] = Delivery.objects.filter(ticket=ticket, kind="opened")
    assert said in " ".join(mail.text.split())
    assert "Comercial: (81) 2121-9797" in mail.text
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
