"""Esqueci o número: the numbers of available one-offs, to the registered address only (R26)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balcao.channels.models import Delivery
from balcao.events import queue
from balcao.events.models import Event
from balcao.lib.text import mask_address
from balcao.policy.numbers import show_number
from balcao.portal.oneoff import entering
from balcao.portal.tests.helping import at, text_of
from tests.cast import NOW, Customer, a_customer, mail_text
from tests.sales import OVER, a_sold_ticket, described

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


@pytest.fixture
def buyer() -> Customer:
    return a_customer(with_contract=False, with_licence=False)


def ask(address: str, *, browser: Client | None = None) -> Any:
    return (browser or Client()).post(reverse("statement_forgot"), {"address": address})


def mails() -> list[Delivery]:
    return list(Delivery.objects.filter(kind="numbers").order_by("pk"))


def test_a5_the_numbers_go_to_the_registered_address_and_name_what_can_be_used(
    buyer: Customer,
) -> None:
    first, second = a_sold_ticket(buyer), a_sold_ticket(buyer)
    described(second)
    answer = ask(buyer.address.upper())
    queue.run_pending(NOW)
    [mail] = mails()
    assert mail.recipient == buyer.address
    text = mail_text(mail)
    assert show_number(first.number) in text
    assert show_number(second.number) not in text
    for secret in (first.number, show_number(first.number), buyer.address):
        assert secret not in text_of(answer)


@pytest.mark.parametrize(
    "form", ["{}.evil.example", "x{}", "{}\r\nBcc: eu@evil.example", "a@b.example, {}"]
)
def test_a5_no_other_address_gets_them(buyer: Customer, form: str) -> None:
    a_sold_ticket(buyer)
    ask(form.format(buyer.address))
    queue.run_pending(NOW)
    assert mails() == []


def test_a7_the_answer_and_its_work_are_the_same_whoever_it_is(buyer: Customer) -> None:
    a_sold_ticket(buyer)
    nothing = a_customer()
    pages, jobs = [], []
    for address in (buyer.address, nothing.address, "ninguem@fora.example"):
        pages.append(text_of(ask(address)))
        jobs.append(queue.run_pending(NOW) is not None)
    assert len(set(pages)) == 1
    assert "Se os dados estiverem no cadastro" in pages[0]
    assert [mail.recipient for mail in mails()] == [buyer.address]


def test_a7_at_most_once_an_hour_and_so_often_from_one_machine(
    buyer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_sold_ticket(buyer)
    for _ in range(3):
        ask(buyer.address)
        queue.run_pending(NOW)
    assert len(mails()) == 1
    assert Event.objects.filter(verb="person.oneoffs_sent").count() == 1
    with at(NOW + 3 * HOUR):
        ask(buyer.address)
    queue.run_pending(NOW + 3 * HOUR)
    assert len(mails()) == 2
    monkeypatch.setattr(entering, "ASKS_PER_MACHINE", 0)
    with at(NOW + 9 * HOUR):
        assert ask(buyer.address).status_code == 200
    queue.run_pending(NOW + 9 * HOUR)
    assert len(mails()) == 2


def test_s28_what_has_expired_is_not_sent(buyer: Customer) -> None:
    a_sold_ticket(buyer)
    with at(OVER):
        ask(buyer.address)
    queue.run_pending(OVER)
    assert mails() == []
    assert mask_address(buyer.address) != buyer.address


def test_the_page_of_the_number_leads_there_and_a_wrong_address_is_said() -> None:
    page = Client().get(reverse("statement_ask")).content.decode()
    assert reverse("statement_forgot") in page
    wrong = ask("sem arroba")
    assert wrong.status_code == 422
    assert "sem arroba" in wrong.content.decode()
