"""What becomes of a mail: added to its ticket, or kept with a reason. Never lost, never doubled."""

import re
from datetime import timedelta

import pytest
from django.conf import LazySettings

from balcao.channels.intake import judge, receive, store
from balcao.channels.models import Delivery, Inbound, Outcome
from balcao.channels.tests.mails import (
    HOUR,
    a_mail,
    about,
    asked,
    last_mail,
    taken,
    the_message,
    with_file,
    written,
)
from balcao.events.queue import run_pending
from balcao.files.queries import open_file
from balcao.people import actions as people
from balcao.policy.access import SYSTEM
from balcao.policy.lifecycle import State, Verb
from balcao.tickets.actions import change_state
from balcao.tickets.models import Attachment, Decision, Draft, Ticket
from tests.cast import (
    NOW,
    a_customer,
    acting,
    an_agent,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("installation", "relay")

QUOTATION = "Em sex., 13 de nov. de 2026, Direction escreveu:\r\n> Ainda falha?"


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
    assert kept.raw
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
    assert "não atendemos por e-mail pessoal" in " ".join(told.get().text.split())
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
    link = re.search(r"http://127.0.0.1:8000(/\S+)", told.text)
    assert link is not None
    page = signed_in(customer.user).get(link[1]).content.decode()
    assert "Desde ontem nada grava." in page
    assert "Desde ontem" not in signed_in(a_customer().user).get(link[1]).content.decode()


def test_s6_new_mail_of_a_stranger_leaves_no_draft() -> None:
    before = Draft.objects.count()
    result = taken(a_mail("alguem@outra.example"))
    assert (result.outcome, result.reason) == ("refused", "new_mail")
    assert Draft.objects.count() == before


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


def test_i5_a_file_beyond_the_quota_is_left_out_and_the_message_says_so(
    settings: LazySettings,
) -> None:
    settings.TICKET_QUOTA = 30
    customer, ticket = asked()
    small, big = with_file(a_mail(customer.address, subject=about(ticket)), "a.txt", b"x" * 20), 11
    assert taken(small).outcome == "appended"
    late = with_file(a_mail(customer.address, subject=about(ticket)), "b.txt", b"y" * big)
    result = taken(late)
    assert result.outcome == "appended"
    body = the_message(result).body
    assert body == "Ainda falha.\n\n[Arquivo não aceito, não há mais espaço: b.txt (11 bytes)]"
    assert Attachment.objects.filter(message__ticket=ticket).count() == 1


def test_files_come_with_the_message() -> None:
    customer, ticket = asked()
    raw = with_file(a_mail(customer.address, subject=about(ticket)), "../erro.log", b"linha 1")
    result = taken(raw)
    files = Attachment.objects.filter(message=result.message)
    assert [(a.file.name, a.file.content_type, a.file.size) for a in files] == [
        ("erro.log", "text/plain", 7)
    ]


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
