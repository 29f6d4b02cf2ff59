"""Quem acompanha and Avaliar, as pages."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balcao.people.models import User
from balcao.policy.lifecycle import Verb
from balcao.portal.tests.helping import at, at_most, text_of, where
from balcao.tickets.actions import customer_message, run_due
from balcao.tickets.models import Rating, Ticket
from balcao.tickets.queries import rating_link
from tests.cast import (
    NOW,
    Customer,
    a_colleague,
    a_customer,
    a_ticket,
    an_agent,
    an_answer,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def _post(user: User, ticket: Ticket, route: str, **data: Any) -> Any:
    return signed_in(user).post(reverse(route, args=[ticket.number]), data)


def _resolved(customer: Customer) -> Ticket:
    ticket = a_ticket(customer)
    an_answer(ticket, an_agent(), now=NOW, then=Verb.RESOLVE)
    return Ticket.objects.get(pk=ticket.pk)


def test_r8_a_colleague_is_included_and_taken_out_on_the_page() -> None:
    customer = a_customer()
    colleague, other = a_colleague(customer), a_customer(name="Zélia Outra")
    ticket = a_ticket(customer)
    page = reverse("ticket_people", args=[ticket.number])
    person = colleague.user.pk
    browser = signed_in(customer.user)
    with at_most(12):
        seen = text_of(browser.get(page))
    assert "Bruno Reis" in seen
    assert "Zélia Outra" not in seen
    assert "aviso=incluido" in where(_post(customer.user, ticket, "ticket_include", person=person))
    assert signed_in(colleague.user).get(page).status_code == 200
    assert "aviso=deixou" in where(_post(colleague.user, ticket, "ticket_take_out", person=person))
    assert signed_in(colleague.user).get(page).status_code == 404
    assert _post(customer.user, ticket, "ticket_include", person=other.user.pk).status_code == 403
    assert _post(other.user, ticket, "ticket_include", person=other.user.pk).status_code == 404
    refused = _post(customer.user, ticket, "ticket_include", person="ninguém")
    assert "aviso=sem-colega" in where(refused)
    assert not ticket.participants.exists()


def test_a_resolved_request_is_rated_on_its_page_and_a_missing_score_loses_no_comment() -> None:
    customer = a_customer()
    ticket = _resolved(customer)
    page = reverse("ticket", args=[ticket.number])
    browser = signed_in(customer.user)
    assert "Como foi o atendimento?" in text_of(browser.get(page))
    missing = _post(customer.user, ticket, "ticket_rate", comment="Claro e rápido.")
    assert missing.status_code == 422
    assert "Claro e rápido." in missing.content.decode()
    assert not Rating.objects.exists()
    done = _post(customer.user, ticket, "ticket_rate", score="4", comment="Claro e rápido.")
    assert "aviso=avaliado" in where(done)
    assert "Sua avaliação" in text_of(browser.get(page))
    with at(NOW, days=8):
        run_due(NOW.replace(day=21))
        text = text_of(browser.get(page))
        assert "4 de 5 Bom" in text
        late = _post(customer.user, ticket, "ticket_rate", score="1")
        assert "aviso=mudou" in where(late)
    assert Rating.objects.get(ticket=ticket).score == 4


def test_an_open_request_offers_no_rating() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    assert "Como foi o atendimento?" not in text_of(
        signed_in(customer.user).get(reverse("ticket", args=[ticket.number]))
    )


def test_a3_the_link_in_the_mail_rates_without_signing_in_and_looking_changes_nothing() -> None:
    customer = a_customer()
    ticket = _resolved(customer)
    link = reverse("rating", args=[rating_link(ticket.pk, customer.user.pk, now=NOW)])
    browser = Client()
    for _ in range(2):
        assert "Como foi o atendimento?" in text_of(browser.get(link))
    assert not Rating.objects.exists()
    assert browser.post(link, {"comment": "sem nota"}).status_code == 422
    done = browser.post(link, {"score": "5", "comment": "Ótimo."})
    assert "Obrigado pela avaliação." in text_of(browser.get(where(done)))
    rating = Rating.objects.get(ticket=ticket)
    assert (rating.score, rating.rater) == (5, customer.user)
    for abuse in (link[:-1], link.swapcase(), reverse("rating", args=["nada"])):
        assert browser.post(abuse, {"score": "1"}).status_code == 404
    assert Rating.objects.get(ticket=ticket).score == 5


def test_the_link_of_a_request_that_was_reopened_says_so_and_changes_nothing() -> None:
    customer = a_customer()
    ticket = _resolved(customer)
    link = reverse("rating", args=[rating_link(ticket.pk, customer.user.pk, now=NOW)])
    _post(customer.user, ticket, "ticket_reopen")
    text = text_of(Client().get(link))
    assert "O chamado foi reaberto: avalie quando ele for resolvido." in text
    Client().post(link, {"score": "1"})
    assert not Rating.objects.exists()


def test_r5_a_mere_thank_you_leaves_it_resolved_and_offers_to_reopen_with_one_click() -> None:
    customer = a_customer()
    ticket = _resolved(customer)
    customer_message(
        actor=customer.actor, now=NOW, ticket_id=ticket.pk, body="Muito obrigada!", key="obrigada"
    )
    page = signed_in(customer.user).get(reverse("ticket", args=[ticket.number]))
    assert "Lemos seu agradecimento" in text_of(page)
    assert reverse("ticket_reopen", args=[ticket.number]) in page.content.decode()
