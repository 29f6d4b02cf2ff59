"""An order that is not paid: its letters, its reminders, another due date, who sees it."""

import secrets
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from balcao.events import queue
from balcao.events.models import Event
from balcao.files import actions as files
from balcao.people.models import Address, Membership
from balcao.policy.access import Role
from balcao.sales import actions, queries
from balcao.sales.actions import Buyer, Conflict, NotAllowed, Sale, Terms
from balcao.sales.models import Order
from balcao.sales.queries import Wanted
from tests.cast import (
    NOW,
    TODAY,
    Customer,
    a_colleague,
    a_customer,
    a_member_of_staff,
    a_policy_in_force,
    acting,
    an_agent,
)
from tests.sales import a_seller, an_order

pytestmark = pytest.mark.usefixtures("installation")

DAY = timedelta(days=1)
# 13 November 2026 is a Friday, and the desk opens at eight in Recife.
DUE = date(2026, 11, 23)


def stranger() -> Customer:
    return a_customer(with_contract=False, with_licence=False)


def a_boleto(customer: Customer | None = None, **more: Any) -> Order:
    given: dict[str, Any] = {"payment": "boleto", "reference": "34191", "due_on": DUE} | more
    return an_order(customer or stranger(), **given)


def send(order: Order, seen: int = 0, now: datetime = NOW) -> Order:
    return actions.send_charge(actor=acting(a_seller()), now=now, order_id=order.pk, seen=seen)


def sent(order: Order) -> list[str]:
    rows = Event.objects.filter(verb="order.charge_sent", subject_id=order.pk).order_by("pk")
    return [row.data["how"] for row in rows]


def test_r22_a_buyer_is_told_how_to_pay_when_the_order_is_placed_or_later_and_again() -> None:
    seller, customer = acting(a_seller()), stranger()
    buyer = Buyer(organisation=customer.organisation.pk, contact=customer.user.pk)
    sale = Sale("oneoff_install", "remote_install", 1, 100, "boleto", reference="1", due_on=DUE)

    def place(**how: bool) -> Order:
        return actions.place_order(
            actor=seller, now=NOW, buyer=buyer, sale=sale, key=secrets.token_hex(8), **how
        )

    told, silent, paid = place(tell=True), place(), place(tell=True, paid=True)
    assert (sent(told), sent(silent), sent(paid)) == (["first"], [], [])
    send(silent)
    send(silent, seen=1)
    assert sent(silent) == ["first", "again"]


def test_a_double_click_sends_one_letter_and_an_old_page_sends_none() -> None:
    order = a_boleto()
    for _time in range(2):
        assert send(order).charges == 1
    assert sent(order) == ["first"]
    with pytest.raises(Conflict, match="state_changed"):
        send(order, now=NOW + DAY)
    assert send(order, seen=1, now=NOW + DAY).charges == 2


def test_m2_only_sales_sends_it_and_changes_when_it_is_due() -> None:
    order, terms = a_boleto(), Terms("2", DUE, "")
    for role in set(Role) - {Role.SALES, Role.CONTACT, Role.ORG_ADMIN}:
        actor = acting(a_member_of_staff(role))
        with pytest.raises(NotAllowed):
            actions.send_charge(actor=actor, now=NOW, order_id=order.pk, seen=0)
        with pytest.raises(NotAllowed):
            actions.change_terms(actor=actor, now=NOW, order_id=order.pk, revision=1, terms=terms)
    assert sent(order) == []
    assert send(order).charges == 1


def test_r22_what_is_paid_or_cancelled_is_asked_for_no_more() -> None:
    seller = acting(a_seller())
    paid, cancelled = a_boleto(), a_boleto()
    for order in (paid, cancelled):
        send(order)
    actions.confirm_payment(actor=seller, now=NOW, order_id=paid.pk, revision=1)
    actions.cancel_order(
        actor=seller, now=NOW, order_id=cancelled.pk, revision=1, cause="requested"
    )
    actions.run_orders(NOW + 30 * DAY)
    for order in (paid, cancelled):
        with pytest.raises(Conflict, match="state_changed"):
            send(order, seen=1)
        with pytest.raises(Conflict, match="state_changed"):
            actions.change_terms(
                actor=seller, now=NOW, order_id=order.pk, revision=2, terms=Terms("2", DUE, "")
            )
        assert sent(order) == ["first"]


def test_five_letters_a_day_about_one_order_and_none_without_an_address() -> None:
    order, other = a_boleto(), a_boleto()
    for seen in range(5):
        send(order, seen)
    with pytest.raises(Conflict, match="charged_often"):
        send(order, 5)
    assert send(order, 5, now=NOW + DAY).charges == 6
    Address.objects.filter(user=other.contact_id).update(retired_at=NOW)
    with pytest.raises(Conflict, match="no_address"):
        send(other)


def test_s28_the_due_date_is_reminded_of_once_two_days_before_whatever_is_restarted() -> None:
    order = a_boleto()
    send(order)
    order.refresh_from_db()
    at = datetime.fromisoformat("2026-11-21T12:00:00-03:00")
    assert order.remind_at == at
    actions.run_orders(at - timedelta(minutes=1))
    assert sent(order) == ["first"]
    for minutes in (0, 1, 60, 24 * 60, 10 * 24 * 60):
        actions.run_orders(at + timedelta(minutes=minutes))
    assert sent(order) == ["first", "reminder"]


def test_nobody_is_reminded_of_what_no_letter_told_of_or_of_the_day_it_was_told() -> None:
    untold, near = a_boleto(), a_boleto(due_on=TODAY + DAY)
    send(near)
    actions.run_orders(NOW + 30 * DAY)
    assert (sent(untold), sent(near)) == ([], ["first"])


def test_another_policy_plans_the_reminders_anew_and_none_means_none() -> None:
    order = a_boleto()
    send(order)
    a_policy_in_force({"payment.remind_days": []})
    actions.plan_orders(NOW)
    order.refresh_from_db()
    assert order.remind_at is None
    a_policy_in_force({"payment.remind_days": [0, 30]})
    actions.plan_orders(NOW)
    order.refresh_from_db()
    assert order.remind_at == datetime.fromisoformat("2026-11-23T08:00:00-03:00")
    actions.run_orders(datetime.fromisoformat("2026-11-23T08:00:00-03:00"))
    assert sent(order) == ["first", "reminder"]


def test_a_policy_that_is_saved_plans_the_reminders_of_open_orders() -> None:
    order = a_boleto()
    send(order)
    a_policy_in_force({"payment.remind_days": [1]})
    queue.run_pending(NOW + timedelta(minutes=1))
    order.refresh_from_db()
    assert order.remind_at == datetime.fromisoformat("2026-11-22T12:00:00-03:00")


def test_another_due_date_is_reminded_of_anew_and_an_old_boleto_goes() -> None:
    seller, order = acting(a_seller()), a_boleto()
    pdf = files.store(b"%PDF-1.7\n%%EOF\n", name="boleto.pdf", now=NOW)

    def change(reference: str, due_on: date | None, **more: Any) -> Order:
        order.refresh_from_db()
        return actions.change_terms(
            actor=seller,
            now=NOW,
            order_id=order.pk,
            revision=order.revision,
            terms=Terms(reference, due_on, ""),
            **more,
        )

    assert change("34191", DUE, boleto=pdf).boleto_file == pdf
    assert change("34191", DUE).boleto_file == pdf
    send(order)
    actions.run_orders(NOW + 9 * DAY)
    changed = change("34192", DUE + 30 * DAY)
    assert changed.boleto_file is None
    assert changed.remind_at == datetime.fromisoformat("2026-12-21T08:00:00-03:00")
    actions.run_orders(datetime.fromisoformat("2026-12-21T08:00:00-03:00"))
    assert sent(order) == ["first", "reminder", "reminder"]
    with pytest.raises(Conflict, match="boleto"):
        change("34192", None)
    picture = files.store(b"\x89PNG\r\n\x1a\n", name="boleto.png", now=NOW)
    with pytest.raises(Conflict, match="not_pdf"):
        change("34192", DUE, boleto=picture)
    with pytest.raises(Conflict, match="state_changed"):
        actions.change_terms(
            actor=seller, now=NOW, order_id=order.pk, revision=1, terms=Terms("1", DUE, "")
        )


def test_a_pix_may_have_a_due_date_and_cash_has_none() -> None:
    pix = {"pix_key": "financeiro@vendor.example", "pix_name": "Direction", "pix_city": "Recife"}
    a_policy_in_force({"payment": pix})
    assert an_order(stranger(), payment="pix", due_on=DUE).due_on == DUE
    assert an_order(stranger(), payment="cash", due_on=DUE).due_on is None


def test_what_is_past_its_due_date_has_a_list_of_its_own() -> None:
    seller = acting(a_seller())
    late, today, never = a_boleto(due_on=TODAY - DAY), a_boleto(due_on=TODAY), an_order(stranger())
    page = queries.listed(seller, Wanted(tab="overdue"), today=TODAY)
    found = {line.id for line in page.lines}
    assert late.pk in found
    assert found.isdisjoint({today.pk, never.pk})
    counts = queries.totals(seller, today=TODAY)
    assert counts["overdue"] == page.count
    assert counts["open"] >= page.count + 2
    actions.cancel_order(actor=seller, now=NOW, order_id=late.pk, revision=1, cause="unpaid")
    assert queries.totals(seller, today=TODAY)["overdue"] == page.count - 1


def test_b1_a_customer_sees_their_own_open_orders_and_their_administrator_all_of_them() -> None:
    buyer = stranger()
    colleague, boss = a_colleague(buyer).user, a_colleague(buyer).user
    Membership.objects.filter(user=boss).update(is_admin=True)
    order, other, agent = a_boleto(buyer), a_boleto(), an_agent()

    def seen(who: Any) -> list[int]:
        return [bill.id for bill in queries.open_bills_of(acting(who))]

    assert seen(buyer.user) == seen(boss) == [order.pk]
    assert seen(colleague) == []
    for somebody in (colleague, agent):
        with pytest.raises(queries.NotFound):
            queries.bill_for(acting(somebody), order.pk)
    assert seen(agent) == []
    assert queries.bill_for(acting(boss), order.pk).cents == 25000
    with pytest.raises(queries.NotFound):
        queries.bill_for(acting(boss), other.pk)
    Membership.objects.filter(user=buyer.user).update(ended_at=NOW)
    assert seen(buyer.user) == []
