"""My e-mails and telephones, and the links that confirm or stop a change."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from balcao.channels.models import Delivery
from balcao.events import queue
from balcao.people import actions as people
from balcao.people.models import Address, AddressChange, Phone
from balcao.policy.addresses import HOLD, ChangeKind
from balcao.portal.tests.helping import at, text_of, where
from tests.cast import NOW, PASSWORD, Customer, a_customer, mail_text, signed_in

pytestmark = pytest.mark.usefixtures("installation")


def browser(customer: Customer) -> Client:
    client = signed_in(customer.user)
    client.cookies["balcao_language"] = "en"
    return client


def ask(customer: Customer, **fields: object) -> "tuple[int, str]":
    form = {
        "address": f"novo@{customer.user.pk}.example",
        "replaces": Address.objects.get(user=customer.user).pk,
        "current": PASSWORD,
    } | fields
    with at():
        answer = browser(customer).post(reverse("account_addresses"), form)
    return answer.status_code, where(answer) if answer.status_code == 302 else text_of(answer)


def link_to(address: str, kind: str) -> str:
    """The path of the link in the last mail of this kind to the address."""
    queue.run_pending(NOW)
    sent = Delivery.objects.filter(recipient=address, kind=kind).latest("pk")
    found = re.search(r"https?://[^/\s]+(/cadastro/\S+)", mail_text(sent))
    assert found
    return found[1]


def test_a8_the_owner_asks_confirms_by_the_link_and_the_old_address_is_told() -> None:
    customer = a_customer()
    new = f"novo@{customer.user.pk}.example"
    assert ask(customer) == (302, f"{reverse('account_addresses')}?aviso=confirme")
    proof = link_to(new, "address-proof")
    with at():
        client = Client()
        client.cookies["balcao_language"] = "en"
        looked = client.get(proof)
        assert "Is this your e-mail?" in text_of(looked)
        assert not AddressChange.objects.get(user=customer.user).proved_at
        assert "Confirmed" in text_of(client.post(proof))
        assert client.post(proof).status_code == 404
    notice = Delivery.objects.filter(recipient=customer.address)
    link_to(customer.address, "address-notice")
    told = notice.get(kind="address-notice")
    assert "não foi você?" in told.subject
    assert new not in mail_text(told)
    people.apply_due(NOW + HOLD[ChangeKind.OWN])
    assert Address.objects.get(user=customer.user, retired_at=None).address == new


def test_a8_the_old_address_stops_the_change_by_its_link() -> None:
    customer = a_customer()
    ask(customer)
    with at():
        Client().post(link_to(f"novo@{customer.user.pk}.example", "address-proof"))
        stop = link_to(customer.address, "address-notice")
        assert Client().get(stop).status_code == 200
        assert Client().post(stop).status_code == 200
        assert Client().post(stop).status_code == 404
    people.apply_due(NOW + HOLD[ChangeKind.OWN])
    assert Address.objects.get(user=customer.user, retired_at=None).address == customer.address


def test_a8_without_the_password_nothing_is_asked_for() -> None:
    customer = a_customer()
    status, said = ask(customer, current="outra senha qualquer")
    assert status == 422
    assert "not your password" in said
    status, said = ask(customer, address=customer.address)
    assert "on file already" in said
    assert not AddressChange.objects.filter(user=customer.user).exists()


def test_the_owner_sees_and_stops_their_own_change() -> None:
    customer, other = a_customer(), a_customer()
    ask(customer)
    change = AddressChange.objects.get(user=customer.user)
    client = browser(customer)
    assert "about to change" in text_of(client.get(reverse("account_addresses")))
    stop = reverse("account_address_stop", args=[change.pk])
    assert browser(other).post(stop).status_code == 404
    assert "aviso=interrompido" in where(client.post(stop))


def test_k5_the_owner_keeps_their_telephones() -> None:
    customer, other = a_customer(), a_customer()
    client = browser(customer)
    client.post(reverse("account_phone"), {"phone": "81 8765-4321"})
    assert "(81) 98765-4321" in text_of(client.get(reverse("account_addresses")))
    assert client.post(reverse("account_phone"), {"phone": "1"}).status_code == 422
    phone = Phone.objects.get(user=customer.user)
    browser(other).post(reverse("account_phone_retire", args=[phone.pk]))
    phone.refresh_from_db()
    assert phone.retired_at is None
    client.post(reverse("account_phone_retire", args=[phone.pk]))
    phone.refresh_from_db()
    assert phone.retired_at is not None
