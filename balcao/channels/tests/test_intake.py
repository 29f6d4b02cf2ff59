"""What becomes of a mail: added to its ticket, or kept with a reason. Never lost, never doubled."""

from datetime import timedelta

import pytest
from django.conf import LazySettings

from balcao.channels.intake import Result, judge, receive, store
from balcao.channels.models import Delivery, Inbound, Outcome
from balcao.channels.tests.mails import OURS, a_mail, about, last_mail, trust_our_server, with_file
from balcao.events.queue import run_pending
from balcao.files.queries import open_file
from balcao.people import actions as people
from balcao.policy.access import SYSTEM
from balcao.policy.lifecycle import State, Verb
from balcao.tickets.actions import change_state
from balcao.tickets.models import Attachment, Decision, Draft, Message, MessageKind, Ticket
from tests.cast import (
    NOW,
    Customer,
    a_colleague,
    a_customer,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation", "relay")

HOUR = timedelta(hours=1)
QUOTATION = "Em sex., 13 de nov. de 2026, Direction escreveu:\r\n> Ainda falha?"


@pytest.fixture
def relay(settings: LazySettings) -> None:
    trust_our_server(settings)


def written(ticket: Ticket) -> list[str]:
    rows = Message.objects.filter(ticket=ticket, kind=MessageKind.CUSTOMER).order_by("pk")
    return list(rows.values_list("body", flat=True))[1:]


def the_message(result: Result) -> Message:
    assert result.message is not None
    return Message.objects.get(pk=result.message)


def asked() -> tuple[Customer, Ticket]:
    """A customer's ticket that the staff has answered, and the customer waited for."""
    customer = a_customer()
    ticket = a_ticket(customer)
    an_answer(ticket, an_agent(), then=Verb.WAIT_CUSTOMER)
    run_pending(NOW + HOUR)
    ticket.refresh_from_db()
    assert ticket.state == State.WAITING_CUSTOMER.value
    return customer, ticket


def taken(raw: bytes) -> Result:
    return receive(raw, now=NOW + 2 * HOUR)


def test_s7_a_reply_to_our_mail_goes_on_with_the_ticket() -> None:
    customer, ticket = asked()
    sent = last_mail(ticket, customer.address)
    result = taken(a_mail(customer.address, answers=sent.mail_id, body=f"Sim.\r\n\r\n{QUOTATION}"))
    assert (result.outcome, result.ticket) == ("appended", ticket.number)
    message = the_message(result)
    assert (message.body, message.quoted, message.author_id) == (
        "Sim.",
        QUOTATION.replace("\r", ""),
        customer.user.pk,
    )
    ticket.refresh_from_db()
    assert ticket.state == State.IN_SERVICE.value


def test_s8_a_new_mail_with_the_number_from_the_registered_address_is_a_reply() -> None:
    customer, ticket = asked()
    assert taken(a_mail(customer.address.upper(), subject=about(ticket))).outcome == "appended"
    assert written(ticket) == ["Ainda falha."]


@pytest.mark.parametrize("subject", ["{n}", "Ligar {n}", "Re: pedido {n}", "nota 12345678901"])
def test_r12_ten_digits_alone_are_no_reference(subject: str) -> None:
    customer, ticket = asked()
    result = taken(a_mail(customer.address, subject=subject.format(n=ticket.number)))
    assert (result.outcome, written(ticket)) == ("draft", [])


def test_s9_a_reply_from_any_other_address_is_kept_and_not_added() -> None:
    _, ticket = asked()
    result = taken(a_mail("ana.pessoal@gmail.example", subject=about(ticket)))
    assert (result.outcome, result.reason) == ("refused", "other_address")
    assert "S9" in result.rules
    assert written(ticket) == []
    kept = Inbound.objects.get(pk=result.inbound)
    with open_file(kept.raw) as file:
        assert b"Ainda falha." in file.read()


def test_s10_that_sender_is_told_so_once_a_day() -> None:
    _, ticket = asked()
    address = "ana.pessoal@gmail.example"
    for minutes in (0, 5, 60 * 23):
        receive(a_mail(address, subject=about(ticket)), now=NOW + timedelta(minutes=minutes))
        run_pending(NOW + timedelta(minutes=minutes))
    told = Delivery.objects.filter(recipient=address)
    assert told.count() == 1
    assert "não atendemos por e-mail pessoal" in told.get().text
    assert ticket.number not in told.get().text.replace(" ", "")
    receive(a_mail(address, subject=about(ticket)), now=NOW + timedelta(hours=25))
    run_pending(NOW + timedelta(hours=25))
    assert told.count() == 2


def test_s6_a_new_mail_opens_no_ticket_and_waits_as_a_draft() -> None:
    customer = a_customer()
    before = Ticket.objects.count()
    result = taken(a_mail(customer.address, subject="Não grava", body="Desde ontem nada grava."))
    run_pending(NOW + 3 * HOUR)
    assert (result.outcome, result.reason) == ("draft", "new_mail")
    assert Ticket.objects.count() == before
    draft = Draft.objects.get(owner=customer.user)
    assert (draft.subject, draft.body) == ("Não grava", "Desde ontem nada grava.")
    assert draft.organisation_id == customer.organisation.pk
    told = Delivery.objects.get(recipient=customer.address)
    assert "rascunho" in told.text


def test_s6_new_mail_of_a_stranger_leaves_no_draft() -> None:
    before = Draft.objects.count()
    result = taken(a_mail("alguem@outra.example"))
    assert (result.outcome, result.reason) == ("refused", "new_mail")
    assert Draft.objects.count() == before


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
def test_d2_a_plainly_forged_from_is_kept_apart_and_nobody_is_told(auth: str | None) -> None:
    customer, ticket = asked()
    sent = Delivery.objects.count()
    for _ in range(12):
        result = taken(a_mail(customer.address, subject=about(ticket), auth=auth))
        assert (result.outcome, result.reason) == ("quarantined", "not_authenticated")
    run_pending(NOW + 3 * HOUR)
    assert written(ticket) == []
    assert Delivery.objects.count() == sent


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
    assert (written(ticket), Delivery.objects.count()) == ([], sent)


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


def test_q4_the_same_message_twice_is_one() -> None:
    customer, ticket = asked()
    raw = a_mail(customer.address, subject=about(ticket))
    assert taken(raw).outcome == "appended"
    again = b"Received: from x by y\r\nX-Spam: no\r\n" + raw.replace(b"\r\n", b"\n")
    result = taken(again)
    assert (result.outcome, result.ticket) == ("duplicate", ticket.number)
    assert written(ticket) == ["Ainda falha."]


def test_q4_two_hundred_messages_of_one_id_are_all_kept() -> None:
    customer, ticket = asked()
    rows = Inbound.objects.count()
    for n in range(200):
        raw = a_mail(
            customer.address, subject=about(ticket), body=f"Texto {n}", mail_id="<same@x.example>"
        )
        assert taken(raw).outcome == "appended"
        if n % 20 == 0:
            assert taken(raw).outcome == "duplicate"
    assert written(ticket) == [f"Texto {n}" for n in range(200)]
    assert Inbound.objects.count() == rows + 200


def test_q4_a_forged_copy_sent_ahead_does_not_suppress_the_real_message() -> None:
    customer, ticket = asked()
    forged, real = (
        a_mail(customer.address, subject=about(ticket), mail_id="<same@x.example>", auth=auth)
        for auth in ("fail", "pass")
    )
    assert taken(forged).outcome == "quarantined"
    assert taken(real).outcome == "appended"


def test_files_come_with_the_message() -> None:
    customer, ticket = asked()
    raw = with_file(a_mail(customer.address, subject=about(ticket)), "../erro.log", b"linha 1")
    result = taken(raw)
    files = Attachment.objects.filter(message=result.message)
    assert [(a.file.name, a.file.content_type, a.file.size) for a in files] == [
        ("erro.log", "text/plain", 7)
    ]


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


@pytest.mark.parametrize(
    "robot",
    [
        ("Auto-Submitted: auto-replied",),
        ("Precedence: bulk",),
        ("Return-Path: <>",),
        ("List-Id: <a.b>",),
    ],
)
def test_e1_automatic_mail_is_kept_and_never_answered(robot: tuple[str, ...]) -> None:
    customer, ticket = asked()
    sent = Delivery.objects.count()
    for sender in (customer.address, "x@outra.example"):
        result = taken(a_mail(sender, subject=about(ticket), more=robot))
        assert (result.outcome, result.reason) == ("ignored", "automatic")
    run_pending(NOW + 3 * HOUR)
    assert (written(ticket), Delivery.objects.count()) == ([], sent)
    ticket.refresh_from_db()
    assert ticket.state == State.WAITING_CUSTOMER.value


def test_e3_our_own_mail_coming_back_is_ignored() -> None:
    result = taken(a_mail("suporte@direction.com.br", subject="Re: oi"))
    assert (result.outcome, result.reason) == ("ignored", "own_mail")


def test_r5_a_mere_thank_you_does_not_reopen_and_another_word_does() -> None:
    customer, ticket = asked()
    agent = acting(an_agent())
    change_state(actor=agent, now=NOW + 2 * HOUR, ticket_id=ticket.pk, verb=Verb.RESOLVE)
    taken(a_mail(customer.address, subject=about(ticket), body="Obrigada!"))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.thanked) == (State.RESOLVED.value, True)
    taken(a_mail(customer.address, subject=about(ticket), body="O erro voltou."))
    ticket.refresh_from_db()
    assert ticket.state == State.IN_SERVICE.value
    assert written(ticket) == ["Obrigada!", "O erro voltou."]


def test_r5_a_reply_to_a_ticket_resolved_too_long_ago_is_told_and_kept_as_a_draft() -> None:
    customer, ticket = asked()
    agent = acting(an_agent())
    change_state(actor=agent, now=NOW + 2 * HOUR, ticket_id=ticket.pk, verb=Verb.RESOLVE)
    later = NOW + timedelta(days=8)
    result = receive(a_mail(customer.address, subject=about(ticket)), now=later)
    run_pending(later)
    assert (result.outcome, result.reason) == ("refused", "ticket_closed")
    assert Draft.objects.get(owner=customer.user).body == "Ainda falha."
    told = last_mail_to(customer.address)
    assert "abra um novo" in told.text
    assert written(ticket) == []


def last_mail_to(address: str) -> Delivery:
    found = Delivery.objects.filter(recipient=address).order_by("-pk").first()
    assert found is not None
    return found


def test_m4_who_left_the_organisation_is_not_added_any_more() -> None:
    customer, ticket = asked()
    sent = last_mail(ticket, customer.address)
    people.leave(actor=SYSTEM, now=NOW, user=customer.user, organisation=customer.organisation)
    assert taken(a_mail(customer.address, answers=sent.mail_id)).outcome == "refused"
    assert written(ticket) == []


def test_a_shared_address_counts_for_the_contact_of_that_ticket() -> None:
    customer, ticket = asked()
    other = a_customer(name="Zeca Dois")
    people.add_address(actor=SYSTEM, now=NOW, user=other.user, address=customer.address)
    result = taken(a_mail(customer.address, subject=about(ticket)))
    assert the_message(result).author_id == customer.user.pk
    taken(a_mail(customer.address, subject="outra coisa"))
    owners = Draft.objects.filter(subject="outra coisa").values_list("owner_id", flat=True)
    assert set(owners) == {customer.user.pk, other.user.pk}


def test_staff_mail_is_never_relayed_as_an_answer() -> None:
    _, ticket = asked()
    agent = an_agent()
    address = agent.addresses.get().address
    result = taken(a_mail(address, subject=about(ticket)))
    assert (result.outcome, written(ticket)) == ("refused", [])
    assert Message.objects.filter(ticket=ticket, kind=MessageKind.REPLY).count() == 1


def test_f1_a_poison_mail_is_kept_and_the_next_one_is_judged() -> None:
    customer, ticket = asked()
    poison = b"From: Grupo: a@b.c; <d@e.f>\r\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(500)
    )
    result = taken(poison)
    assert (result.outcome, result.reason) == ("quarantined", "too_many_parts")
    assert taken(b"").outcome == "quarantined"
    assert taken(b"\x00" * 1000).outcome == "quarantined"
    assert taken(b"\x00" * 1001).outcome == "quarantined"
    assert taken(a_mail(customer.address, subject=about(ticket))).outcome == "appended"


def test_every_refusal_is_on_the_record_once() -> None:
    _, ticket = asked()
    before = Decision.objects.count()
    raw = a_mail("x@outra.example", subject=about(ticket))
    inbound = store(raw, now=NOW)
    assert Inbound.objects.get(pk=inbound).outcome == Outcome.STORED
    for _ in range(3):
        judge(inbound, now=NOW + HOUR)
    assert Decision.objects.count() == before + 1
    row = Decision.objects.latest("pk")
    assert (row.verdict, row.reason, row.ticket_id) == ("refuse", "other_address", ticket.pk)
    assert "outra.example" not in str(row.facts)


def test_q2_a_message_judged_again_after_a_crash_is_not_doubled() -> None:
    customer, ticket = asked()
    inbound = store(a_mail(customer.address, subject=about(ticket)), now=NOW)
    judge(inbound, now=NOW + HOUR)
    # As if the process had died after the message was added and before the verdict was written.
    Inbound.objects.filter(pk=inbound).update(
        outcome=Outcome.STORED, judged_at=None, message=None, ticket=None
    )
    result = judge(inbound, now=NOW + 2 * HOUR)
    assert (result.outcome, written(ticket)) == ("appended", ["Ainda falha."])


def test_a_stored_message_is_judged_by_the_queue() -> None:
    customer, ticket = asked()
    store(a_mail(customer.address, subject=about(ticket)), now=NOW)
    assert written(ticket) == []
    run_pending(NOW)
    assert written(ticket) == ["Ainda falha."]
