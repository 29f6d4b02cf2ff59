"""Notices of payment: what each does, and that none does anything twice."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from balcao.events.models import Event
from balcao.sales import actions
from balcao.sales.actions import NoticeOutcome, PixPaid
from balcao.sales.models import Order, OrderState, PaymentNotice
from balcao.tickets.models import Ticket
from tests.cast import NOW, a_customer, a_policy_in_force, acting
from tests.sales import a_seller, an_order

pytestmark = pytest.mark.usefixtures("installation")

PIX = {"pix_key": "financeiro@vendor.example", "pix_name": "Direction", "pix_city": "Recife"}


def a_pix_order() -> Order:
    a_policy_in_force({"payment": PIX})
    customer = a_customer(with_contract=False, with_licence=False)
    return an_order(customer, payment="pix", unit_cents=25000)


def paid(order: Order, *, cents: int = 25000, event: str = "") -> PixPaid:
    assert order.txid
    return PixPaid(event or secrets.token_hex(8), order.txid, cents)


def sold(order: Order) -> int:
    return Ticket.objects.filter(prepaid__item__order=order).count()


def test_a_notice_of_the_right_amount_confirms_the_order_and_the_system_did_it() -> None:
    order = a_pix_order()
    notice = actions.take_notice(now=NOW, paid=paid(order))
    order.refresh_from_db()
    assert (notice.outcome, order.state) == (NoticeOutcome.CONFIRMED, OrderState.CONFIRMED)
    assert sold(order) == 1
    event = Event.objects.get(verb="order.confirmed", subject_id=order.pk)
    assert (event.actor_kind, event.data["how"]) == ("system", "notice")


def test_the_same_notice_twice_is_one_and_another_one_finds_it_confirmed() -> None:
    order = a_pix_order()
    first = actions.take_notice(now=NOW, paid=paid(order, event="E-1"))
    again = actions.take_notice(now=NOW, paid=paid(order, event="E-1"))
    other = actions.take_notice(now=NOW, paid=paid(order, event="E-2"))
    assert first.pk == again.pk
    assert other.outcome == NoticeOutcome.ALREADY
    assert sold(order) == 1


@pytest.mark.parametrize("cents", [24999, 25001, 1])
def test_another_amount_confirms_nothing(cents: int) -> None:
    order = a_pix_order()
    notice = actions.take_notice(now=NOW, paid=paid(order, cents=cents))
    order.refresh_from_db()
    assert (notice.outcome, order.state, sold(order)) == ("differs", OrderState.OPEN, 0)


def test_a_payment_for_a_cancelled_order_or_for_none_is_noted() -> None:
    order = a_pix_order()
    actions.cancel_order(
        actor=acting(a_seller()), now=NOW, order_id=order.pk, revision=1, cause="unpaid"
    )
    assert actions.take_notice(now=NOW, paid=paid(order)).outcome == NoticeOutcome.ENDED
    stray = actions.take_notice(now=NOW, paid=PixPaid(secrets.token_hex(8), "NENHUM", 5))
    assert (stray.outcome, stray.order) == (NoticeOutcome.UNKNOWN, None)
    assert sold(order) == 0


@pytest.mark.django_db(transaction=True)
def test_o1_a_notice_and_a_hand_at_the_same_moment_sell_once() -> None:
    order, seller = a_pix_order(), acting(a_seller())

    def act(place: int) -> str:
        try:
            if place % 2:
                told = actions.take_notice(
                    now=NOW, paid=PixPaid(f"E-{place}", str(order.txid), 25000)
                )
                return str(told.outcome)
            actions.confirm_payment(actor=seller, now=NOW, order_id=order.pk, revision=1)
        except actions.Conflict as conflict:
            return conflict.code
        finally:
            connection.close()
        return "confirmed"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(act, range(6)))
    assert outcomes.count("confirmed") == 1, outcomes
    assert sold(order) == 1
    assert PaymentNotice.objects.filter(order=order).count() == 3
