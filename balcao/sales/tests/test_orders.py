"""Orders: placed, paid, cancelled, refunded, invoiced."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from balcao.entitlements.models import LedgerEntry, PrepaidTicket
from balcao.events.models import Event
from balcao.files import actions as files
from balcao.people.models import Membership, Organisation
from balcao.policy.access import Role
from balcao.policy.prepaid import Entry
from balcao.sales import actions
from balcao.sales.actions import Buyer, Conflict, NotAllowed, Sale
from balcao.sales.models import Order, OrderState
from balcao.tickets.models import Ticket
from tests.cast import (
    NOW,
    TODAY,
    Customer,
    a_customer,
    a_member_of_staff,
    a_policy_in_force,
    acting,
)
from tests.sales import a_seller, an_order

pytestmark = pytest.mark.usefixtures("installation")

PIX = {"pix_key": "financeiro@vendor.example", "pix_name": "Direction", "pix_city": "Recife"}


def entries(order: Order) -> list[list[str]]:
    """The ledger of each one-off of the order."""
    return [
        list(
            LedgerEntry.objects.filter(prepaid__item=item)
            .order_by("place")
            .values_list("entry", flat=True)
        )
        for item in order.items.order_by("place")
    ]


def numbers(order: Order) -> list[str]:
    rows = Ticket.objects.filter(prepaid__item__order=order).order_by("pk")
    return list(rows.values_list("number", flat=True))


def stranger() -> Customer:
    """Somebody without a contract."""
    return a_customer(with_contract=False, with_licence=False)


def test_s23_s29_who_has_no_contract_buys_and_has_a_number_once_it_is_paid() -> None:
    seller, order = a_seller(), an_order(stranger(), quantity=3)
    assert (order.state, numbers(order)) == (OrderState.OPEN, [])
    assert entries(order) == [["ordered"]] * 3
    paid = actions.confirm_payment(actor=acting(seller), now=NOW, order_id=order.pk, revision=1)
    assert paid.state == OrderState.CONFIRMED
    assert entries(order) == [["ordered", "sold"]] * 3
    assert len(set(numbers(order))) == 3
    assert all(len(number) == 10 for number in numbers(order))


def test_r22_the_months_count_from_the_confirmation_and_both_dates_are_kept() -> None:
    order = an_order(stranger())
    later = NOW + timedelta(days=4)
    paid = actions.confirm_payment(
        actor=acting(a_seller()), now=later, order_id=order.pk, revision=order.revision
    )
    assert (paid.ordered_on, paid.bought_on) == (TODAY, date(2026, 11, 17))
    assert PrepaidTicket.objects.get(item__order=order).last_day == date(2027, 11, 17)
    a_policy_in_force({"oneoff.date_basis": "ordered"})
    other = an_order(stranger())
    paid = actions.confirm_payment(
        actor=acting(a_seller()), now=later, order_id=other.pk, revision=other.revision
    )
    assert PrepaidTicket.objects.get(item__order=other).last_day == date(2027, 11, 13)


def test_m2_only_sales_makes_orders_and_entitlement() -> None:
    order = an_order(stranger())
    sold = an_order(stranger(), paid=True)
    for role in set(Role) - {Role.SALES, Role.CONTACT, Role.ORG_ADMIN}:
        actor = acting(a_member_of_staff(role))
        with pytest.raises(NotAllowed):
            actions.confirm_payment(actor=actor, now=NOW, order_id=order.pk, revision=1)
        with pytest.raises(NotAllowed):
            an_order(stranger(), seller=a_member_of_staff(role))
        with pytest.raises(NotAllowed):
            actions.cancel_order(
                actor=actor, now=NOW, order_id=order.pk, revision=1, cause="requested"
            )
        with pytest.raises(NotAllowed):
            actions.refund(
                actor=actor,
                now=NOW,
                order_id=sold.pk,
                revision=sold.revision,
                prepaid_ids=[1],
                cause="requested",
            )
    for act in (actions.confirm_payment,):
        with pytest.raises(NotAllowed):
            act(actor=stranger().actor, now=NOW, order_id=order.pk, revision=1)
    assert entries(order) == [["ordered"]]
    assert entries(sold) == [["ordered", "sold"]]


def test_an_order_that_is_sent_twice_is_one_order() -> None:
    customer, seller, key = stranger(), a_seller(), secrets.token_hex(16)
    made = [
        actions.place_order(
            actor=acting(seller),
            now=NOW,
            buyer=Buyer(organisation=customer.organisation.pk, contact=customer.user.pk),
            sale=Sale("oneoff_install", "remote_install", 2, 100, "cash"),
            key=key,
            paid=True,
        )
        for _time in range(2)
    ]
    assert made[0] == made[1]
    assert len(numbers(made[0])) == 2


@pytest.mark.parametrize(
    "service",
    ["licence_upgrade", "tariff_update", "driver_change", "register_update", "custom_report"],
)
def test_s34_n2_an_excluded_service_is_not_sold_even_if_somebody_says_it_is_covered(
    service: str,
) -> None:
    with pytest.raises(Conflict, match="not_covered"):
        an_order(stranger(), kind="oneoff_problem", service=service, agreed=True)
    if service == "licence_upgrade":
        assert an_order(stranger(), service=service).pk


def test_s26_s35_r18_n2_what_nobody_listed_is_sold_only_when_sales_says_it_is_covered() -> None:
    with pytest.raises(Conflict, match="ask_sales"):
        an_order(stranger(), kind="oneoff_problem", service="incident")
    order = an_order(stranger(), kind="oneoff_problem", service="incident", agreed=True)
    assert PrepaidTicket.objects.get(item__order=order).agreed


def test_s33_r34_who_has_a_contract_that_covers_it_buys_after_a_warning() -> None:
    customer, seller = a_customer(), acting(a_seller())
    buyer = Buyer(organisation=customer.organisation.pk, contact=customer.user.pk)
    sale = Sale("oneoff_install", "remote_install", 1, 100, "cash")
    with pytest.raises(Conflict, match="contract_covers"):
        actions.place_order(actor=seller, now=NOW, buyer=buyer, sale=sale, key="r34-a")
    assert not Order.objects.filter(organisation=customer.organisation).exists()
    assert an_order(customer).pk


def test_r26_who_is_not_on_file_is_registered_with_the_sale_and_not_invited() -> None:
    seller = acting(a_seller())
    address = f"compra-{secrets.token_hex(4)}@comprador.example"
    buyer = Buyer(company="Padaria Aurora", name="Ivo Sá", address=address, phone="81 98765-4321")
    sale = Sale("oneoff_install", "remote_install", 1, 100, "cash")
    order = actions.place_order(actor=seller, now=NOW, buyer=buyer, sale=sale, key=address[:60])
    assert (order.organisation.name, order.contact.name) == ("Padaria Aurora", "Ivo Sá")
    invited = Event.objects.filter(verb="person.invited", subject_id=order.contact_id)
    assert not invited.exists()
    a_policy_in_force({"oneoff.portal_invite": True})
    person = Buyer(name="Rui Paz", address=f"x{address}", phone="")
    other = actions.place_order(
        actor=seller, now=NOW, buyer=person, sale=sale, key=secrets.token_hex(8)
    )
    assert other.organisation.name == "Rui Paz"
    assert Event.objects.filter(verb="person.invited", subject_id=other.contact_id).exists()


def test_whose_address_is_on_file_buys_for_another_customer_only_if_sales_says_so() -> None:
    there, seller = a_customer(), acting(a_seller())
    sale = Sale("oneoff_install", "remote_install", 1, 100, "cash")
    buyer = Buyer(name="Zé Comprador", address=there.address.upper())
    with pytest.raises(Conflict, match="address_known"):
        actions.place_order(actor=seller, now=NOW, buyer=buyer, sale=sale, key=secrets.token_hex(8))
    assert not Organisation.objects.filter(name="Zé Comprador").exists()
    order = actions.place_order(
        actor=seller,
        now=NOW,
        buyer=replace(buyer, same=True),
        sale=sale,
        key=secrets.token_hex(8),
    )
    assert (order.contact, order.organisation.name) == (there.user, "Zé Comprador")


def test_nobody_is_registered_by_a_sale_that_is_refused() -> None:
    name = f"Loja {secrets.token_hex(4)}"
    buyer = Buyer(company=name, name="Ivo Sá", address=f"{secrets.token_hex(4)}@x.example")
    sale = Sale("oneoff_problem", "custom_report", 1, 100, "cash")
    with pytest.raises(Conflict):
        actions.place_order(
            actor=acting(a_seller()), now=NOW, buyer=buyer, sale=sale, key=secrets.token_hex(8)
        )
    assert not Organisation.objects.filter(name=name).exists()


def test_b1_somebody_of_another_company_is_no_contact() -> None:
    mine, theirs = stranger(), stranger()
    with pytest.raises(Conflict, match="contact"):
        actions.place_order(
            actor=acting(a_seller()),
            now=NOW,
            buyer=Buyer(organisation=mine.organisation.pk, contact=theirs.user.pk),
            sale=Sale("oneoff_install", "remote_install", 1, 100, "cash"),
            key=secrets.token_hex(8),
        )
    assert Membership.objects.filter(organisation=mine.organisation).count() == 1


@pytest.mark.parametrize("payment", ["pix", "boleto", "invoiced"])
def test_each_way_of_paying_says_what_it_needs(payment: str) -> None:
    with pytest.raises(Conflict, match=payment):
        an_order(stranger(), payment=payment)
    a_policy_in_force({"payment": PIX})
    more: dict[str, Any] = {"reference": "00190", "due_on": TODAY, "purchase_order": "2026NE000123"}
    order = an_order(stranger(), payment=payment, **more)
    assert bool(order.txid) is (payment == "pix")
    assert order.due_on == TODAY


def test_an_order_is_confirmed_or_cancelled_and_never_both() -> None:
    seller = acting(a_seller())
    order = an_order(stranger(), quantity=2)
    actions.cancel_order(actor=seller, now=NOW, order_id=order.pk, revision=1, cause="requested")
    assert entries(order) == [["ordered", "dropped"]] * 2
    for revision in (1, 2):
        with pytest.raises(Conflict, match="state_changed"):
            actions.confirm_payment(actor=seller, now=NOW, order_id=order.pk, revision=revision)
    assert numbers(order) == []


def test_what_is_unused_is_refunded_and_the_order_with_the_last_of_it() -> None:
    seller, order = acting(a_seller()), an_order(stranger(), quantity=2, paid=True)
    first, second = PrepaidTicket.objects.filter(item__order=order).order_by("pk")
    for chosen, state in ((first, OrderState.CONFIRMED), (second, OrderState.REFUNDED)):
        order = actions.refund(
            actor=seller,
            now=NOW,
            order_id=order.pk,
            revision=order.revision,
            prepaid_ids=[chosen.pk],
            cause="requested",
        )
        assert order.state == state
    assert entries(order) == [["ordered", "sold", "refunded"]] * 2
    with pytest.raises(Conflict):
        actions.refund(
            actor=seller,
            now=NOW,
            order_id=order.pk,
            revision=order.revision,
            prepaid_ids=[first.pk],
            cause="requested",
        )


def test_a_foreign_one_off_is_not_refunded_through_an_order() -> None:
    mine, theirs = an_order(stranger(), paid=True), an_order(stranger(), paid=True)
    with pytest.raises(Conflict, match="nothing"):
        actions.refund(
            actor=acting(a_seller()),
            now=NOW,
            order_id=mine.pk,
            revision=mine.revision,
            prepaid_ids=[PrepaidTicket.objects.get(item__order=theirs).pk],
            cause="mistake",
        )
    assert PrepaidTicket.objects.get(item__order=theirs).last == Entry.SOLD


def test_the_invoice_is_attached_later_and_is_a_pdf() -> None:
    seller, order = acting(a_seller()), an_order(stranger(), paid=True)
    text = files.store(b"nota", name="nota.pdf", now=NOW)
    pdf = files.store(b"%PDF-1.7\n%%EOF\n", name="nota.pdf", now=NOW)

    def attach(file: object, revision: int) -> Order:
        return actions.attach_invoice(
            actor=seller,
            now=NOW,
            order_id=order.pk,
            revision=revision,
            number="2026/881",
            day=TODAY,
            file=file,  # type: ignore[arg-type]
        )

    with pytest.raises(Conflict, match="not_pdf"):
        attach(text, order.revision)
    attach(pdf, order.revision)
    with pytest.raises(Conflict, match="state_changed"):
        attach(None, order.revision)
    kept = attach(None, order.revision + 1)
    assert (kept.invoice_number, kept.invoice_file) == ("2026/881", pdf)


def test_receipts_are_sent_again_a_few_times_a_day_and_not_before_payment() -> None:
    seller, order = acting(a_seller()), an_order(stranger())
    with pytest.raises(Conflict, match="state_changed"):
        actions.send_receipt(actor=seller, now=NOW, order_id=order.pk)
    actions.confirm_payment(actor=seller, now=NOW, order_id=order.pk, revision=1)
    for _time in range(5):
        actions.send_receipt(actor=seller, now=NOW, order_id=order.pk)
    with pytest.raises(Conflict, match="too_often"):
        actions.send_receipt(actor=seller, now=NOW, order_id=order.pk)


@pytest.mark.django_db(transaction=True)
def test_o1_two_who_confirm_at_the_same_moment_sell_once() -> None:
    order, seller = an_order(stranger(), quantity=2), acting(a_seller())

    def confirm(_place: int) -> str:
        try:
            actions.confirm_payment(actor=seller, now=NOW, order_id=order.pk, revision=1)
        except Conflict as conflict:
            return conflict.code
        finally:
            connection.close()
        return "sold"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(confirm, range(4)))
    assert outcomes == ["sold", *["state_changed"] * 3]
    assert entries(order) == [["ordered", "sold"]] * 2


def test_an_order_of_twenty_numbers_is_placed_and_sold_in_as_many_statements_as_one() -> None:
    seller, customer = a_seller(), stranger()
    took = []
    for quantity in (1, 20):
        with CaptureQueriesContext(connection) as placing:
            order = an_order(customer, seller=seller, quantity=quantity)
        with CaptureQueriesContext(connection) as selling:
            actions.confirm_payment(
                actor=acting(seller), now=NOW, order_id=order.pk, revision=order.revision
            )
        assert len(set(numbers(order))) == quantity
        assert entries(order) == [["ordered", "sold"]] * quantity
        places = order.items.order_by("place").values_list("place", flat=True)
        assert list(places) == list(range(1, quantity + 1))
        took.append((len(placing), len(selling)))
    assert took[0] == took[1]
    assert max(took[1]) <= 25


def test_o5_a_number_that_is_taken_is_drawn_again_with_all_of_its_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seller, taken = acting(a_seller()), numbers(an_order(stranger(), paid=True))[0]
    order = an_order(stranger(), quantity=2)
    drawn = iter([111111111, int(taken[:9]), 222222222, 333333333])
    monkeypatch.setattr("secrets.randbelow", lambda _most: next(drawn))
    actions.confirm_payment(actor=seller, now=NOW, order_id=order.pk, revision=1)
    assert [number[:9] for number in numbers(order)] == ["222222222", "333333333"]
    assert Ticket.objects.filter(prepaid__item__order=order).count() == 2
