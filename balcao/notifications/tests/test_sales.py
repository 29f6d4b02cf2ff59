"""Receipts, the ends of one-offs, and what sales has to see to."""

import email
import secrets
from datetime import datetime, timedelta
from email.policy import default

import pytest

from balcao.channels.delivery import outgoing
from balcao.channels.models import Delivery
from balcao.entitlements.actions import run_prepaid
from balcao.events import queue
from balcao.files import actions as files
from balcao.files.queries import path_of
from balcao.lib.mail.composing import compose
from balcao.people.actions import register_person
from balcao.people.models import User
from balcao.policy.access import SYSTEM
from balcao.policy.lifecycle import Verb
from balcao.sales import actions
from balcao.sales.actions import PixPaid
from balcao.tickets import actions as tickets
from balcao.tickets.models import Ticket
from tests.cast import NOW, TODAY, a_customer, a_supervisor, a_ticket, acting, an_agent
from tests.sales import a_seller, a_sold_ticket, an_enquiry, an_order, described

pytestmark = pytest.mark.usefixtures("installation")

DAY = timedelta(days=1)


def mails(kind: str, user: User, now: datetime = NOW) -> list[Delivery]:
    """What goes out to somebody by ``now``."""
    queue.run_pending(now)
    return list(Delivery.objects.filter(kind=kind, user_id=user.pk).order_by("pk"))


def flat(mail: Delivery) -> str:
    return " ".join(mail.text.split())


def test_s29_s33_the_receipt_has_the_number_the_last_day_what_it_covers_and_how_to_use_it() -> None:
    customer = a_customer(with_contract=False, with_licence=False)
    order = an_order(customer, quantity=2, paid=True, purchase_order="2026NE000123")
    told = mails("receipt", customer.user)
    numbers = list(
        Ticket.objects.filter(prepaid__item__order=order)
        .order_by("pk")
        .values_list("number", flat=True)
    )
    assert len(told) == 2
    for mail, number in zip(told, numbers, strict=True):
        shown = f"{number[:3]} {number[3:6]} {number[6:]}"
        assert mail.subject == f"Seu chamado avulso: #{shown}, válido até 13/11/2027"
        text = flat(mail)
        for said in (
            shown,
            "13/11/2027",
            "Instalação por acesso remoto",
            "(81) 2121-9700",
            "responda este e-mail",
            "08:00",
            "Não substitui um contrato",
            "não é documento fiscal",
            "R$ 250,00",
            "2026NE000123",
        ):
            assert said in text.replace("\u00a0", " "), said


@pytest.mark.parametrize(
    ("kind", "service", "says"),
    [
        ("oneoff_problem", "incident", "contando o problema"),
        ("oneoff_install", "remote_install", "o que precisa ser instalado"),
        ("oneoff_training", "remote_training", "o que quer aprender"),
    ],
)
def test_s37_s41_s42_the_receipt_says_how_this_kind_is_used(
    kind: str, service: str, says: str
) -> None:
    customer = a_customer(with_contract=False, with_licence=False)
    an_order(customer, kind=kind, service=service, paid=True, agreed=True)
    [mail] = mails("receipt", customer.user)
    text = flat(mail)
    assert says in text
    scheduled = kind != "oneoff_problem"
    assert ("em um horário combinado com o comercial" in text) is scheduled
    assert ("o problema" in text) is not scheduled
    assert "horário comercial" in text


def test_s42_sales_is_told_when_the_holder_of_a_training_says_what_suits() -> None:
    ticket, seller = a_sold_ticket(kind="oneoff_training", service="remote_training"), a_seller()
    described(ticket, body="Quero aprender relatórios. Terça à tarde?", now=NOW)
    [mail] = mails("time_wanted", seller)
    assert mail.subject == "Horário a combinar: Treinamento"
    text = flat(mail)
    assert "Terça à tarde?" in text
    assert f"/mesa/{ticket.number}" in mail.text
    assert mails("submitted", ticket.opener) == []


def test_r12_r26_who_has_no_password_is_never_told_to_sign_in() -> None:
    seller, address = acting(a_seller()), f"{secrets.token_hex(4)}@comprador.example"
    order = actions.place_order(
        actor=seller,
        now=NOW,
        buyer=actions.Buyer(name="Ivo Sá", address=address),
        sale=actions.Sale("oneoff_install", "remote_install", 1, 100, "cash"),
        key=address[:60],
        paid=True,
    )
    [mail] = mails("receipt", order.contact)
    assert mail.recipient == address
    assert "/avulsos" not in mail.text
    assert "portal" not in flat(mail).lower()
    known = a_customer(with_contract=False, with_licence=False)
    an_order(known, paid=True)
    [theirs] = mails("receipt", known.user)
    assert "/avulsos" in theirs.text


def test_a_receipt_is_sent_again_when_sales_asks_for_it() -> None:
    customer = a_customer(with_contract=False, with_licence=False)
    order = an_order(customer, paid=True)
    assert len(mails("receipt", customer.user)) == 1
    actions.send_receipt(actor=acting(a_seller()), now=NOW, order_id=order.pk)
    first, again = mails("receipt", customer.user)
    assert (first.paper, again.paper) == (None, None)


def test_a_receipt_that_is_sent_after_the_nfse_takes_it_along() -> None:
    customer = a_customer(with_contract=False, with_licence=False)
    order, seller = an_order(customer, paid=True), acting(a_seller())
    pdf = files.store(b"%PDF-1.7\n%%EOF\n", name="nota 881.pdf", now=NOW)
    actions.attach_invoice(
        actor=seller,
        now=NOW,
        order_id=order.pk,
        revision=order.revision,
        number="2026/881",
        day=TODAY,
        file=pdf,
    )
    actions.send_receipt(actor=seller, now=NOW, order_id=order.pk)
    mail = mails("receipt", customer.user)[-1]
    assert "2026/881" in mail.text
    sent = email.message_from_bytes(compose(outgoing(mail)), policy=default)
    [paper] = sent.iter_attachments()
    assert (paper.get_filename(), paper.get_content()) == ("nota 881.pdf", b"%PDF-1.7\n%%EOF\n")
    path_of(pdf.pk).unlink()
    assert outgoing(mail).paper is None


def test_s28_the_holder_is_reminded_90_30_7_and_1_days_before_the_end() -> None:
    ticket = a_sold_ticket()
    assert ticket.prepaid
    assert ticket.prepaid.last_day
    last = datetime(2027, 11, 13, 15, tzinfo=NOW.tzinfo)
    for left in (91, 90, 30, 7, 1):
        run_prepaid(last - left * DAY)
    told = mails("oneoff_ends", ticket.opener, last)
    assert [mail.subject.rpartition("vence em ")[2] for mail in told] == [
        "90 dias",
        "30 dias",
        "7 dias",
        "1 dia",
    ]


def test_r18_what_is_not_covered_comes_back_and_the_holder_is_told_that_nothing_was_used() -> None:
    ticket, seller = a_sold_ticket(agreed=False), a_seller()
    tickets.customer_message(
        actor=acting(ticket.opener), now=NOW, ticket_id=ticket.pk, body="Parou.", key="r18-m"
    )
    assert [mail.user_id for mail in mails("scope_asked", seller)] == [seller.pk]
    tickets.answer_scope(
        actor=acting(seller), now=NOW, ticket_id=ticket.pk, covered=False, reason="É um projeto."
    )
    [mail] = mails("oneoff_not_covered", ticket.opener)
    assert "É um projeto." in mail.text
    assert mails("scope_answered", ticket.opener) == []
    assert "Nada foi usado" in flat(mail)
    assert "(81) 2121-9797" in flat(mail)


@pytest.mark.parametrize("covered", [True, False])
def test_s36_the_customer_reads_what_sales_answered_and_why(covered: bool) -> None:
    customer, agent, seller = a_customer(), an_agent(), a_seller()
    ticket = a_ticket(customer)
    tickets.change_state(actor=acting(agent), now=NOW, ticket_id=ticket.pk, verb=Verb.ASK_SALES)
    tickets.answer_scope(
        actor=acting(seller), now=NOW, ticket_id=ticket.pk, covered=covered, reason="Veja a lista."
    )
    [mail] = mails("scope_answered" if covered else "not_covered", customer.user)
    assert mails("not_covered" if covered else "scope_answered", customer.user) == []
    assert "Veja a lista." in mail.text
    assert ("responda este e-mail" in flat(mail)) is covered
    assert covered or "(81) 2121-9797" in flat(mail)


def test_a_ticket_that_is_called_off_for_another_reason_tells_of_no_answer() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    tickets.change_state(actor=customer.actor, now=NOW, ticket_id=ticket.pk, verb=Verb.CANCEL)
    assert mails("not_covered", customer.user) == []


def test_the_holder_is_told_when_service_begins() -> None:
    ticket = a_sold_ticket()
    tickets.customer_message(
        actor=acting(ticket.opener), now=NOW, ticket_id=ticket.pk, body="Parou.", key="used"
    )
    assert mails("oneoff_used", ticket.opener) == []
    agent = an_agent(ticket.queue)
    tickets.staff_reply(
        actor=acting(agent), now=NOW, ticket_id=ticket.pk, body="Vamos ver.", key="used-2"
    )
    [mail] = mails("oneoff_used", ticket.opener)
    assert mail.subject.startswith("Usamos o chamado avulso #")
    # Used, it is good for its problem and until no day: nothing invites to use it again.
    assert "Vale até" not in mail.text
    assert "usar" not in mail.text


def test_sales_is_told_of_a_payment_that_fits_no_order_and_of_no_other() -> None:
    seller = a_seller()
    actions.take_notice(now=NOW, paid=PixPaid(secrets.token_hex(8), "NENHUM", 12345))
    [mail] = mails("payment_noticed", seller)
    assert "R$ 123,45" in flat(mail).replace("\u00a0", " ")


def test_r18_a_late_answer_is_told_to_supervisors() -> None:
    boss, _row = a_supervisor(), an_enquiry(a_customer())
    actions.run_enquiries(NOW + timedelta(hours=3))
    assert mails("scope_overdue", boss, NOW + timedelta(hours=3)) == []
    actions.run_enquiries(NOW + 4 * DAY)
    assert len(mails("scope_overdue", boss, NOW + 4 * DAY)) == 1


def test_somebody_without_an_address_breaks_nothing() -> None:
    nobody = register_person(actor=SYSTEM, now=NOW, name="Sem Endereço")
    ticket = a_sold_ticket()
    assert ticket.prepaid
    type(ticket.prepaid).objects.filter(pk=ticket.prepaid.pk).update(holder=nobody)
    run_prepaid(datetime(2027, 11, 12, 15, tzinfo=NOW.tzinfo))
    assert mails("oneoff_ends", nobody, datetime(2027, 11, 13, tzinfo=NOW.tzinfo)) == []
