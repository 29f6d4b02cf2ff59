"""What happens when nobody proved who wrote (R9): "Foi você?", and the ticket's contact is told."""

import re
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
from django.test import Client

from balcao.channels import intake
from balcao.channels.actions import asking
from balcao.channels.delivery import outgoing
from balcao.channels.models import Confirmation, Delivery, Handled, Inbound, Outcome
from balcao.channels.queries import confirmation_link, draft_key
from balcao.channels.tests.mails import (
    HOUR,
    a_mail,
    about,
    asked,
    taken,
    written,
)
from balcao.events.queue import run_pending
from balcao.lib.mail.composing import compose
from balcao.people import actions as people
from balcao.policy.access import SYSTEM
from balcao.policy.lifecycle import State, Verb
from balcao.tickets.actions import NotAllowed, change_state
from balcao.tickets.models import Decision, Draft, Ticket
from tests.cast import (
    NOW,
    Customer,
    a_colleague,
    a_customer,
    a_policy_in_force,
    acting,
    an_agent,
    mail_text,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("installation", "relay")

AT = NOW + 2 * HOUR


def sent_to(address: str, kind: str = "confirmation") -> list[Delivery]:
    return list(Delivery.objects.filter(recipient=address, kind=kind).order_by("pk"))


def a_question(*, subject: str = "") -> tuple[Customer, Ticket, Inbound, str]:
    """A forged mail about a ticket, and the address of the page that its owner was mailed."""
    customer, ticket = asked()
    result = taken(a_mail(customer.address, subject=subject or about(ticket), auth="fail"))
    run_pending(AT)
    [mail] = sent_to(customer.address)
    link = re.search(r"http://127.0.0.1:8000(/foi-voce/\S+)", mail_text(mail))
    assert link
    return customer, ticket, Inbound.objects.get(pk=result.inbound), link[1]


def test_r9_the_question_names_the_request_that_the_mail_named() -> None:
    customer, ticket, _inbound, _link = a_question()
    [mail] = sent_to(customer.address)
    number = f"{ticket.number[:3]} {ticket.number[3:6]} {ticket.number[6:]}"
    assert mail.subject == f"Foi você quem escreveu no chamado {number}?"


def press(client: Client, link: str, answer: str, *, now: datetime = AT) -> str:
    with_time = pytest.MonkeyPatch()
    with with_time.context() as patch:
        patch.setattr("django.utils.timezone.now", lambda: now)
        client.post(link, {"answer": answer})
        return client.get(link).content.decode()


def test_r9_a_mail_in_a_registered_name_is_kept_and_its_owner_is_asked() -> None:
    customer, _, kept, link = a_question()
    assert (kept.outcome, kept.reason, kept.handled) == ("quarantined", "not_authenticated", "")
    [mail] = sent_to(customer.address)
    assert "Foi você" in mail.subject
    # Nothing of what the mail says goes out by us.
    assert "Ainda falha" not in mail_text(mail) + mail.subject
    page = Client().get(link).content.decode()
    assert kept.subject in page
    assert Confirmation.objects.get(inbound=kept).answer == ""


def test_r9_yes_puts_it_on_the_ticket_as_the_persons_own_message() -> None:
    customer, ticket, kept, link = a_question()
    page = press(Client(), link, "yes")
    assert written(ticket) == ["Ainda falha."]
    kept.refresh_from_db()
    assert (kept.outcome, kept.handled, kept.handled_by) == (
        Outcome.APPENDED,
        Handled.CONFIRMED,
        customer.user,
    )
    assert kept.message is not None
    assert kept.message.author_id == customer.user.pk
    ticket.refresh_from_db()
    assert ticket.state == State.IN_SERVICE.value
    decision = Decision.objects.filter(ticket=ticket).latest("pk")
    assert decision.facts["sender"]["auth"] == "confirmed"
    assert "adicionada" in page
    # Pressed again, by mistake or by a mail program: nothing more happens.
    press(Client(), link, "yes")
    press(Client(), link, "no")
    kept.refresh_from_db()
    assert (written(ticket), kept.handled) == (["Ainda falha."], Handled.CONFIRMED)


def test_r9_a_yes_that_a_crash_cut_short_is_carried_on() -> None:
    customer, ticket, kept, link = a_question()
    row = Confirmation.objects.get(inbound=kept)
    asking.say_yes(actor=customer.actor, now=AT, confirmation_id=row.pk)
    assert written(ticket) == []
    press(Client(), link, "yes")
    assert written(ticket) == ["Ainda falha."]


def test_r9_a_yes_counts_although_the_team_had_thrown_the_mail_away() -> None:
    _, ticket, kept, link = a_question()
    Inbound.objects.filter(pk=kept.pk).update(handled=Handled.DISOWNED)
    press(Client(), link, "yes")
    assert written(ticket) == []
    Inbound.objects.filter(pk=kept.pk).update(handled=Handled.DISCARDED)
    press(Client(), link, "yes")
    assert written(ticket) == ["Ainda falha."]


def test_r9_no_leaves_it_where_it_is_and_says_so() -> None:
    customer, ticket, kept, link = a_question()
    page = press(Client(), link, "no")
    press(Client(), link, "yes")
    kept.refresh_from_db()
    assert (kept.outcome, kept.handled, kept.handled_by) == (
        Outcome.QUARANTINED,
        Handled.DISOWNED,
        customer.user,
    )
    assert written(ticket) == []
    assert "Alguém usou o seu endereço" in page


@pytest.mark.parametrize("answer", ["", "maybe", "open"])
def test_r9_looking_or_anything_else_changes_nothing(answer: str) -> None:
    _, ticket, kept, link = a_question()
    before = Inbound.objects.filter(pk=kept.pk).values().get()
    for _ in range(3):
        Client().get(link)
        Client().head(link)
    press(Client(), link, answer)
    assert Inbound.objects.filter(pk=kept.pk).values().get() == before
    assert written(ticket) == []


def test_r9_after_a_week_the_link_is_worth_nothing() -> None:
    _, ticket, _, link = a_question()
    page = press(Client(), link, "yes", now=AT + timedelta(days=7))
    assert written(ticket) == []
    assert "O prazo para responder terminou" in page


def test_a3_a_link_that_nobody_made_opens_nothing() -> None:
    customer, _, kept, link = a_question()
    row = Confirmation.objects.get(inbound=kept)
    for token in ("x", str(row.pk), f"{row.pk}:x", confirmation_link(row.pk)[:-1]):
        assert Client().get(f"/foi-voce/{token}").status_code == 404
    with pytest.raises(NotAllowed):
        asking.say_yes(actor=a_customer().actor, now=AT, confirmation_id=row.pk)
    people.deactivate(actor=SYSTEM, now=AT, user=customer.user)
    assert Client().get(link).status_code == 404


def test_r9_the_gate_has_the_last_word_on_a_confirmed_mail() -> None:
    _, ticket, kept, link = a_question()
    agent = acting(an_agent())
    change_state(actor=agent, now=AT, ticket_id=ticket.pk, verb=Verb.RESOLVE)
    late = AT + timedelta(days=6, hours=23)
    Ticket.objects.filter(pk=ticket.pk).update(state=State.CLOSED.value, closed_at=AT)
    page = press(Client(), link, "yes", now=late)
    kept.refresh_from_db()
    assert (kept.outcome, kept.reason, kept.handled) == ("refused", "ticket_closed", "confirmed")
    assert written(ticket) == []
    assert "já foi encerrado" in page
    assert Draft.objects.get(owner=ticket.opener).body == "Ainda falha."
    assert f"/chamados/abrir?rascunho={quote(draft_key(kept))}&amp;de={ticket.number}" in page


def test_r9_a_confirmed_new_mail_becomes_a_draft() -> None:
    customer, _, kept, link = a_question(subject="Não grava")
    page = press(Client(), link, "yes")
    kept.refresh_from_db()
    assert kept.outcome == Outcome.DRAFT
    assert Draft.objects.get(owner=customer.user, subject="Não grava").body == "Ainda falha."
    assert "rascunho" in page


def test_r9_somebody_elses_ticket_is_not_opened_by_a_yes() -> None:
    _, ticket = asked()
    other = a_customer()
    taken(a_mail(other.address, subject=about(ticket), auth="none"))
    run_pending(AT)
    [mail] = sent_to(other.address)
    link = re.search(r"(/foi-voce/\S+)", mail_text(mail))
    assert link
    page = press(signed_in(other.user), link[1], "yes")
    assert written(ticket) == []
    assert ticket.subject not in page


def test_r9_the_question_goes_out_once_a_day_for_each_ticket_and_recipient() -> None:
    customer, ticket = asked()
    colleague = a_colleague(customer)
    for minutes in (0, 5, 60 * 23):
        for address in (customer.address, colleague.address):
            raw = a_mail(address, subject=about(ticket), auth="fail")
            intake.receive(raw, now=AT + timedelta(minutes=minutes))
            run_pending(AT + timedelta(minutes=minutes))
    assert [len(sent_to(one.address)) for one in (customer, colleague)] == [1, 1]
    intake.receive(
        a_mail(customer.address, subject=about(ticket), auth="fail"), now=AT + timedelta(hours=25)
    )
    run_pending(AT + timedelta(hours=25))
    assert len(sent_to(customer.address)) == 2


def test_r9_a_mail_forged_in_somebodys_name_does_not_use_up_their_own_notice() -> None:
    customer, ticket = asked()
    Ticket.objects.filter(pk=ticket.pk).update(state=State.CLOSED.value, closed_at=AT)
    for subject in (about(ticket), "novo"):
        taken(a_mail(customer.address, subject=subject, auth="fail"))
    assert taken(a_mail(customer.address, subject="novo")).outcome == Outcome.DRAFT
    run_pending(AT)
    assert [mail.kind for mail in sent_to(customer.address, "notice")] == ["notice"]
    # Both stay capped: nothing more of either kind goes out on that day, whatever comes.
    before = Delivery.objects.filter(recipient=customer.address).count()
    for subject in (about(ticket), "novo", "outro"):
        for auth in ("pass", "fail"):
            taken(a_mail(customer.address, subject=subject, auth=auth))
    run_pending(AT)
    assert Delivery.objects.filter(recipient=customer.address).count() == before


def test_r9_when_no_registered_address_is_claimed_the_tickets_contact_is_told_once_a_day() -> None:
    customer, ticket = asked()
    before = Delivery.objects.count()
    forged = ["x@evil.example", "y@evil.example", "postmaster.x@evil.example"]
    for sender in forged:
        taken(a_mail(sender, subject=about(ticket), auth="fail"))
    taken(a_mail(customer.address, subject=about(ticket), from_line="From: a@b.c, d@e.f"))
    run_pending(AT)
    [mail] = sent_to(customer.address, "warned")
    assert Delivery.objects.count() == before + 1
    assert "não foi adicionada" in mail.subject
    assert "evil" not in mail.text


def test_r9_one_of_the_team_is_not_asked() -> None:
    customer, ticket = asked()
    agent = an_agent()
    address = agent.addresses.get().address
    taken(a_mail(address, subject=about(ticket), auth="fail"))
    run_pending(AT)
    assert sent_to(address) == []
    assert len(sent_to(customer.address, "warned")) == 1


def test_r9_silent_tells_nobody_but_the_owner_of_a_claimed_address() -> None:
    a_policy_in_force({"email.unregistered": "silent"})
    customer, ticket = asked()
    taken(a_mail("x@evil.example", subject=about(ticket), auth="fail"))
    taken(a_mail(customer.address, subject=about(ticket), auth="fail"))
    run_pending(AT)
    assert len(sent_to(customer.address)) == 1
    assert sent_to(customer.address, "warned") == []


def test_r9_bounce_returns_the_mail_of_a_proved_stranger_and_of_nobody_else() -> None:
    a_policy_in_force({"email.unregistered": "bounce"})
    customer, ticket = asked()
    for sender, auth in (("x@outra.example", "pass"), ("y@evil.example", "fail")):
        taken(a_mail(sender, subject=about(ticket), auth=auth))
    run_pending(AT)
    returned = sent_to("x@outra.example", "notice")
    assert [outgoing(mail).comes_back for mail in returned] == [True]
    assert b"multipart/report" in compose(outgoing(returned[0]))
    assert sent_to("y@evil.example") == []
    assert not any(outgoing(mail).comes_back for mail in sent_to(customer.address))


@pytest.mark.parametrize("many", [100, pytest.param(1000, marks=pytest.mark.stress)])
def test_d13_unknown_senders_cause_no_mail_to_themselves(many: int) -> None:
    """What goes out is the question and the warning, once each."""
    customer, ticket = asked()
    run_pending(AT)
    before = Delivery.objects.count()
    for n in range(many):
        sender = (f"x{n}@evil{n}.example", customer.address)[n % 10 == 0]
        subject = about(ticket) if n % 3 else "oi"
        taken(a_mail(sender, subject=subject, auth=("fail", "none", None)[n % 3]))
    run_pending(AT)
    assert Delivery.objects.filter(recipient__contains="evil").count() == 0
    # About the ticket, about no ticket, and no warning beside the question about the ticket.
    new = Delivery.objects.order_by("pk")[before:]
    assert {mail.recipient for mail in new} == {customer.address}
    assert len(new) <= 2
