"""Reading changes nothing, and only our own forms write (L1)."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from balcao.people.actions import make_token
from balcao.policy.accounts import TokenKind
from balcao.portal import urls
from balcao.portal.tests.helping import at, opening, where
from balcao.tickets.models import Ticket
from tests.cast import NOW, PASSWORD, a_customer, a_ticket, signed_in

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def _given(ticket: Ticket) -> dict[str, object]:
    """What stands in addresses: the ticket's, and a good link from a mail."""
    return {
        "number": ticket.number,
        "file_id": "00000000-0000-4000-8000-000000000000",
        "session_id": 1,
        "change_id": 1,
        "message_id": 1,
        "phone_id": 1,
        "export_id": 1,
        "inbound_id": 1,
        "order_id": 1,
        "pk": 1,
        "what": "resolvi",
        "colour": "8a1c4a",
        "digest": "0" * 64,
        "organisation_id": ticket.organisation_id,
        "user_id": ticket.opener_id,
        "token": make_token(now=NOW, kind=TokenKind.RESET, user_id=ticket.opener_id),
    }


# A program's signature stands where a form has our token (test_incoming.py, test_payments.py).
SIGNED = {"incoming", "pix_notice"}


def _addresses(given: dict[str, object], method: str) -> list[str]:
    """Every address of the portal that takes ``method`` from a person."""
    found = []
    for route in urls.urlpatterns:
        if route.name not in SIGNED and method in getattr(route.callback, "methods", ()):
            parameters = set(route.pattern.converters)
            found.append(
                reverse(str(route.name), kwargs={name: given[name] for name in parameters})
            )
    return found


def _database() -> dict[str, list[object]]:
    """Every row of every table but the sessions."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label != "sessions.Session"
    }


def test_l1_reading_every_page_changes_nothing() -> None:
    customer = a_customer(is_admin=True)
    ticket = a_ticket(customer)
    client = signed_in(customer.user)
    addresses = _addresses(_given(ticket), "GET")
    assert len(addresses) > 8
    before = _database()
    for address in addresses:
        assert client.get(address).status_code in (200, 302, 404), address
        assert client.head(address).status_code in (200, 302, 404), address
    assert _database() == before


def test_l1_every_form_without_our_token_is_refused_and_changes_nothing() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    addresses = _addresses(_given(ticket), "POST")
    assert len(addresses) > 9
    client = signed_in(customer.user, csrf=True)
    stranger = Client(enforce_csrf_checks=True)
    before = _database()
    for address in addresses:
        for browser in (client, stranger):
            assert browser.post(address, opening(customer)).status_code == 403, address
    assert _database() == before


def test_l1_a_form_from_another_site_is_refused_even_with_the_token() -> None:
    customer = a_customer()
    client = signed_in(customer.user, csrf=True)
    client.get(reverse("ticket_new"))
    sent = opening(customer, csrfmiddlewaretoken=client.cookies["balcao_csrf"].value)
    foreign = client.post(reverse("ticket_new"), sent, HTTP_ORIGIN="https://evil.example")
    assert foreign.status_code == 403
    assert not Ticket.objects.filter(organisation=customer.organisation).exists()
    assert client.post(reverse("ticket_new"), sent).status_code == 302


def test_l1_sign_in_itself_needs_our_form() -> None:
    customer = a_customer()
    client = Client(enforce_csrf_checks=True)
    sent = {"code": customer.user.code, "password": PASSWORD}
    assert client.post(reverse("sign_in"), sent).status_code == 403
    client.get(reverse("sign_in"))
    sent["csrfmiddlewaretoken"] = client.cookies["balcao_csrf"].value
    assert where(client.post(reverse("sign_in"), sent)) == reverse("home")


def test_a_form_address_is_not_read_and_a_page_takes_no_form() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    client = signed_in(customer.user)
    given = _given(ticket)
    only_forms = set(_addresses(given, "POST")) - set(_addresses(given, "GET"))
    assert len(only_forms) > 7
    for address in only_forms:
        assert client.get(address).status_code == 405, address
    assert client.post(reverse("tickets")).status_code == 405
