"""What people are told of appointments, with files that two readers understand."""

import email
import re
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import icalendar
import pytest
import vobject
from django.conf import settings

from balcao.appointments import actions
from balcao.appointments.models import Appointment, Step
from balcao.appointments.queries import open_offer_of, ticket_by_link
from balcao.channels.models import Delivery
from balcao.events import queue
from balcao.people.models import User
from balcao.people.queries import primary_addresses
from balcao.policy.booking import Mode
from balcao.rulebook.queries import current
from balcao.tickets import actions as tickets
from tests.cast import NOW, Customer, a_customer, a_ticket, acting, an_agent, mail_text
from tests.cast_appointments import (
    HOUR,
    SLOT,
    a_booking,
    a_seller,
    an_offer,
    with_hours,
)
from tests.sales import a_sold_ticket

pytestmark = pytest.mark.usefixtures("installation")
DAY = timedelta(days=1)
LINK = re.compile(r"/horario/([\w-]+)")


class Scene:
    """A training of Ana's with Carla, offered by Sara."""

    def __init__(self, *, link: str = "") -> None:
        self.agent = with_hours(an_agent())
        self.seller = a_seller()
        self.customer: Customer = a_customer(with_contract=False, with_licence=False)
        self.ticket = a_sold_ticket(
            self.customer, kind="oneoff_training", service="remote_training"
        )
        mode = Mode.MEETING if link else Mode.REMOTE
        self.row = a_booking(self.ticket, self.agent, mode=mode, provider="Zoom", link=link)
        Appointment.objects.filter(pk=self.row.pk).update(offer=an_offer_of(self.row, self.seller))

    def mails(self, kind: str, to: User | None = None) -> list[Delivery]:
        queue.run_pending(NOW + 30 * DAY)
        address = primary_addresses([(to or self.customer.user).pk])
        rows = Delivery.objects.filter(kind=kind, recipient__in=address.values())
        return list(rows.order_by("pk"))


def an_offer_of(row: Appointment, seller: User) -> int:
    """As if ``seller`` had offered it."""
    type(row.offer).objects.filter(pk=row.offer_id).update(by=seller)
    return row.offer_id


def wire(delivery: Delivery) -> EmailMessage:
    """The mail as it left."""
    name = re.sub(r"[^A-Za-z0-9._-]", "_", delivery.mail_id.strip("<>"))
    raw = (Path(settings.DATA) / "mail" / f"{name}.eml").read_bytes()
    found = email.message_from_bytes(raw, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def event_of(delivery: Delivery) -> Any:
    (event,) = icalendar.Calendar.from_ical(delivery.calendar).walk("VEVENT")
    return event


def test_s42_the_customer_gets_the_times_and_a_link_to_choose_one() -> None:
    agent, customer = with_hours(an_agent()), a_customer()
    ticket = a_ticket(customer)
    an_offer(ticket, agent)
    queue.run_pending(NOW)
    mail = Delivery.objects.get(kind="times-offered", recipient=customer.address)
    text = mail_text(mail)
    assert "seg., 16/11/2026, 09:00 a 10:00" in text
    assert "(horário do Recife)" in text
    assert "Escolher horário" in text
    found = LINK.search(text)
    assert found
    link = ticket_by_link(found[1], now=NOW)
    assert link
    assert (link[0].id, link[1].pk, link[2]) == (customer.user.pk, ticket.pk, True)
    assert found[1] not in mail.text


@pytest.mark.parametrize("signs_in", [True, False])
def test_s29_no_mail_of_an_appointment_leads_a_buyer_without_sign_in_to_one(
    *, signs_in: bool
) -> None:
    scene = Scene()
    if not signs_in:
        scene.customer.user.set_unusable_password()
        scene.customer.user.save()
    an_offer(scene.ticket, scene.agent)
    (offered,), (agreed,) = scene.mails("times-offered")[-1:], scene.mails("appointment")
    place = f"/chamados/{scene.ticket.number}" if signs_in else "/avulso"
    for mail in (offered, agreed):
        assert re.search(rf"{place}\s", mail_text(mail))
        assert signs_in or "/chamados/" not in mail_text(mail)
    assert str(event_of(agreed)["url"]).endswith(place)


def test_an_offer_that_is_answered_when_the_job_runs_is_not_told_of() -> None:
    agent, customer = with_hours(an_agent()), a_customer()
    a_booking(a_ticket(customer), agent)
    queue.run_pending(NOW)
    assert not Delivery.objects.filter(kind="times-offered").exists()


def test_the_invitation_goes_to_the_customer_and_to_the_agent() -> None:
    scene = Scene(link="https://reuniao.example/abc")
    (mine,) = scene.mails("appointment")
    (theirs,) = scene.mails("appointment", scene.agent)
    assert mine.subject == "Treinamento marcado: 16/11/2026 às 09:00 (horário do Recife)"
    for mail in (mine, theirs):
        event = event_of(mail)
        assert "METHOD:REQUEST" in mail.calendar
        assert (str(event["uid"]), event["sequence"]) == (scene.row.uid, 0)
        assert event["dtstart"].dt == SLOT
        assert str(event["location"]) == "https://reuniao.example/abc"
        assert str(event["attendee"]) == f"mailto:{mail.recipient}"
        assert vobject.readOne(mail.calendar).vevent.dtend.value == SLOT + HOUR
    assert scene.customer.address not in theirs.calendar
    assert theirs.recipient not in mine.calendar


def test_r28_every_time_in_a_mail_says_whose_it_is() -> None:
    scene = Scene()
    (mail,) = scene.mails("appointment")
    assert "seg., 16/11/2026, 09:00 a 10:00 (horário do Recife)" in mail_text(mail)
    assert "16/11/2026 às 09:00 (horário do Recife)" in mail_text(mail)


@pytest.mark.parametrize(("left", "movable"), [(24, True), (23, False)])
def test_r28_no_mail_promises_a_move_that_is_no_longer_possible(left: int, movable: bool) -> None:
    Scene()
    queue.run_pending(SLOT - left * HOUR)
    mail = Delivery.objects.filter(kind="appointment").earliest("pk")
    text = mail_text(mail)
    assert ("Até 24 horas antes, você pode remarcar" in text) is movable
    assert ("Remarcar ou desmarcar" in text) is movable
    assert ("Para remarcar ou desmarcar, ligue para o comercial" in text) is not movable
    assert LINK.search(text)


def test_the_mail_carries_the_file_twice_and_says_its_method() -> None:
    scene = Scene()
    (mail,) = scene.mails("appointment")
    message = wire(mail)
    (part,) = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
    (file,) = message.iter_attachments()
    assert part.get_param("method") == "REQUEST"
    assert file.get_content_type() == "application/ics"
    assert file.get_filename() == "convite.ics"
    for content in (part.get_content(), file.get_content().decode()):
        assert vobject.readOne(content).vevent.uid.value == scene.row.uid


def test_moved_the_same_invitation_has_a_higher_sequence_and_sales_is_told() -> None:
    scene = Scene()
    actor = scene.customer.actor
    actions.reschedule(actor=actor, now=NOW, appointment_id=scene.row.pk, begins=SLOT + 2 * DAY)
    mine = scene.mails("appointment")
    assert mine[-1].subject == "Treinamento remarcado: 18/11/2026 às 09:00 (horário do Recife)"
    event = event_of(mine[-1])
    assert (str(event["uid"]), event["sequence"]) == (scene.row.uid, 1)
    (told,) = scene.mails("appointment-sales", scene.seller)
    assert "remarcado" in told.subject


def test_moved_by_sales_nobody_tells_sales() -> None:
    scene = Scene()
    actions.reschedule(
        actor=acting(scene.seller), now=NOW, appointment_id=scene.row.pk, begins=SLOT + DAY
    )
    assert scene.mails("appointment-sales", scene.seller) == []


def test_given_to_a_colleague_the_first_agent_is_let_go() -> None:
    scene = Scene()
    other = with_hours(an_agent(name="Davi Luz"))
    a_booking(scene.ticket, other, begins=SLOT + DAY)
    (off,) = scene.mails("appointment-off", scene.agent)
    assert "METHOD:CANCEL" in off.calendar
    assert scene.mails("appointment", other)


def test_called_off_it_leaves_both_calendars() -> None:
    scene = Scene()
    actions.cancel(actor=scene.customer.actor, now=NOW, appointment_id=scene.row.pk)
    for who in (scene.customer.user, scene.agent):
        (mail,) = scene.mails("appointment-off", who)
        event = event_of(mail)
        assert "METHOD:CANCEL" in mail.calendar
        assert (str(event["uid"]), event["sequence"]) == (scene.row.uid, 1)
        assert str(event["status"]) == "CANCELLED"
    assert scene.mails("appointment-sales", scene.seller)


def test_it_is_tomorrow_and_it_was_missed_are_told_to_the_customer() -> None:
    scene = Scene()
    actions.remind(SLOT - DAY)
    (near,) = scene.mails("appointment-near")
    assert near.subject == "Seu treinamento é amanhã às 09:00 (horário do Recife)"
    actions.miss(actor=acting(scene.agent), now=SLOT + HOUR, appointment_id=scene.row.pk)
    (missed,) = scene.mails("appointment-missed")
    assert missed.subject == "Sentimos sua falta: vamos remarcar?"
    (told,) = scene.mails("appointment-sales", scene.seller)
    assert told.subject.startswith("Ninguém compareceu")


def test_r28_the_second_time_it_says_that_it_counts_and_nothing_asks_if_it_worked() -> None:
    scene = Scene()
    agent = acting(scene.agent)
    actions.miss(actor=agent, now=SLOT + HOUR, appointment_id=scene.row.pk)
    again = a_booking(scene.ticket, scene.agent, begins=SLOT + 7 * DAY, now=SLOT + DAY)
    actions.miss(actor=agent, now=SLOT + 8 * DAY, appointment_id=again.pk)
    assert "conta como usado" in scene.mails("appointment-missed")[-1].subject
    assert scene.mails("resolved") == []


def test_s40_the_steps_are_asked_about_and_doubts_are_told_to_the_agent() -> None:
    scene = Scene()
    agent = acting(scene.agent)
    actions.set_steps(actor=agent, now=NOW, appointment_id=scene.row.pk, texts=["Cadastrar ramais"])
    (step,) = Step.objects.values_list("pk", flat=True)
    actions.attend(actor=agent, now=SLOT, appointment_id=scene.row.pk, done=(step,))
    (mail,) = scene.mails("appointment-steps")
    assert LINK.search(mail_text(mail))
    actions.confirm_steps(
        actor=scene.customer.actor,
        now=SLOT,
        appointment_id=scene.row.pk,
        steps=[],
        doubts="Como exporto?",
    )
    (told,) = scene.mails("doubts", scene.agent)
    assert "Como exporto?" in told.text


def test_without_steps_nothing_is_asked() -> None:
    scene = Scene()
    actions.attend(actor=acting(scene.agent), now=SLOT, appointment_id=scene.row.pk)
    assert scene.mails("appointment-steps") == []


def test_s42_who_offered_it_gets_a_list_of_what_falls_into_an_absence() -> None:
    scene = Scene()
    colleague = with_hours(an_agent(name="Davi Luz"))
    others = a_booking(a_ticket(a_customer()), colleague)
    tickets.announce_absence(
        actor=acting(scene.agent),
        now=NOW,
        user_id=scene.agent.pk,
        starts_at=SLOT - HOUR,
        ends_at=SLOT + 2 * HOUR,
    )
    (mail,) = scene.mails("appointment-away", scene.seller)
    text = mail_text(mail)
    assert "16/11/2026, 09:00" in text
    assert scene.customer.user.name in text
    assert others.contact.name not in text or others.contact.name == scene.customer.user.name
    assert "/mesa/agenda/ausencias" in text
    assert not scene.mails("appointment-off")
    actions.offer_instead(actor=acting(scene.seller), now=NOW, appointment_id=scene.row.pk, key="k")
    mail = scene.mails("times-offered")[-1]
    text = mail_text(mail)
    assert f"{scene.agent.name} não poderá comparecer" in text
    assert "continua seu" in text
    found = LINK.search(text)
    assert found
    offer = open_offer_of(scene.ticket, policy=current(), now=NOW)
    assert offer
    chosen = next(one for one in offer.free if one.agent_id == colleague.pk)
    link = ticket_by_link(found[1], now=NOW)
    assert link
    actions.book(actor=link[0], now=NOW, time_id=chosen.id, secret=found[1])
    event = event_of(scene.mails("appointment")[-1])
    assert (event["sequence"], event["dtstart"].dt) == (1, chosen.begins)
    (gone,) = scene.mails("appointment-off", scene.agent)
    assert "METHOD:CANCEL" in gone.calendar
    assert scene.mails("appointment", colleague)
