"""Refunding takes two steps, and nothing that has expired."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balcao.desk.tests.desk import at, desk_of, text_of
from balcao.entitlements.models import PrepaidTicket
from balcao.policy.prepaid import Entry
from balcao.sales import actions
from balcao.sales.models import Order
from tests.cast import a_customer, acting
from tests.sales import OVER, a_seller, an_order

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture
def sold() -> Order:
    return an_order(a_customer(with_contract=False, with_licence=False), quantity=2, paid=True)


def asked(client: Client, order: Order, **more: Any) -> Any:
    rows = PrepaidTicket.objects.filter(item__order=order).values_list("pk", flat=True)
    chosen = {"seen": order.revision, "items": list(rows), **more}
    return client.post(reverse("desk_order_refund", args=[order.pk]), chosen)


def entries(order: Order) -> set[str]:
    return set(PrepaidTicket.objects.filter(item__order=order).values_list("last", flat=True))


def test_o1_a_refund_is_a_second_step_with_its_sum_and_nothing_is_chosen_before(
    sold: Order,
) -> None:
    sales = desk_of(a_seller())
    with at():
        page = sales.get(reverse("desk_order", args=[sold.pk])).content.decode()
        section = page[page.index('id="estorno"') :]
        assert "checked" not in section
        assert "selected" not in section.partition("Customer")[0].replace(
            '<option value="" selected>', ""
        )
        without = asked(sales, sold)
        assert (without.status_code, "Choose the reason." in text_of(without)) == (422, True)
        second = asked(sales, sold, cause="requested")
        shown = text_of(second)
        for part in ("Refund R$ 500.00?", "This cannot be undone", "good for nothing any more"):
            assert part in shown
        assert entries(sold) == {Entry.SOLD.value}
        assert asked(sales, sold, cause="requested", sure="1").status_code == 302
    assert entries(sold) == {Entry.REFUNDED.value}


def test_s28_what_has_expired_is_not_refunded_and_the_page_says_so(sold: Order) -> None:
    seller = a_seller()
    with at(OVER):
        sales = desk_of(seller)
        page = text_of(sales.get(reverse("desk_order", args=[sold.pk])))
        assert "nothing is refunded" in page
        assert 'name="items"' not in page
        assert asked(sales, sold, cause="requested", sure="1").status_code == 422
    with pytest.raises(actions.Conflict, match="expired"):
        actions.refund(
            actor=acting(seller),
            now=OVER,
            order_id=sold.pk,
            revision=sold.revision,
            prepaid_ids=PrepaidTicket.objects.filter(item__order=sold).values_list("pk", flat=True),
            cause="requested",
        )
    assert entries(sold) == {Entry.SOLD.value}
    with at(OVER - timedelta(seconds=1)):
        sales = desk_of(seller)
        assert asked(sales, sold, cause="requested", sure="1").status_code == 302
