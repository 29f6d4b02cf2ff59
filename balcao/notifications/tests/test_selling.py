"""How an order is paid that is not paid yet, and the answer to who asked before buying."""

import email
import secrets
from datetime import timedelta
from email.policy import default
from typing import Any

import pytest

from balcao.channels.delivery import outgoing
from balcao.channels.models import Delivery
from balcao.events import queue
from balcao.files import actions as files
from balcao.files.models import StoredFile
from balcao.lib.mail.composing import compose
from balcao.people.models import User
from balcao.sales import actions
from balcao.sales.actions import Question, Terms
from balcao.sales.models import Enquiry, Order
from tests.cast import NOW, TODAY, Customer, a_customer, a_policy_in_force, acting
from tests.sales import a_seller, an_order

pytestmark = pytest.mark.usefixtures("installation")

DAY = timedelta(days=1)
PIX = {
    "pix_key": "financeiro@vendor.example",
    "pix_name": "Direction Tecnologia",
    "pix_city": "Recife",
}


def stranger(*, signs_in: bool = True) -> Customer:
    customer = a_customer(with_contract=False, with_licence=False)
    if not signs_in:
        customer.user.set_unusable_password()
        customer.user.save()
    return customer


def a_boleto(customer: Customer, **more: Any) -> Order:
    given: dict[str, Any] = {
        "payment": "boleto",
        "reference": "34191.79",
        "due_on": TODAY + 9 * DAY,
    }
    return an_order(customer, **(given | more))


def charged(order: Order, *, seen: int = 0, now: Any = NOW) -> Delivery:
    actions.send_charge(actor=acting(a_seller()), now=now, order_id=order.pk, seen=seen)
    queue.run_pending(now)
    return Delivery.objects.filter(kind="charge", user_id=order.contact_id).latest("pk")


def flat(mail: Delivery) -> str:
    return " ".join(mail.text.replace("\u00a0", " ").split())


def test_r22_the_letter_says_what_was_ordered_and_how_to_pay_and_that_it_has_no_number() -> None:
    a_policy_in_force({"payment": PIX})
    order = an_order(stranger(), payment="pix", quantity=2, due_on=TODAY + 3 * DAY)
    mail = charged(order)
    assert mail.subject.replace("\u00a0", " ") == (
        f"Seu pedido {order.pk}: R$ 500,00, com vencimento em 16/11/2026"
    )
    text = flat(mail)
    for said in (
        "Ainda não tem número",
        "assim que confirmarmos o pagamento",
        "ainda sem número",
        "não é documento fiscal",
        "Quantidade: 2",
        "Total: R$ 500,00",
        "Instalação por acesso remoto",
        "16/11/2026",
        "Comercial: (81) 2121-9797",
    ):
        assert said in text, said
    assert "ainda não confirmamos" not in text.lower()


def test_the_pix_code_can_be_copied_whole_and_its_picture_comes_along() -> None:
    a_policy_in_force({"payment": PIX})
    order = an_order(stranger(), payment="pix")
    mail = charged(order)
    [code] = [line for line in mail.text.splitlines() if line.startswith("000201")]
    assert len(code) > 100
    assert "Direction Tecnologia" in code
    assert str(order.txid) in code
    assert code in mail.html
    assert "http" not in mail.html.partition("<img")[2].partition(">")[0]
    read = email.message_from_bytes(compose(outgoing(mail)), policy=default)
    html = read.get_body(("html",))
    assert html
    [picture] = [part for part in read.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"] == "<picture>"
    assert 'src="cid:picture"' in html.get_content()
    assert picture.get_content().startswith(b"\x89PNG")
    body = read.get_body(("plain",))
    assert body
    assert code in body.get_content().splitlines()


def test_a_boleto_goes_along_and_the_next_letter_says_what_changed() -> None:
    order = a_boleto(stranger())
    first = charged(order)
    assert first.paper is None
    assert "34191.79" in first.text
    pdf = files.store(b"%PDF-1.7\n%%EOF\n", name="boleto.pdf", now=NOW)
    actions.change_terms(
        actor=acting(a_seller()),
        now=NOW,
        order_id=order.pk,
        revision=order.revision,
        terms=Terms("55500.11", TODAY + 20 * DAY, ""),
        boleto=pdf,
    )
    second = charged(order, seen=1)
    assert second.paper == pdf
    assert "55500.11" in second.text
    assert "34191.79" not in second.text
    assert "03/12/2026" in second.subject
    assert "cid:" not in second.html


def test_a_boleto_that_the_scanner_holds_is_not_spoken_of_as_if_it_came() -> None:
    order = a_boleto(stranger())
    pdf = files.store(b"%PDF-1.7\n%%EOF\n", name="boleto.pdf", now=NOW)
    for scan, comes in (("waiting", False), ("clean", True)):
        StoredFile.objects.filter(pk=pdf.pk).update(scan=scan)
        Order.objects.filter(pk=order.pk).update(boleto_file=pdf)
        mail = charged(order, seen=0 if scan == "waiting" else 1)
        assert ("boleto que vai anexo" in flat(mail)) is comes
        assert (mail.paper == pdf) is comes


def test_what_is_invoiced_names_the_customers_own_number() -> None:
    mail = charged(an_order(stranger(), payment="invoiced", purchase_order="2026NE000123"))
    assert "pedido ou empenho 2026NE000123" in flat(mail)


def test_s29_r26_who_has_no_sign_in_has_all_of_it_in_the_letter_and_no_link() -> None:
    known, unknown = stranger(), stranger(signs_in=False)
    order = a_boleto(known)
    assert f"/avulsos/pedidos/{order.pk}" in charged(order).text
    mail = charged(a_boleto(unknown))
    assert "http" not in mail.text
    assert "34191.79" in mail.text


def test_nobody_is_told_of_a_debt() -> None:
    order = a_boleto(stranger())
    late = NOW + 20 * DAY
    assert "se você já pagou" not in flat(charged(order)).lower()
    mail = charged(order, seen=1, now=late)
    text = flat(mail).lower()
    assert "ainda não confirmamos o pagamento" in text
    assert "se você já pagou" in text
    for word in ("dívida", "débito", "cobran", "atras", "inadimpl", "deve ", "vencid"):
        assert word not in f"{mail.subject.lower()} {text}", word


def test_the_reminder_says_the_day_and_is_not_written_once_it_is_paid() -> None:
    order, paid = a_boleto(stranger()), a_boleto(stranger())
    for one in (order, paid):
        charged(one)
    actions.run_orders(NOW + 8 * DAY)
    actions.confirm_payment(actor=acting(a_seller()), now=NOW, order_id=paid.pk, revision=1)
    queue.run_pending(NOW + 8 * DAY)
    mails = Delivery.objects.filter(kind="charge", user_id=order.contact_id).order_by("pk")
    assert [mail.subject for mail in mails][1:] == [f"Seu pedido {order.pk} vence em 22/11/2026"]
    assert Delivery.objects.filter(kind="charge", user_id=paid.contact_id).count() == 1


def asked(**ways: Any) -> Enquiry:
    return actions.ask_enquiry(
        actor=acting(a_seller()),
        now=NOW,
        asked=Question(
            kind="oneoff_problem", service="licence_upgrade", question="E isto?", **ways
        ),
        key=secrets.token_hex(8),
    )


def answered(row: Enquiry, *, covered: bool) -> list[Delivery]:
    actions.answer_enquiry(
        actor=acting(a_seller()), now=NOW, enquiry_id=row.pk, covered=covered, reason="É à parte."
    )
    queue.run_pending(NOW)
    return list(Delivery.objects.filter(key=f"enquiry_answered:{row.pk}"))


def test_s36_the_answer_reaches_who_asked_with_the_reason_and_the_way_out() -> None:
    [no] = answered(asked(who="Rui Dias", address="rui@comprador.example"), covered=False)
    assert no.recipient == "rui@comprador.example"
    text = flat(no)
    for said in ("Olá, Rui.", "não cobre", "É à parte.", "(81) 2121-9797", "E isto?"):
        assert said in text, said
    assert "outro tipo: Instalação" in text
    assert "http" not in no.text
    [yes] = answered(asked(address="rui@comprador.example"), covered=True)
    assert yes.subject.endswith(": coberto")
    assert "Olá." in flat(yes)


def test_s36_who_is_on_file_has_the_answer_at_their_registered_address() -> None:
    customer = a_customer()
    ways = {"organisation": customer.organisation.pk, "contact": customer.user.pk}
    [mail] = answered(asked(**ways), covered=True)
    assert mail.recipient == customer.address
    assert mail.user == User.objects.get(pk=customer.user.pk)
    [other] = answered(asked(**ways, address="outro@comprador.example"), covered=True)
    assert other.recipient == "outro@comprador.example"


def test_s36_who_left_a_telephone_alone_gets_no_mail() -> None:
    assert answered(asked(who="Rui", phone="+5581987654321"), covered=True) == []
