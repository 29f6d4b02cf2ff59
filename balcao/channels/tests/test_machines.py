"""What programs write: parked, never answered, and it changes nothing (E1-E5)."""

import secrets
from datetime import timedelta

import pytest

from balcao.channels.intake import receive
from balcao.channels.models import Delivery, DeliveryState, Inbound
from balcao.channels.tests.mails import (
    HOUR,
    a_mail,
    about,
    asked,
    last_mail,
    taken,
    written,
)
from balcao.events.queue import run_pending
from balcao.lib.mail.tests.test_bounces import PLAIN, STANDARD
from balcao.lib.mail.tests.test_machine import OUT_OF_OFFICE
from balcao.people.actions import invite
from balcao.policy.access import SYSTEM
from balcao.policy.lifecycle import State, Verb
from balcao.tickets.actions import change_state
from balcao.tickets.models import Deadline, Ticket
from tests.cast import NOW, a_contact, acting, an_agent, an_organisation

pytestmark = pytest.mark.usefixtures("installation", "relay")


REPORT = "Content-Type: multipart/report; report-type={}; boundary=b"
KINDS = [
    ("Auto-Submitted: auto-replied", "reply"),
    (REPORT.format("delivery-status"), "bounce"),
    ("List-Id: <a.b>", "list"),
    (REPORT.format("disposition-notification"), "receipt"),
    (REPORT.format("feedback-report"), "report"),
    ("Precedence: bulk", "other"),
]


@pytest.mark.parametrize(("field", "kind"), KINDS)
def test_e1_what_a_program_wrote_is_parked_as_what_it_is(field: str, kind: str) -> None:
    customer, ticket = asked()
    sent = Delivery.objects.count()
    raw = a_mail(customer.address, subject=about(ticket)).replace(
        b"Content-Type: text/plain; charset=utf-8\r\n", b""
    )
    result = taken(f"{field}\r\n".encode() + raw)
    run_pending(NOW + 3 * HOUR)
    assert (result.outcome, result.reason) == ("ignored", "automatic")
    assert Inbound.objects.get(pk=result.inbound).machine == kind
    assert (written(ticket), Delivery.objects.count()) == ([], sent)


def test_e1_a_person_who_writes_like_a_machine_is_kept_for_a_human() -> None:
    customer, ticket = asked()
    subject = f"Mensagem automática - chamado {ticket.number}"
    result = taken(a_mail(customer.address, subject=subject, body="A nota saiu em branco."))
    assert (result.outcome, result.reason) == ("quarantined", "looks_automatic")


def test_e3_a_mail_that_has_gone_round_fifty_times_is_parked() -> None:
    customer, ticket = asked()
    hops = tuple(f"Received: from a{n} by b{n}" for n in range(51))
    result = taken(a_mail(customer.address, subject=about(ticket), more=hops))
    assert (result.outcome, result.reason) == ("ignored", "loop")


def facts_of(ticket: Ticket) -> tuple[object, ...]:
    row = Ticket.objects.get(pk=ticket.pk)
    deadlines = list(Deadline.objects.filter(ticket=ticket).order_by("pk").values())
    return row.state, row.resolved_at, row.closed_at, row.started_at, row.thanked, deadlines


def test_e4_fifty_automatic_replies_reopen_nothing_and_change_no_deadline() -> None:
    customer, waiting = asked()
    _, resolved = asked()
    agent = acting(an_agent())
    change_state(actor=agent, now=NOW + 2 * HOUR, ticket_id=resolved.pk, verb=Verb.RESOLVE)
    run_pending(NOW + 2 * HOUR)
    before = [facts_of(ticket) for ticket in (waiting, resolved)]
    styles = [style for style in OUT_OF_OFFICE for _ in range(4)][:50]
    sent = Delivery.objects.count()
    for place, (subject, text) in enumerate(styles):
        ticket = (waiting, resolved)[place % 2]
        owner = ticket.opener.addresses.get().address
        answers = last_mail(ticket, owner).mail_id
        raw = a_mail(owner, subject=f"{subject} [{ticket.number}]", body=text, answers=answers)
        assert receive(raw, now=NOW + 3 * HOUR).outcome == "ignored"
    run_pending(NOW + 4 * HOUR)
    assert [facts_of(ticket) for ticket in (waiting, resolved)] == before
    assert Delivery.objects.count() == sent
    assert customer.address


def test_e1_ten_styles_of_being_away_cause_no_mail_at_all() -> None:
    """Twenty cycles each of our answer and theirs; a day has room for one automatic mail."""
    customer, ticket = asked()
    sent = Delivery.objects.filter(ticket=ticket).count()
    for place, (subject, text) in enumerate(OUT_OF_OFFICE[:10]):
        for cycle in range(20):
            now = NOW + 3 * HOUR + timedelta(minutes=place * 20 + cycle)
            answers = last_mail(ticket, customer.address).mail_id
            raw = a_mail(customer.address, subject=f"{subject} {cycle}", body=text, answers=answers)
            assert receive(raw, now=now).outcome == "ignored"
        run_pending(NOW + 4 * HOUR)
    assert Delivery.objects.filter(ticket=ticket).count() == sent


def a_sent_mail() -> tuple[Ticket, Delivery]:
    customer, ticket = asked()
    mail = last_mail(ticket, customer.address)
    assert mail.state == DeliveryState.SENT
    return ticket, mail


def a_bounce(mail_id: str, *, kind: str = "message/rfc822", action: str = "failed") -> bytes:
    raw = STANDARD.format(
        action=action,
        status="5.1.1",
        words=f"550 5.1.1 User unknown {secrets.token_hex(4)}",
        kind=kind,
        returned=f"Message-ID: {mail_id}\nSubject: x\n",
    )
    return raw.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_e2_a_bounce_of_our_mail_says_so_on_the_delivery_and_nowhere_else(kind: str) -> None:
    ticket, mail = a_sent_mail()
    others = Delivery.objects.exclude(pk=mail.pk)
    before = sorted(others.values_list("pk", "state"))
    result = taken(a_bounce(mail.mail_id, kind=kind))
    run_pending(NOW + 3 * HOUR)
    mail.refresh_from_db()
    assert (result.outcome, result.ticket) == ("ignored", ticket.number)
    assert mail.state == DeliveryState.FAILED
    assert mail.answer.startswith("550 5.1.1 User unknown")
    assert sorted(others.values_list("pk", "state")) == before
    ticket.refresh_from_db()
    assert (ticket.state, written(ticket)) == (State.WAITING_CUSTOMER.value, [])


@pytest.mark.parametrize("name", PLAIN)
def test_e2_the_plain_bounces_of_every_day_do_so_too(name: str) -> None:
    _, mail = a_sent_mail()
    subject, text, _ = PLAIN[name]
    standing = text[text.index("Message-ID:") :].split("<")[1].split(">")[0]
    raw = (
        f"From: Sistema <sistema@mx.example>\nSubject: {subject}\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{text.replace(standing, mail.mail_id[1:-1])}"
    )
    assert taken(raw.encode()).outcome == "ignored"
    mail.refresh_from_db()
    assert mail.state == DeliveryState.FAILED


def test_e2_a_mail_about_no_ticket_can_come_back_too() -> None:
    user, address = a_contact(an_organisation())
    invite(actor=SYSTEM, now=NOW, user_id=user.pk)
    run_pending(NOW)
    mail = Delivery.objects.get(recipient=address)
    assert mail.state == DeliveryState.SENT
    taken(a_bounce(mail.mail_id))
    mail.refresh_from_db()
    assert mail.state == DeliveryState.FAILED


def test_e2_a_mail_that_only_takes_longer_has_not_failed() -> None:
    _, mail = a_sent_mail()
    taken(a_bounce(mail.mail_id, action="delayed"))
    mail.refresh_from_db()
    assert mail.state == DeliveryState.SENT


def test_e5_fifty_forged_bounces_mark_no_address_dead() -> None:
    """Without our mark, with one of another's making, of another recipient, ticket or day."""
    ticket, mail = a_sent_mail()
    _, other = a_sent_mail()
    local, _, domain = mail.mail_id.strip("<>").partition("@")
    number, name, days, mac = local.split(".")
    foreign = other.mail_id.strip("<>").split("@")[0].split(".")
    forged = [
        f"<{number}.{name}.{days}.{foreign[3]}@{domain}>",
        f"<{number}.{foreign[1]}.{days}.{mac}@{domain}>",
        f"<{foreign[0]}.{name}.{days}.{mac}@{domain}>",
        f"<{number}.{name}.{int(days) + 1}.{mac}@{domain}>",
        f"<{local}@evil.example>",
        f"<{ticket.number}@{domain}>",
        f"<{number}.{name}.{days}@{domain}>",
        *(f"<{number}.{name}.{days}.{secrets.token_hex(12)[:24]}@{domain}>" for _ in range(43)),
    ]
    assert len(forged) == 50
    for mail_id in forged:
        assert taken(a_bounce(mail_id)).outcome == "ignored"
    states = Delivery.objects.filter(pk__in=[mail.pk, other.pk]).values_list("state", flat=True)
    assert list(states) == [DeliveryState.SENT] * 2
    # The same bounce with the mark in its text only, not in what came back, changes nothing either.
    taken(a_bounce("<x@y.example>").replace(b"could not", mail.mail_id.encode() + b" could not"))
    mail.refresh_from_db()
    assert mail.state == DeliveryState.SENT
