"""An order that is not paid yet in the portal: seen by whom it concerns, and how it is paid."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse

from balcao.events.models import Access
from balcao.files import actions as files
from balcao.portal.tests.helping import at, at_most
from balcao.sales import actions
from balcao.sales.actions import Terms
from balcao.sales.models import Order
from tests.cast import (
    NOW,
    TODAY,
    Customer,
    a_colleague,
    a_customer,
    a_policy_in_force,
    acting,
    signed_in,
)
from tests.sales import a_seller, an_order

pytestmark = pytest.mark.usefixtures("installation")

PIX = {"pix_key": "financeiro@vendor.example", "pix_name": "Direction", "pix_city": "Recife"}
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def a_boleto(buyer: Customer, *, due: int = 9) -> Order:
    return an_order(buyer, payment="boleto", reference="34191.79", due_on=TODAY + due * DAY)


def page_of(who: Customer, order: Order) -> str:
    answer = signed_in(who.user).get(reverse("order", args=[order.pk]))
    return answer.content.decode() if answer.status_code == 200 else ""


def the_list(who: Customer) -> str:
    return signed_in(who.user).get(reverse("oneoff")).content.decode()


def test_r22_the_buyer_sees_the_order_with_its_code_and_no_number() -> None:
    a_policy_in_force({"payment": PIX})
    buyer = a_customer(with_contract=False, with_licence=False)
    order = an_order(buyer, payment="pix", quantity=2, due_on=TODAY + DAY)
    listed = the_list(buyer)
    assert "Aguardando pagamento" in listed
    assert reverse("order", args=[order.pk]) in listed
    assert "R$\u00a0500,00" in listed
    assert "vence em 14/11/2026" in listed
    page = page_of(buyer, order)
    code = re.search(r"<textarea[^>]*readonly[^>]*>\s*(000201[^<]+)</textarea>", page)
    assert code
    assert str(order.txid) in code[1]
    assert 'src="data:image/svg+xml' in page
    assert "ainda sem número" in page
    assert "chega por e-mail assim que confirmarmos" in page


def test_b1_nobody_else_sees_it_and_their_administrator_does() -> None:
    buyer, other = a_customer(with_contract=False, with_licence=False), a_customer()
    colleague = a_colleague(buyer)
    order = a_boleto(buyer)
    boss = a_customer(is_admin=True)
    theirs = a_boleto(boss)
    for somebody in (colleague, other, boss):
        assert page_of(somebody, order) == ""
        assert reverse("order", args=[order.pk]) not in the_list(somebody)
    assert page_of(buyer, order)
    assert page_of(boss, theirs)


def test_the_boleto_is_given_to_its_buyer_alone_and_that_is_noted() -> None:
    buyer, other = a_customer(with_contract=False, with_licence=False), a_customer()
    order = a_boleto(buyer)
    address = reverse("order_boleto", args=[order.pk])
    assert signed_in(buyer.user).get(address).status_code == 404
    actions.change_terms(
        actor=acting(a_seller()),
        now=NOW,
        order_id=order.pk,
        revision=1,
        terms=Terms("34191.79", order.due_on, ""),
        boleto=files.store(b"%PDF-1.7\n%%EOF\n", name="boleto.pdf", now=NOW),
    )
    assert address in page_of(buyer, order)
    assert signed_in(other.user).get(address).status_code == 404
    given = signed_in(buyer.user).get(address)
    assert b"".join(given.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert given["Content-Disposition"] == 'attachment; filename="boleto.pdf"'
    assert Access.objects.filter(actor_id=buyer.user.pk, subject_kind="sales.order").exists()
    actions.confirm_payment(actor=acting(a_seller()), now=NOW, order_id=order.pk, revision=2)
    assert signed_in(buyer.user).get(address).status_code == 404


def test_a_paid_order_says_where_its_numbers_are_and_is_asked_for_no_more() -> None:
    buyer = a_customer(with_contract=False, with_licence=False)
    order = a_boleto(buyer, due=-2)
    page = page_of(buyer, order)
    assert "Ainda não confirmamos o pagamento" in page
    assert "34191.79" in page
    actions.confirm_payment(actor=acting(a_seller()), now=NOW, order_id=order.pk, revision=1)
    page = page_of(buyer, order)
    assert "Pagamento confirmado" in page
    assert "34191.79" not in page
    assert "Aguardando pagamento" not in the_list(buyer)


def test_a_list_of_many_orders_takes_no_more_statements() -> None:
    buyer = a_customer(with_contract=False, with_licence=False)
    for _time in range(6):
        a_boleto(buyer)
    client = signed_in(buyer.user)
    with at_most(8):
        assert client.get(reverse("oneoff")).status_code == 200
