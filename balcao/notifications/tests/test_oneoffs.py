"""What the holder of a one-off is told, and the team about a question it waits for."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from balcao.channels.models import Delivery
from balcao.entitlements import actions as entitlements
from balcao.entitlements.models import PrepaidTicket
from balcao.events import queue
from balcao.people.models import User
from balcao.policy.lifecycle import Verb
from balcao.policy.override import Wanted
from balcao.tickets import actions
from balcao.tickets.models import Ticket
from tests.cast import (
    NOW,
    Customer,
    a_customer,
    a_supervisor,
    a_ticket,
    acting,
    an_agent,
    an_answer,
    mail_text,
)
from tests.sales import a_seller, a_sold_ticket

pytestmark = pytest.mark.usefixtures("installation")

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = NOW + HOUR
# Bought on 13 November 2026: good until the end of the 13th of the year after, in Recife.
OVER = datetime(2027, 11, 14, 3, tzinfo=UTC)


def _a_buyer(*, signs_in: bool = False) -> Customer:
    buyer = a_customer(with_contract=False, with_licence=False)
    if not signs_in:
        user = User.objects.get(pk=buyer.user.pk)
        user.set_unusable_password()
        user.save()
    return buyer


def _describe(ticket: Ticket, *, now: datetime = NOW) -> None:
    actions.customer_message(
        actor=acting(ticket.opener, now=now),
        now=now,
        ticket_id=ticket.pk,
        body="O gravador parou de gravar.",
        key=secrets.token_hex(8),
        subject="Gravador parado",
    )


def _mail(kind: str, *, now: datetime = LATER, to: str = "") -> Delivery:
    """The one mail of this kind, as it was written; its text is read by ``mail_text``."""
    queue.run_pending(now)
    rows = Delivery.objects.filter(kind=kind)
    return (rows.filter(recipient=to) if to else rows).get()


def _links(mail: Delivery) -> list[str]:
    """The pages of ours that the mail leads to."""
    words = mail_text(mail).split()
    return ["/" + word.split("/", 3)[3] for word in words if word.startswith("http")]


def test_r16_s31_the_description_is_answered_with_the_number_and_both_deadlines() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    monday = NOW + 3 * DAY
    _describe(ticket, now=monday)
    mail = _mail("submitted", now=monday)
    shown = f"{ticket.number[:3]} {ticket.number[3:6]} {ticket.number[6:]}"
    assert mail.subject == f"Chamado {shown} aberto"
    assert mail.recipient == buyer.address
    text = mail_text(mail)
    assert "Começamos até" in text
    assert "Concluímos até" in text
    assert "o chamado avulso volta a ficar disponível" in " ".join(text.split())


def test_r1_two_times_that_end_while_we_are_closed_are_one_promise_until_we_open() -> None:
    """Submitted on a Thursday evening: 24 and 40 hours end on Friday night and on Saturday."""
    ticket = a_sold_ticket(_a_buyer())
    evening = datetime(2026, 11, 19, 23, 10, tzinfo=UTC)
    _describe(ticket, now=evening)
    text = " ".join(mail_text(_mail("submitted", now=evening)).split())
    assert "Começamos e concluímos até: seg., 23/11/2026, 08:00 (horário do Recife), quando" in text
    assert "Concluímos até:" not in text


def test_s29_no_mail_about_a_one_off_leads_its_buyer_without_sign_in_to_a_sign_in() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer, agreed=False)
    agent = an_agent()
    _describe(ticket)
    queue.run_pending(NOW)
    actions.answer_scope(
        actor=acting(a_seller()), now=LATER, ticket_id=ticket.pk, covered=True, reason=""
    )
    an_answer(ticket, agent, now=LATER + HOUR, then=Verb.WAIT_CUSTOMER)
    _describe(ticket, now=LATER + 2 * HOUR)
    an_answer(ticket, agent, now=LATER + 3 * HOUR, then=Verb.RESOLVE)
    queue.run_pending(LATER + 4 * HOUR)
    mails = list(Delivery.objects.filter(recipient=buyer.address))
    kinds = {mail.kind for mail in mails}
    assert {"submitted", "sales_asked", "scope_answered", "oneoff_used", "reply"} <= kinds
    with time_machine.travel(LATER + 4 * HOUR, tick=False):
        for mail in mails:
            for link in _links(mail):
                answer = Client().get(link)
                assert answer.status_code == 200, (mail.kind, link)


def test_a_buyer_who_signs_in_is_led_to_the_request_in_the_portal() -> None:
    ticket = a_sold_ticket(_a_buyer(signs_in=True))
    _describe(ticket)
    assert f"/chamados/{ticket.number}" in _links(_mail("submitted"))


def test_s26_its_use_is_told_once() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    _describe(ticket)
    for hours in (1, 2):
        an_answer(ticket, an_agent(), now=NOW + hours * HOUR)
    assert _mail("oneoff_used", now=NOW + 3 * HOUR).recipient == buyer.address


def test_r18_the_question_to_sales_is_told_with_its_time_and_the_answer_with_its_reason() -> None:
    ticket = a_sold_ticket(_a_buyer(), agreed=False)
    _describe(ticket)
    asked = " ".join(mail_text(_mail("sales_asked")).split())
    assert "Vamos confirmar com o comercial se" in asked
    assert "Você terá a resposta até" in asked
    assert "Nada é usado até lá." in asked
    actions.answer_scope(
        actor=acting(a_seller()),
        now=LATER,
        ticket_id=ticket.pk,
        covered=False,
        reason="É um projeto novo.",
    )
    text = " ".join(mail_text(_mail("oneoff_not_covered")).split())
    assert "Nada foi usado: " in text
    assert "até 13/11/2027" in text
    assert "O comercial escreveu:" in text
    assert "É um projeto novo." in text


def test_r18_what_sales_says_is_covered_goes_on_and_is_told() -> None:
    ticket = a_sold_ticket(_a_buyer(), agreed=False)
    _describe(ticket)
    actions.answer_scope(
        actor=acting(a_seller()), now=LATER, ticket_id=ticket.pk, covered=True, reason=""
    )
    assert "O comercial confirmou que" in mail_text(_mail("scope_answered"))


def test_a_contract_ticket_is_told_of_the_question_without_a_word_of_a_one_off() -> None:
    ticket = a_ticket(a_customer())
    actions.change_state(
        actor=acting(an_agent()), now=LATER, ticket_id=ticket.pk, verb=Verb.ASK_SALES
    )
    text = mail_text(_mail("sales_asked"))
    assert "Nada é usado" not in text
    assert f"/chamados/{ticket.number}" in text


def test_r18_what_was_called_off_is_told_as_available_again() -> None:
    ticket = a_sold_ticket(_a_buyer())
    _describe(ticket)
    actions.change_state(
        actor=acting(ticket.opener), now=LATER, ticket_id=ticket.pk, verb=Verb.CANCEL
    )
    mail = _mail("oneoff_returned")
    assert "Nada foi usado" in mail_text(mail)
    assert _links(mail)[0] == "/avulso"


def test_s28_r14_the_end_and_an_extension_are_told() -> None:
    ticket = a_sold_ticket(_a_buyer())
    entitlements.run_prepaid(OVER)
    mail = _mail("oneoff_expired", now=OVER)
    text = " ".join(mail_text(mail).split())
    assert "Ele valia até 13/11/2027 e não foi usado." in text
    assert "O comercial pode vender um novo" in text
    assert _links(mail)[0] == "/avulso"
    asked = actions.ask_override(
        actor=acting(a_supervisor()),
        now=OVER,
        organisation_id=ticket.organisation_id,
        ticket_id=ticket.pk,
        wanted=Wanted(rules=("S28",), begins=OVER, ends=OVER + 10 * DAY, reason="Internado"),
        key=secrets.token_hex(8),
    )
    actions.answer_override(
        actor=acting(a_supervisor()), now=OVER + HOUR, override_id=asked.pk, approve=True
    )
    last_day = PrepaidTicket.objects.get(ticket=ticket).last_day
    assert last_day
    mail = _mail("oneoff_extended", now=OVER + HOUR)
    assert mail.subject == f"Seu chamado avulso agora vale até {last_day:%d/%m/%Y}"
