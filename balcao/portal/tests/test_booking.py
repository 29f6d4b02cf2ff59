"""Choosing and moving a time, signed in and by the link of a mail."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from balcao.appointments import actions
from balcao.appointments.models import Appointment, Step
from balcao.policy.booking import Mode
from balcao.tickets import actions as tickets
from tests.cast import NOW, Customer, a_customer, a_ticket, acting, an_agent, signed_in
from tests.cast_appointments import (
    HOUR,
    SLOT,
    a_booking,
    a_booking_link,
    a_seller,
    an_offer,
    time_of,
    with_hours,
)

pytestmark = pytest.mark.usefixtures("installation")
DAY = timedelta(days=1)


class Scene:
    """Ana, with times to choose from."""

    def __init__(self) -> None:
        self.agent = with_hours(an_agent())
        self.customer: Customer = a_customer()
        self.ticket = a_ticket(self.customer)
        self.page = reverse("ticket_appointment", args=[self.ticket.number])

    def linked(self) -> str:
        secret = a_booking_link(self.ticket, self.customer.user)
        return reverse("appointment_link", args=[secret])

    def booked(self) -> Appointment:
        return Appointment.objects.get(ticket=self.ticket)


@pytest.fixture(autouse=True)
def _on_a_friday() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize("by_link", [False, True])
def test_s42_a_time_is_chosen_on_the_page_and_by_the_link(by_link: bool) -> None:
    scene = Scene()
    offer = an_offer(scene.ticket, scene.agent)
    address = scene.linked() if by_link else scene.page
    client = Client() if by_link else signed_in(scene.customer.user)
    shown = client.get(address).content.decode()
    assert "<span>09:00</span>" in shown
    answer = client.post(address, {"act": "choose", "time": time_of(offer)})
    assert answer.status_code == 302
    assert scene.booked().begins == SLOT
    after = client.get(answer["Location"]).content.decode()
    assert "Seu horário está marcado" in after
    assert "seg., 16/11/2026, 09:00 a 10:00" in after
    assert ("Este link já foi usado" in after) is by_link


def test_looking_at_the_link_changes_nothing_and_a_wrong_one_says_nothing() -> None:
    scene = Scene()
    an_offer(scene.ticket, scene.agent)
    address = scene.linked()
    for _ in range(2):
        answer = Client().get(address)
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
    lost = Client().get(reverse("appointment_link", args=["nada"]))
    assert lost.status_code == 404
    assert scene.ticket.number not in lost.content.decode()


def test_a_link_that_was_used_does_nothing_more() -> None:
    scene = Scene()
    offer = an_offer(scene.ticket, scene.agent)
    address = scene.linked()
    Client().post(address, {"act": "choose", "time": time_of(offer)})
    Client().post(address, {"act": "cancel"})
    assert scene.booked().state == "booked"


def test_a_time_that_was_taken_meanwhile_is_said_and_the_others_stay() -> None:
    scene, other = Scene(), a_ticket(a_customer())
    offer = an_offer(scene.ticket, scene.agent)
    a_booking(other, scene.agent)
    client = signed_in(scene.customer.user)
    answer = client.post(scene.page, {"act": "choose", "time": time_of(offer)})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "este horário foi ocupado" in text
    assert "<span>11:00</span>" in text


def test_nothing_chosen_is_asked_for() -> None:
    scene = Scene()
    an_offer(scene.ticket, scene.agent)
    answer = signed_in(scene.customer.user).post(scene.page, {"act": "choose"})
    assert answer.status_code == 422
    assert "Escolha um horário primeiro" in answer.content.decode()


def test_r28_moved_and_called_off_on_the_page_until_24_hours_before() -> None:
    scene = Scene()
    a_booking(scene.ticket, scene.agent)
    client = signed_in(scene.customer.user)
    shown = client.get(scene.page + "?remarcar=1").content.decode()
    found = re.search(r'name="begins" value="([^"]+)"', shown)
    assert found
    client.post(scene.page, {"act": "move", "begins": (SLOT + DAY).isoformat()})
    assert scene.booked().begins == SLOT + DAY
    with time_machine.travel(SLOT + HOUR):
        late = client.get(scene.page).content.decode()
        assert "Faltam menos de 24 horas" in late
        assert client.post(scene.page, {"act": "cancel"}).status_code == 409
    client.post(scene.page, {"act": "cancel"})
    assert scene.booked().state == "cancelled"


def test_a_moment_that_is_none_moves_nothing() -> None:
    scene = Scene()
    a_booking(scene.ticket, scene.agent)
    for begins in ("amanhã", "2026-11-17T09:00"):
        answer = signed_in(scene.customer.user).post(scene.page, {"act": "move", "begins": begins})
        assert answer.status_code == 422
    assert scene.booked().begins == SLOT


def test_s40_steps_are_confirmed_with_the_doubts_that_are_left() -> None:
    scene = Scene()
    row = a_booking(scene.ticket, scene.agent)
    agent = acting(scene.agent)
    actions.set_steps(
        actor=agent, now=NOW, appointment_id=row.pk, texts=["Cadastrar ramais", "Exportar"]
    )
    first, second = Step.objects.order_by("place").values_list("pk", flat=True)
    actions.attend(actor=agent, now=SLOT, appointment_id=row.pk, done=(first,))
    address = scene.linked()
    with time_machine.travel(SLOT + HOUR):
        shown = Client().get(address).content.decode()
        assert "Cadastrar ramais" in shown
        answer = Client().post(address, {"act": "confirm", "steps": [first], "doubts": "Exportar?"})
    assert answer.status_code == 302
    assert scene.booked().doubts == "Exportar?"
    assert Step.objects.get(pk=first).confirmed_at
    assert Step.objects.get(pk=second).confirmed_at is None


def test_r30_the_meetings_link_is_shown_to_whoever_comes() -> None:
    scene = Scene()
    link = "https://reuniao.example/abc"
    a_booking(scene.ticket, scene.agent, mode=Mode.MEETING, provider="Skype", link=link)
    text = signed_in(scene.customer.user).get(scene.page).content.decode()
    assert link in text
    assert "Reunião on-line (Skype)" in text


def test_without_times_it_says_so() -> None:
    scene = Scene()
    text = signed_in(scene.customer.user).get(scene.page).content.decode()
    assert "Ainda não há horários" in text


def test_s42_when_the_agent_will_be_away_it_is_said_and_another_time_may_be_taken_late() -> None:
    scene = Scene()
    with_hours(an_agent(name="Davi Luz"))
    row = a_booking(scene.ticket, scene.agent)
    client = signed_in(scene.customer.user)
    late = SLOT - 4 * HOUR
    tickets.announce_absence(
        actor=acting(scene.agent), now=NOW, user_id=scene.agent.pk, starts_at=SLOT, ends_at=None
    )
    assert "não poderá comparecer" not in client.get(scene.page).content.decode()
    offer = actions.offer_instead(actor=acting(a_seller()), now=NOW, appointment_id=row.pk, key="k")
    shown = client.get(scene.page).content.decode()
    assert f"{scene.agent.name} não poderá comparecer" in shown
    assert "continua seu até você escolher" in shown
    with time_machine.travel(late, tick=False):
        client = signed_in(scene.customer.user)
        answer = client.post(scene.page, {"act": "choose", "time": time_of(offer, 5)})
    assert answer.status_code == 302
    assert scene.booked().agent.name == "Davi Luz"


def test_the_request_leads_to_the_time() -> None:
    scene = Scene()
    a_booking(scene.ticket, scene.agent)
    page = reverse("ticket", args=[scene.ticket.number])
    text = signed_in(scene.customer.user).get(page).content.decode()
    assert scene.page in text
    assert "Agendado para seg., 16/11 às 09:00" in text


def test_the_request_says_that_there_are_times_while_there_are() -> None:
    scene = Scene()
    client, page = signed_in(scene.customer.user), reverse("ticket", args=[scene.ticket.number])
    assert "Temos horários para você" not in client.get(page).content.decode()
    offer = an_offer(scene.ticket, scene.agent)
    assert "Temos horários para você" in client.get(page).content.decode()
    client.post(scene.page, {"act": "choose", "time": time_of(offer)})
    assert "Temos horários para você" not in client.get(page).content.decode()
