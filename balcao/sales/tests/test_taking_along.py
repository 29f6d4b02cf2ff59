"""What a customer takes along of sales, and how long questions keep their words."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest

from balcao.events.models import Event
from balcao.events.queue import run_pending
from balcao.people import actions as people
from balcao.policy.access import SYSTEM, Role
from balcao.sales import actions
from balcao.sales.actions import PixPaid
from balcao.sales.models import Order
from balcao.tickets.actions import ask_export
from balcao.tickets.queries.exports import path_of
from tests.cast import NOW, Customer, a_colleague, a_customer, acting
from tests.sales import a_seller, an_enquiry, an_order

pytestmark = pytest.mark.usefixtures("installation")
KEPT = timedelta(days=1825)
SECOND = timedelta(seconds=1)


def _copy(customer: Customer, *, company: bool = False) -> dict[str, str]:
    organisation = customer.organisation.pk if company else None
    row = ask_export(actor=customer.actor, now=NOW, organisation_id=organisation)
    run_pending(NOW)
    with zipfile.ZipFile(path_of(row.pk)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def _bought(customer: Customer, reference: str) -> Order:
    """Paid for by a PIX that the bank told of; a question came before it."""
    row = an_order(customer, quantity=2, purchase_order=reference)
    Order.objects.filter(pk=row.pk).update(txid=f"TX{reference}")
    actions.take_notice(now=NOW, paid=PixPaid(f"bank-{reference}", f"TX{reference}", row.cents))
    asked = an_enquiry(customer, question=f"Cobre {reference}?")
    actions.answer_enquiry(
        actor=acting(a_seller()), now=NOW, enquiry_id=asked.pk, covered=True, reason=reference
    )
    row.refresh_from_db()
    return row


def test_b3_a_copy_holds_my_orders_payments_and_questions_and_no_other_customers() -> None:
    chief, stranger = a_customer(is_admin=True), a_customer()
    colleague = a_colleague(chief)
    mine = _bought(chief, "MEU1")
    _bought(colleague, "COLEGA2")
    _bought(stranger, "ALHEIO3")
    found, company = _copy(chief), _copy(chief, company=True)
    [order] = json.loads(found["pedidos.json"])
    assert (order["order"], order["purchase_order"], order["total"]) == (
        mine.pk,
        "MEU1",
        "R$\u00a0500,00",
    )
    assert len(order["numbers"]) == 2
    [paid] = json.loads(found["pagamentos.json"])
    assert (paid["order"], paid["bank_id"]) == (mine.pk, "bank-MEU1")
    [asked] = list(csv.DictReader(io.StringIO(found["duvidas.csv"], newline=""), delimiter=";"))
    assert (asked["Pergunta"], asked["Coberto"], asked["Resposta"]) == (
        "Cobre MEU1?",
        "sim",
        "MEU1",
    )
    assert "COLEGA2" not in "".join(found.values())
    for table in ("pedidos.json", "pagamentos.json", "duvidas.json"):
        assert "MEU1" in company[table]
        assert "COLEGA2" in company[table]
    assert "ALHEIO3" not in "".join((*found.values(), *company.values()))


def test_b3_who_also_sells_takes_no_more_along_than_any_customer() -> None:
    customer, stranger = a_customer(is_admin=True), a_customer()
    people.set_hats(actor=SYSTEM, now=NOW, user_id=customer.user.pk, hats=frozenset({Role.SALES}))
    _bought(stranger, "ALHEIO3")
    _bought(customer, "MEU1")
    for company in (False, True):
        found = "".join(_copy(customer, company=company).values())
        assert "MEU1" in found
        assert "ALHEIO3" not in found


def test_a_question_keeps_its_words_for_the_time_of_tickets_after_its_answer() -> None:
    customer = a_customer()
    bought, open_one = _bought(customer, "MEU1"), an_enquiry(customer, question="Ainda aberta")
    answered = customer.organisation.enquiries.get(covered=True)
    assert actions.forget_enquiries(NOW + KEPT - SECOND) == 0
    assert [actions.forget_enquiries(NOW + KEPT) for _again in range(2)] == [1, 0]
    answered.refresh_from_db()
    assert (answered.who, answered.question, answered.reason) == ("", "", "")
    assert (answered.contact, answered.covered) == (customer.user, True)
    open_one.refresh_from_db()
    assert open_one.question == "Ainda aberta"
    bought.refresh_from_db()
    assert (bought.purchase_order, bought.cents, bought.items.count()) == ("MEU1", 50000, 2)
    told = Event.objects.filter(verb="enquiry.forgotten").values_list("subject_id", flat=True)
    assert list(told) == [answered.pk]
