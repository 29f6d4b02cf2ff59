"""Who may go on with a ticket by mail: nobody but whom the rules of S8, S9 and R11 let in."""

from datetime import timedelta

import pytest

from balcao.channels.intake import receive
from balcao.channels.models import Delivery
from balcao.channels.tests.mails import (
    HOUR,
    OURS,
    a_mail,
    about,
    asked,
    last_mail,
    taken,
    written,
)
from balcao.events.queue import run_pending
from balcao.tickets.models import Message, MessageKind, Ticket
from tests.cast import (
    NOW,
    a_colleague,
    a_customer,
    a_ticket,
    an_agent,
)

pytestmark = pytest.mark.usefixtures("installation", "relay")


def test_d1_another_real_customer_who_writes_the_number_is_not_added() -> None:
    _, ticket = asked()
    others = [a_customer(name=f"Cliente {n}") for n in range(15)]
    results = [taken(a_mail(other.address, subject=about(ticket))) for other in others]
    assert {(r.outcome, r.reason) for r in results} == {("refused", "other_address")}
    assert written(ticket) == []


def test_d1_a_colleague_who_is_not_on_the_ticket_is_not_added() -> None:
    customer, ticket = asked()
    colleague = a_colleague(customer)
    assert taken(a_mail(colleague.address, subject=about(ticket))).outcome == "refused"
    ticket.participants.add(colleague.user)
    assert taken(a_mail(colleague.address, subject=about(ticket))).outcome == "appended"


def test_d1_an_in_reply_to_of_ours_proves_nothing_for_another_sender() -> None:
    customer, ticket = asked()
    sent = last_mail(ticket, customer.address)
    other = a_customer()
    result = taken(a_mail(other.address, answers=sent.mail_id))
    assert (result.outcome, result.reason, written(ticket)) == ("refused", "other_address", [])


@pytest.mark.parametrize("auth", ["fail", "none", "temperror", None])
def test_d2_a_plainly_forged_from_is_kept_apart_and_its_owner_is_asked_once(
    auth: str | None,
) -> None:
    customer, ticket = asked()
    sent = Delivery.objects.count()
    for _ in range(12):
        result = taken(a_mail(customer.address, subject=about(ticket), auth=auth))
        assert (result.outcome, result.reason) == ("quarantined", "not_authenticated")
    run_pending(NOW + 3 * HOUR)
    assert written(ticket) == []
    assert [mail.kind for mail in Delivery.objects.order_by("pk")[sent:]] == ["confirmation"]


def test_d3_the_senders_own_authentication_results_count_for_nothing() -> None:
    customer, ticket = asked()
    domain = customer.address.rpartition("@")[2]
    forged = f"Authentication-Results: {OURS}; dmarc=pass header.from={domain}"
    raw = a_mail(customer.address, subject=about(ticket), auth="fail", more=(forged,))
    assert taken(raw).outcome == "quarantined"
    raw = a_mail(customer.address, subject=about(ticket), auth="pass", more=(forged,))
    assert taken(raw).outcome == "appended"


FORGED_FROM = [
    "From: {victim}\r\nFrom: x@evil.example",
    "From: x@evil.example\r\nFrom: {victim}",
    "From: {victim}, x@evil.example",
    "From: Equipe: {victim};",
    "From: Grupo: a@b.example; <{victim}>",
    "From: {victim} <x@evil.example>",
    "From : {victim}",
    "From: =?utf-8?q?{victim}?=",
    "Sender: {victim}",
    "Reply-To: {victim}",
]


@pytest.mark.parametrize("line", FORGED_FROM)
def test_d4_two_from_headers_or_mailboxes_are_kept_apart_with_a_reason(line: str) -> None:
    customer, ticket = asked()
    sent = Delivery.objects.count()
    raw = a_mail(
        customer.address, subject=about(ticket), from_line=line.format(victim=customer.address)
    )
    result = taken(raw)
    run_pending(NOW + 3 * HOUR)
    assert (result.outcome, result.reason) == ("quarantined", "identity_unclear")
    assert written(ticket) == []
    # The ticket's contact learns of it; none of the addresses it shows does.
    told = [(mail.kind, mail.recipient) for mail in Delivery.objects.order_by("pk")[sent:]]
    assert told == [("warned", customer.address)]


@pytest.mark.parametrize(
    "variant",
    ["{l}+x@{d}", "{l}.@{d}", "x{l}@{d}", "{l}@sub.{d}", "{l}@{d}.br", "{l}@cIiente.example"],
)
def test_d7_an_alias_or_lookalike_of_the_address_is_another_address(variant: str) -> None:
    customer, ticket = asked()
    local, _, domain = customer.address.partition("@")
    result = taken(a_mail(variant.format(l=local, d=domain), subject=about(ticket)))
    assert result.outcome in {"refused", "quarantined"}
    assert written(ticket) == []


def test_d8_to_and_cc_never_become_participants() -> None:
    customer, ticket = asked()
    other = a_customer()
    more = (f"Cc: {other.address}", f"Resent-From: {other.address}", f"Reply-To: {other.address}")
    assert taken(a_mail(customer.address, subject=about(ticket), more=more)).outcome == "appended"
    assert list(ticket.participants.all()) == []
    assert taken(a_mail(other.address, subject=about(ticket))).outcome == "refused"


TOOLS = ("Zammad", "OTRS", "Balcao", "RT", "osTicket", "GLPI")
ORDERS = ("Owner: 1", "Priority: 3 high", "State: closed", "Queue: 2")
CONTROLS = [f"X-{tool}-{order}" for tool in TOOLS for order in ORDERS] + [
    "Priority: urgent",
    "X-Priority: 1",
    "Importance: high",
    "X-MSMail-Priority: High",
    "Followup-To: x@evil.example",
    "X-Ticket: 1",
    "X-Assignee: 1",
    "X-Customer-ID: 1",
    "X-Forwarded-For: 10.0.0.1",
    "X-Loop: 1",
    "RT-Squelch-Replies-To: a@b.example",
    "Disposition-Notification-To: x@evil.example",
    "Return-Receipt-To: x@evil.example",
    "Control: close",
    "Expires: Fri, 13 Nov 2020 12:00:00 -0300",
    "Keywords: urgente",
]
FIELDS = tuple(
    "state assignee_id queue_id organisation_id opener_id service_id contract_id licence_id kind"
    " subject submitted_at started_at resolved_at closed_at policy_version follows_id".split()
)


def test_d12_forty_control_headers_change_no_field() -> None:
    assert len(CONTROLS) >= 40
    customer, ticket = asked()
    plain, plain_ticket = asked()
    taken(a_mail(plain.address, subject=about(plain_ticket)))
    plain_ticket.refresh_from_db()
    raw = a_mail(customer.address, subject=about(ticket), more=tuple(CONTROLS))
    assert taken(raw).outcome == "appended"
    before = Ticket.objects.filter(pk=ticket.pk).values(*FIELDS).get()
    for control in CONTROLS:
        taken(a_mail(customer.address, subject=about(ticket), more=(control,)))
    assert Ticket.objects.filter(pk=ticket.pk).values(*FIELDS).get() == before
    assert before["state"] == plain_ticket.state
    assert Delivery.objects.filter(recipient__contains="evil.example").count() == 0


def test_r11_our_signed_token_authenticates_who_we_wrote_to() -> None:
    customer, ticket = asked()
    sent = last_mail(ticket, customer.address)
    raw = a_mail(customer.address, answers=sent.mail_id, auth=None)
    assert taken(raw).outcome == "appended"
    forged = sent.mail_id.replace("@", "a@")
    assert taken(
        a_mail(customer.address, answers=forged, subject=about(ticket), auth=None)
    ).outcome == ("quarantined")


def test_c3_the_token_of_one_person_does_not_authenticate_another() -> None:
    customer, ticket = asked()
    colleague = a_colleague(customer)
    ticket.participants.add(colleague.user)
    sent = last_mail(ticket, customer.address)
    raw = a_mail(colleague.address, answers=sent.mail_id, auth=None)
    result = taken(raw)
    assert (result.outcome, result.reason) == ("quarantined", "not_authenticated")


def test_c3_the_token_of_one_ticket_does_not_open_another() -> None:
    customer, ticket = asked()
    other = a_ticket(customer)
    sent = last_mail(ticket, customer.address)
    raw = a_mail(customer.address, answers=sent.mail_id, subject=about(other), auth=None)
    assert taken(raw).ticket == ticket.number
    assert written(other) == []


def test_c3_a_token_a_year_old_proves_nothing() -> None:
    customer, ticket = asked()
    sent = last_mail(ticket, customer.address)
    raw = a_mail(customer.address, answers=sent.mail_id, auth=None)
    assert receive(raw, now=NOW + timedelta(days=367)).outcome == "quarantined"


def test_staff_mail_is_never_relayed_as_an_answer() -> None:
    _, ticket = asked()
    agent = an_agent()
    address = agent.addresses.get().address
    result = taken(a_mail(address, subject=about(ticket)))
    assert (result.outcome, written(ticket)) == ("refused", [])
    assert Message.objects.filter(ticket=ticket, kind=MessageKind.REPLY).count() == 1
