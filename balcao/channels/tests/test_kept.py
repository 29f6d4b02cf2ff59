"""Kept mail: who may put it on a ticket, and against which rules; thrown away, and let go of."""

from datetime import timedelta

import pytest
from django.conf import LazySettings

from balcao.channels import kept
from balcao.channels.actions import kept as actions
from balcao.channels.models import Delivery, Handled, Inbound, Outcome
from balcao.channels.queries import kept as queries
from balcao.channels.tests.mails import (
    HOUR,
    a_mail,
    about,
    asked,
    taken,
    trust_our_server,
    with_file,
)
from balcao.events.models import Event
from balcao.events.queue import run_pending
from balcao.files.models import StoredFile
from balcao.files.queries import path_of
from balcao.people import actions as people
from balcao.people.models import Address
from balcao.policy.access import SYSTEM, Role
from balcao.tickets.actions import Conflict, NotAllowed, Refused, release_mail
from balcao.tickets.models import Attachment, Message, Ticket
from balcao.tickets.queries import NotFound
from tests.cast import NOW, Customer, a_colleague, a_customer, a_member_of_staff, a_ticket, acting

pytestmark = pytest.mark.usefixtures("installation")
LATER = NOW + 3 * HOUR
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _ours(settings: LazySettings) -> None:
    trust_our_server(settings)


def _personal(ticket: Ticket) -> Inbound:
    raw = with_file(a_mail("ana.pessoal@gmail.example", subject=about(ticket)), "foto.txt", b"oi")
    return Inbound.objects.get(pk=taken(raw).inbound)


def _forged(customer: Customer, ticket: Ticket) -> Inbound:
    raw = a_mail(customer.address, subject=about(ticket), auth=None)
    return Inbound.objects.get(pk=taken(raw).inbound)


def test_s9_r9_the_team_puts_a_personal_mail_on_its_ticket_with_a_reason_on_record() -> None:
    _customer, ticket = asked()
    row, boss = _personal(ticket), acting(a_member_of_staff(Role.SUPERVISOR))
    found = kept.ask(actor=boss, now=LATER, inbound_id=row.pk, number=ticket.number)
    assert (found.decision.reason, found.vouched) == ("other_address", True)
    with pytest.raises(Conflict, match="no_reason"):
        kept.release(actor=boss, now=LATER, inbound_id=row.pk, number=ticket.number, note=" ")
    assert Message.objects.filter(ticket=ticket, door="email").count() == 0
    message = kept.release(
        actor=boss, now=LATER, inbound_id=row.pk, number=ticket.number, note="Ligou e confirmou."
    )
    assert (message.kind, message.door, message.author) == ("customer", "email", None)
    assert message.author_name == "ana.pessoal@gmail.example"
    assert message.body == "Ainda falha."
    assert Attachment.objects.filter(message=message).count() == 1
    row.refresh_from_db()
    assert (row.outcome, row.handled, row.message_id) == ("appended", "attached", message.pk)
    assert (row.note, row.overridden) == ("Ligou e confirmou.", ["S8", "S9", "S10"])
    assert row.handled_by_id == boss.id
    event = Event.objects.get(verb="ticket.mail_released")
    assert (event.actor_id, event.data["rules"]) == (boss.id, ["S8", "S9", "S10"])
    ticket.refresh_from_db()
    assert ticket.state == "in_service"


def test_o2_of_two_who_press_at_once_one_puts_it_there() -> None:
    customer, ticket = asked()
    other = a_ticket(customer)
    row, done, codes = _personal(ticket), [], []
    for number in (ticket.number, ticket.number, other.number):
        boss = acting(a_member_of_staff(Role.SUPERVISOR))
        try:
            kept.release(actor=boss, now=LATER, inbound_id=row.pk, number=number, note="Sim.")
            done.append(number)
        except Conflict as conflict:
            codes.append(conflict.code)
    assert (done, codes) == ([ticket.number], ["state_changed"] * 2)
    assert Message.objects.filter(ticket__in=[ticket, other], door="email").count() == 1


def test_o2_whoever_looked_before_the_other_pressed_writes_nothing() -> None:
    customer, ticket = asked()
    other, row = a_ticket(customer), _personal(ticket)
    boss = acting(a_member_of_staff(Role.SUPERVISOR))
    settle = kept._settle(row, Handled.ATTACHED, "Sim.", actor=boss, now=LATER)
    mail = kept._mail(kept._open(row, other), other, now=LATER)
    kept.release(actor=boss, now=LATER, inbound_id=row.pk, number=ticket.number, note="Sim.")
    with pytest.raises(Conflict, match="state_changed"):
        release_mail(
            actor=boss, now=LATER, ticket_id=other.pk, mail=mail, note="Sim.", settle=settle
        )
    assert not Message.objects.filter(ticket=other, door="email").exists()


def test_r9_what_the_gate_allows_now_needs_no_reason_and_overrides_nothing() -> None:
    customer, ticket = asked()
    row = _forged(customer, ticket)
    Inbound.objects.filter(pk=row.pk).update(auth="aligned")
    boss = acting(a_member_of_staff(Role.SUPERVISOR))
    message = kept.release(actor=boss, now=LATER, inbound_id=row.pk, number=ticket.number)
    assert message.author_id == customer.user.pk
    row.refresh_from_db()
    assert row.overridden == []


def test_r5_a_closed_ticket_stays_closed_whoever_vouches() -> None:
    _customer, ticket = asked()
    row, boss = _personal(ticket), acting(a_member_of_staff(Role.SUPERVISOR))
    Ticket.objects.filter(pk=ticket.pk).update(state="closed")
    with pytest.raises(Refused):
        kept.release(actor=boss, now=LATER, inbound_id=row.pk, number=ticket.number, note="Sim.")
    row.refresh_from_db()
    assert row.handled == ""


@pytest.mark.parametrize("role", [Role.AGENT, Role.SALES, Role.ADMINISTRATOR, Role.AUDITOR])
def test_m1_only_a_supervisor_releases_kept_mail(role: Role) -> None:
    _customer, ticket = asked()
    row, who = _personal(ticket), acting(a_member_of_staff(role))
    with pytest.raises((NotAllowed, NotFound)):
        kept.release(actor=who, now=LATER, inbound_id=row.pk, number=ticket.number, note="Sim.")
    for act in (actions.discard, actions.bring_back, actions.tell_contact):
        with pytest.raises(NotAllowed):
            act(actor=who, now=LATER, inbound_id=row.pk)
    row.refresh_from_db()
    assert row.handled == ""


def test_r9_thrown_away_it_waits_no_more_and_comes_back_until_its_time_is_over() -> None:
    _customer, ticket = asked()
    row, boss = _personal(ticket), acting(a_member_of_staff(Role.SUPERVISOR))
    waiting = queries.kept(boss, Outcome.REFUSED)
    assert waiting.count() == 1
    actions.discard(actor=boss, now=LATER, inbound_id=row.pk)
    assert waiting.count() == 0
    with pytest.raises(Conflict):
        actions.discard(actor=boss, now=LATER, inbound_id=row.pk)
    actions.bring_back(actor=boss, now=LATER, inbound_id=row.pk)
    assert waiting.count() == 1
    actions.discard(actor=boss, now=LATER, inbound_id=row.pk)
    assert actions.purge(LATER + 30 * DAY) == 1
    with pytest.raises(Conflict):
        actions.bring_back(actor=boss, now=LATER, inbound_id=row.pk)


def test_r9_kept_mail_goes_on_its_day_and_leaves_only_codes() -> None:
    _customer, ticket = asked()
    row = _personal(ticket)
    assert row.raw_id
    path = path_of(row.raw_id)
    assert path.exists()
    assert actions.purge(row.received_at + 30 * DAY - timedelta(seconds=1)) == 0
    assert actions.purge(row.received_at + 30 * DAY) == 1
    assert actions.purge(row.received_at + 30 * DAY) == 0
    assert not path.exists()
    assert not StoredFile.objects.filter(pk=row.raw_id).exists()
    row.refresh_from_db()
    assert (row.sender, row.subject, row.mail_id, row.evidence) == ("", "", "", {})
    assert (row.outcome, row.reason, row.rules) == ("refused", "other_address", ["S8", "S9", "S10"])
    boss = acting(a_member_of_staff(Role.SUPERVISOR))
    assert queries.kept(boss, Outcome.REFUSED).count() == 0
    with pytest.raises(kept.Lost):
        kept.ask(actor=boss, now=LATER, inbound_id=row.pk, number=ticket.number)


def test_the_original_of_what_became_a_message_goes_later_and_its_words_stay() -> None:
    customer, ticket = asked()
    result = taken(a_mail(customer.address, subject=about(ticket)))
    row = Inbound.objects.get(pk=result.inbound)
    assert result.outcome == "appended"
    assert actions.purge(row.received_at + 364 * DAY) == 0
    assert actions.purge(row.received_at + 365 * DAY) == 1
    row.refresh_from_db()
    assert (row.raw_id, row.sender) == (None, customer.address)


def test_d13_the_customer_is_told_once_a_day_for_each_ticket() -> None:
    customer, ticket = asked()
    boss = acting(a_member_of_staff(Role.SUPERVISOR))
    first, second = _forged(customer, ticket), _personal(ticket)
    with pytest.raises(Conflict, match="told_lately"):  # "Foi você?" went to the same address
        actions.tell_contact(actor=boss, now=LATER, inbound_id=first.pk)
    actions.tell_contact(actor=boss, now=LATER + DAY, inbound_id=first.pk)
    with pytest.raises(Conflict, match="told_lately"):
        actions.tell_contact(actor=boss, now=LATER + DAY + 23 * HOUR, inbound_id=second.pk)
    actions.tell_contact(actor=boss, now=LATER + 2 * DAY, inbound_id=second.pk)
    run_pending(LATER + 2 * DAY)
    told = Delivery.objects.filter(kind="warned", ticket=ticket)
    assert {row.recipient for row in told} == {customer.address}
    assert told.count() == 2
    assert Event.objects.filter(verb="mail.contact_told").count() == 2


def test_r9_the_owner_of_a_claimed_address_is_told_of_a_mail_without_a_ticket() -> None:
    customer = a_customer()
    boss = acting(a_member_of_staff(Role.SUPERVISOR))
    first, second = (taken(a_mail(customer.address, auth=None)).inbound for _each in range(2))
    with pytest.raises(NotAllowed):
        actions.tell_contact(actor=customer.actor, now=LATER + DAY, inbound_id=first)
    with pytest.raises(Conflict, match="told_lately"):  # "Foi você?" went to the same address
        actions.tell_contact(actor=boss, now=LATER, inbound_id=first)
    actions.tell_contact(actor=boss, now=LATER + DAY, inbound_id=first)
    with pytest.raises(Conflict, match="told_lately"):
        actions.tell_contact(actor=boss, now=LATER + DAY + 23 * HOUR, inbound_id=second)
    run_pending(LATER + DAY)
    told = Delivery.objects.get(kind="warned")
    assert (told.recipient, told.user_id, told.ticket) == (customer.address, customer.user.pk, None)
    assert Inbound.objects.get(pk=first).handled == Handled.TOLD
    assert Inbound.objects.get(pk=second).handled == ""
    event = Event.objects.get(verb="mail.contact_told")
    assert event.data == {"ticket": None, "person": customer.user.pk}


def test_d13_nothing_is_ever_told_to_an_address_that_no_customer_registered() -> None:
    boss = acting(a_member_of_staff(Role.SUPERVISOR))
    staffs = Address.objects.get(user=boss.id).address
    unclear = "From: a@cliente.example, b@cliente.example"
    for raw in (
        a_mail("estranho@fora.example", auth=None),
        a_mail(staffs, auth=None),
        a_mail(a_customer().address, from_line=unclear),
    ):
        row = Inbound.objects.get(pk=taken(raw).inbound)
        assert queries.reached_by(boss, row.pk) is None
        with pytest.raises(Conflict, match="nobody"):
            actions.tell_contact(actor=boss, now=LATER + DAY, inbound_id=row.pk)
        row.refresh_from_db()
        assert row.handled == ""
    run_pending(LATER + DAY)
    assert not Delivery.objects.filter(kind="warned").exists()


def test_r9_a_companys_administrator_confirms_what_only_lacked_proof_and_no_other_address() -> None:
    customer, ticket = asked()
    admin = a_colleague(customer, is_admin=True).actor
    forged, personal = _forged(customer, ticket), _personal(ticket)
    assert kept.may_confirm(actor=admin, now=LATER, inbound_id=forged.pk)
    for act in (kept.may_confirm, kept.confirm):
        with pytest.raises(NotFound):
            act(actor=admin, now=LATER, inbound_id=personal.pk)
    message = kept.confirm(actor=admin, now=LATER, inbound_id=forged.pk)
    assert (message.author_id, message.ticket_id) == (customer.user.pk, ticket.pk)
    forged.refresh_from_db()
    assert (forged.handled, forged.handled_by_id) == ("confirmed", admin.id)
    with pytest.raises(NotFound):
        kept.confirm(actor=admin, now=LATER, inbound_id=forged.pk)


def test_b1_kept_mail_is_for_the_organisation_of_its_ticket_and_no_other() -> None:
    customer, ticket = asked()
    ours = a_colleague(customer, is_admin=True).actor
    theirs = a_colleague(a_customer(), is_admin=True).actor
    named, unnamed = _forged(customer, ticket), taken(a_mail(customer.address, auth=None)).inbound
    foreign = _forged(customer, a_ticket(a_customer()))
    assert set(queries.companys(ours).values_list("pk", flat=True)) == {named.pk, unnamed}
    assert not queries.companys(theirs).exists()
    for who, pk in ((theirs, named.pk), (theirs, unnamed), (ours, foreign.pk)):
        with pytest.raises(NotFound):
            queries.companys_for(who, pk)
        with pytest.raises(NotFound):
            kept.confirm(actor=who, now=LATER, inbound_id=pk)
    assert not queries.companys(customer.actor).exists()


def test_b1_who_acts_for_two_companies_is_no_administrators_to_read() -> None:
    customer = a_customer()
    admin = a_colleague(customer, is_admin=True).actor
    other = a_customer()
    people.join(actor=SYSTEM, now=NOW, user=customer.user, organisation=other.organisation)
    taken(a_mail(customer.address, auth=None))
    assert not queries.companys(admin).exists()
