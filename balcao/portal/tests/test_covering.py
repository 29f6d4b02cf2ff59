"""What covers a request, or does not, as its customer reads it (R14, R18, S36)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from balcao.channels.models import Delivery
from balcao.events.queue import run_pending
from balcao.policy.lifecycle import Verb
from balcao.portal.tests.helping import at, text_of
from balcao.tickets.actions import answer_scope, change_state
from balcao.tickets.models import Ticket
from tests.cast import (
    NOW,
    TODAY,
    Customer,
    a_customer,
    a_ticket,
    acting,
    an_agent,
    an_override,
    mail_text,
    signed_in,
)
from tests.cast_appointments import a_seller

pytestmark = pytest.mark.usefixtures("installation")
DAY = timedelta(days=1)


def _read(customer: Customer, ticket: Ticket) -> str:
    return text_of(signed_in(customer.user).get(reverse("ticket", args=[ticket.number])))


def test_r18_what_is_not_covered_says_so_with_what_sales_wrote_and_the_way_to_it() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    agent = acting(an_agent())
    change_state(actor=agent, now=NOW, ticket_id=ticket.pk, verb=Verb.ASK_SALES)
    answer_scope(
        actor=acting(a_seller()),
        now=NOW,
        ticket_id=ticket.pk,
        covered=False,
        reason="É de outro fabricante.",
    )
    text = _read(customer, ticket)
    assert "Não coberto: este chamado foi cancelado" in text
    assert "É de outro fabricante." in text
    assert "(81) 2121-9797" in text
    assert "Abrir um novo chamado" not in text


def test_r14_what_an_exception_let_in_is_covered_by_it_and_by_no_other_licence() -> None:
    customer = a_customer(licence_until=TODAY - DAY)
    an_override(customer, ends=NOW + 2 * DAY)
    ticket = a_ticket(customer)
    run_pending(NOW)
    mail = Delivery.objects.get(recipient=customer.address, kind__contains="open")
    assert "outra licença" not in mail_text(mail)
    with at():
        assert "Por uma exceção nossa" in _read(customer, ticket)
    with at(NOW + 3 * DAY):
        text = _read(customer, ticket)
    assert "licença vencida" in text
    assert "Aceito por" not in text
