"""The page where a customer opens what an agent typed, or says that it was not they (R13)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balcao.people.actions import make_token
from balcao.policy.accounts import LIFE, TokenKind
from balcao.portal.tests.helping import at, text_of
from balcao.tickets.models import AssistedOpening, Draft, Ticket
from tests.cast import NOW, TODAY, YEAR, Customer, a_customer, an_agent, signed_in
from tests.cast_calls import a_proposal

pytestmark = pytest.mark.usefixtures("installation")

LIFETIME = LIFE[TokenKind.OPENING]


@pytest.fixture(autouse=True)
def _now() -> Any:
    with at(NOW + timedelta(hours=1)):
        yield


def english(client: Client | None = None) -> Client:
    client = client or Client(enforce_csrf_checks=False)
    client.cookies["balcao_language"] = "en"
    return client


def typed(customer: Customer) -> tuple[AssistedOpening, str]:
    """What was typed for the customer, and the page of its link."""
    row = a_proposal(an_agent(name="Carla Souza"), customer)
    secret = make_token(
        now=NOW, kind=TokenKind.OPENING, user_id=row.contact_id, payload={"opening": row.pk}
    )
    return row, reverse("assisted_link", args=[secret])


def tickets_of(customer: Customer) -> int:
    return Ticket.objects.filter(organisation=customer.organisation).count()


def test_r13_the_link_shows_everything_and_looking_changes_nothing() -> None:
    customer = a_customer()
    row, address = typed(customer)
    client = english()
    for _ in range(2):
        page = client.get(address)
        shown = text_of(page)
        for part in (row.subject, row.body, customer.organisation.name, "Carla Souza"):
            assert part in shown
        assert page.headers["Cache-Control"] == "no-store"
    client.head(address)
    row.refresh_from_db()
    assert (row.state, tickets_of(customer)) == ("waiting", 0)


def test_r13_the_page_says_until_when_in_the_policys_time_and_not_in_utc() -> None:
    _row, address = typed(a_customer())
    shown = text_of(Client().get(address))
    assert "sáb., 14/11/2026, 12:00 (horário do Recife)" in shown
    assert "UTC" not in shown


def test_r13_the_button_opens_it_and_shows_its_number_also_when_pressed_twice() -> None:
    customer = a_customer()
    _row, address = typed(customer)
    client = english()
    for _ in range(2):
        sent = client.post(address, {"answer": "open"})
        assert sent["Location"] == address
    ticket = Ticket.objects.get(organisation=customer.organisation)
    shown = text_of(client.get(address))
    assert f"{ticket.number[:3]} {ticket.number[3:6]} {ticket.number[6:]}" in shown
    assert tickets_of(customer) == 1
    assert ticket.opener == customer.user


def test_r13_not_me_opens_nothing_and_cannot_be_taken_back() -> None:
    customer = a_customer()
    row, address = typed(customer)
    client = english()
    client.post(address, {"answer": "no"})
    assert "Nothing was opened" in text_of(client.get(address))
    client.post(address, {"answer": "open"})
    row.refresh_from_db()
    assert (row.state, tickets_of(customer)) == ("declined", 0)
    assert client.post(address, {"answer": "something"}).status_code == 302


def test_s5_refused_it_says_why_and_keeps_the_text() -> None:
    customer = a_customer(licence_until=TODAY - YEAR)
    row, address = typed(customer)
    page = english().post(address, {"answer": "open"})
    assert page.status_code == 422
    assert "has expired" in text_of(page)
    assert Draft.objects.get(owner=customer.user).body == row.body
    assert "kept as a draft" in text_of(english().get(address))
    assert tickets_of(customer) == 0


def test_r13_too_late_is_said_with_a_way_out() -> None:
    customer = a_customer()
    row, address = typed(customer)
    with at(NOW + LIFETIME):
        page = english().get(address)
        assert (page.status_code, "24 hours" in text_of(page)) == (404, True)
        assert english().post(address, {"answer": "open"}).status_code == 404
        inside = english(signed_in(customer.user))
        mine = reverse("assisted_confirm", args=[row.pk])
        assert "The time to confirm is over" in text_of(inside.get(mine))
        inside.post(mine, {"answer": "open"})
    assert tickets_of(customer) == 0


def test_a3_no_other_link_says_anything() -> None:
    customer = a_customer()
    _row, address = typed(customer)
    reset = make_token(now=NOW, kind=TokenKind.RESET, user_id=customer.user.pk)
    pages = [
        english().get(one)
        for one in (
            address[:-1],
            address.swapcase().replace("/ABERTURA/", "/abertura/"),
            reverse("assisted_link", args=[reset]),
            reverse("assisted_link", args=["x"]),
        )
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({re.sub(r"nonce|\?next=\S+", "", text_of(page)) for page in pages}) == 1


def test_r13_the_contact_who_signs_in_finds_it_on_the_first_page() -> None:
    customer, other = a_customer(), a_customer()
    row, _address = typed(customer)
    client = english(signed_in(customer.user))
    mine = reverse("assisted_confirm", args=[row.pk])
    assert mine in client.get(reverse("portal_home")).content.decode()
    assert mine not in english(signed_in(other.user)).get(reverse("portal_home")).content.decode()
    for method in ("get", "post"):
        answer = getattr(english(signed_in(other.user)), method)(mine, {"answer": "open"})
        assert answer.status_code == 404
    client.post(mine, {"answer": "open"})
    ticket = Ticket.objects.get(organisation=customer.organisation)
    assert reverse("ticket", args=[ticket.number]) in client.get(mine).content.decode()
    assert mine not in client.get(reverse("portal_home")).content.decode()
