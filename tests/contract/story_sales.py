"""The story's part about sales: orders from their beginning to their end, and questions."""

import secrets
from datetime import timedelta

from balcao.files import actions as files
from balcao.policy.access import Actor
from balcao.sales import actions
from balcao.sales.actions import Buyer, PixPaid, Question, Sale, Terms
from balcao.sales.models import Order
from tests import cast, sales
from tests.cast import NOW, TODAY, YEAR, acting


def tell_of_sales(word: str) -> None:
    """Somebody new buys, pays, has the money back; another gives up; two ask before they buy."""
    seller = sales.a_seller(name=word)
    actor = acting(seller)
    buyer = Buyer(company=word, name=word, address=f"{word}-{secrets.token_hex(4)}@{word}.example")
    sale = Sale(
        kind="oneoff_install",
        service="remote_install",
        quantity=1,
        unit_cents=100,
        payment="boleto",
        reference=word,
        due_on=TODAY,
        purchase_order=word,
    )
    order = actions.place_order(
        actor=actor, now=NOW, buyer=buyer, sale=sale, key=secrets.token_hex(8), tell=True
    )
    order = _still_unpaid(order, word, actor)
    order = actions.confirm_payment(
        actor=actor, now=NOW, order_id=order.pk, revision=order.revision
    )
    pdf = files.store(b"%PDF-1.7\n%%EOF\n", name=f"{word}.pdf", now=NOW)
    order = actions.attach_invoice(
        actor=actor,
        now=NOW,
        order_id=order.pk,
        revision=order.revision,
        number=word,
        day=TODAY,
        file=pdf,
    )
    actions.send_receipt(actor=actor, now=NOW, order_id=order.pk)
    _give_back(order, word)
    customer = cast.a_customer(name=word)
    given_up = sales.an_order(customer, seller=seller)
    actions.cancel_order(actor=actor, now=NOW, order_id=given_up.pk, revision=1, cause="requested")
    actions.take_notice(now=NOW, paid=PixPaid(secrets.token_hex(8), "NENHUM", 100))
    asked = Question(
        kind="oneoff_problem",
        service="incident",
        question=word,
        who=word,
        address=f"{word}@{word}.example",
        phone="+5581987654321",
    )
    one = actions.ask_enquiry(actor=actor, now=NOW, asked=asked, key=secrets.token_hex(8))
    actions.answer_enquiry(actor=actor, now=NOW, enquiry_id=one.pk, covered=True, reason=word)
    actions.tell_by_phone(actor=actor, now=NOW, enquiry_id=one.pk)
    sales.an_enquiry(customer, seller=seller, question=word)
    actions.run_enquiries(NOW + YEAR)
    actions.forget_enquiries(NOW + 6 * YEAR)


def _still_unpaid(order: Order, word: str, actor: Actor) -> Order:
    """It is due later, under another reference, and its buyer is told again."""
    pdf = files.store(b"%PDF-1.7\n%%EOF\n", name=f"boleto-{word}.pdf", now=NOW)
    order = actions.change_terms(
        actor=actor,
        now=NOW,
        order_id=order.pk,
        revision=order.revision,
        terms=Terms(reference=f"{word} 2", due_on=TODAY + timedelta(days=9), purchase_order=word),
        boleto=pdf,
    )
    return actions.send_charge(actor=actor, now=NOW, order_id=order.pk, seen=1)


def _give_back(order: Order, word: str) -> None:
    actions.refund(
        actor=acting(sales.a_seller(name=word)),
        now=NOW,
        order_id=order.pk,
        revision=order.revision,
        prepaid_ids=list(order.items.values_list("prepaid", flat=True)),
        cause="requested",
    )
