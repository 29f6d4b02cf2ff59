"""The agenda's pages: offering, attending, the week, working hours and the private calendar."""

import re
from collections.abc import Iterator
from datetime import timedelta

import icalendar
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from balcao.appointments import actions
from balcao.appointments.models import Appointment, Offer, Step, WorkingHours
from balcao.people.models import User
from balcao.policy.access import Role
from balcao.tickets import actions as tickets
from balcao.tickets.models import Ticket
from tests.cast import (
    NOW,
    a_customer,
    a_member_of_staff,
    a_policy_in_force,
    a_supervisor,
    a_ticket,
    acting,
    an_agent,
    signed_in,
)
from tests.cast_appointments import (
    HOUR,
    SLOT,
    a_booking,
    a_seller,
    an_offer,
    time_of,
    with_hours,
)
from tests.sales import a_sold_ticket

pytestmark = pytest.mark.usefixtures("installation")
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _on_a_friday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def page_of(ticket: Ticket) -> str:
    return reverse("desk_appointment", args=[ticket.number])


def offering(client: Client, ticket: Ticket, agent: User, **fields: object) -> object:
    shown = client.get(page_of(ticket)).content.decode()
    key = re.search(r'name="key" value="([0-9a-f]{32})"', shown)
    assert key
    data = {
        "act": "offer",
        "key": key[1],
        "minutes": 60,
        "agent": agent.pk,
        "mode": "remote",
        "times": [f"{agent.pk}|{SLOT.isoformat()}", f"{agent.pk}|{(SLOT + HOUR).isoformat()}"],
        **fields,
    }
    return client.post(page_of(ticket), data)


def test_s42_sales_offers_ticked_times_on_the_page() -> None:
    agent, ticket = with_hours(an_agent()), a_ticket(a_customer())
    client = signed_in(a_seller())
    shown = client.get(page_of(ticket)).content.decode()
    assert "seg., 16/11/2026" in shown
    answer = offering(client, ticket, agent)
    assert answer.status_code == 302  # type: ignore[attr-defined]
    offer = Offer.objects.get(ticket=ticket)
    assert offer.times.count() == 2
    after = client.get(page_of(ticket)).content.decode()
    assert "Oferecidos, ainda sem escolha" in after


def test_an_offer_without_times_or_a_meeting_without_link_keeps_what_was_typed() -> None:
    agent, ticket = with_hours(an_agent()), a_ticket(a_customer())
    client = signed_in(a_seller())
    none = offering(client, ticket, agent, times=["x|y"])
    assert none.status_code == 422  # type: ignore[attr-defined]
    answer = offering(client, ticket, agent, mode="meeting", provider="Zoom")
    text = answer.content.decode()  # type: ignore[attr-defined]
    assert "Informe o link da reunião" in text
    assert 'value="Zoom"' in text
    assert f'value="{agent.pk}|{SLOT.isoformat()}" checked' in text
    assert not Offer.objects.exists()


def test_a_time_taken_meanwhile_is_said() -> None:
    agent, ticket = with_hours(an_agent()), a_ticket(a_customer())
    a_booking(a_ticket(a_customer()), agent)
    answer = offering(signed_in(a_seller()), ticket, agent)
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert "este horário foi ocupado" in answer.content.decode()  # type: ignore[attr-defined]


def test_sales_books_for_the_customer_and_takes_an_offer_back() -> None:
    agent, ticket = with_hours(an_agent()), a_ticket(a_customer())
    client, offer = signed_in(a_seller()), an_offer(ticket, agent)
    client.post(page_of(ticket), {"act": "take", "time": time_of(offer)})
    assert Appointment.objects.get(ticket=ticket).begins == SLOT
    other = a_ticket(a_customer())
    an_offer(other, agent, begins=[SLOT + 3 * DAY])
    client.post(page_of(other), {"act": "withdraw"})
    assert Offer.objects.get(ticket=other).closed_at
    assert client.post(page_of(other), {"act": "take", "time": "1"}).status_code == 409


def test_s40_the_agent_notes_steps_attends_and_sees_what_was_confirmed() -> None:
    agent, customer = with_hours(an_agent()), a_customer()
    ticket = a_ticket(customer)
    row = a_booking(ticket, agent)
    client = signed_in(agent)
    client.post(page_of(ticket), {"act": "steps", "texts": "Cadastrar ramais\n\nExportar\n"})
    assert list(Step.objects.order_by("place").values_list("text", flat=True)) == [
        "Cadastrar ramais",
        "Exportar",
    ]
    ids = list(Step.objects.order_by("place").values_list("pk", flat=True))
    with time_machine.travel(SLOT + HOUR):
        client.post(page_of(ticket), {"act": "attend", "steps": [ids[0], "999"]})
    row.refresh_from_db()
    assert row.state == "attended"
    actions.confirm_steps(
        actor=customer.actor, now=SLOT, appointment_id=row.pk, steps=ids[:1], doubts="E depois?"
    )
    text = client.get(page_of(ticket)).content.decode()
    assert "E depois?" in text
    assert "confirmada pelo cliente" in text


def test_r28_who_came_to_a_training_is_counted_and_more_than_it_is_for_explained() -> None:
    agent = with_hours(an_agent())
    ticket = a_sold_ticket(kind="oneoff_training", service="remote_training")
    row, client = a_booking(ticket, agent), signed_in(agent)
    actions.set_steps(actor=acting(agent), now=NOW, appointment_id=row.pk, texts=["Exportar"])
    step = Step.objects.get().pk
    with time_machine.travel(SLOT + HOUR):
        assert "60 minutos, 1 pessoa" in client.get(page_of(ticket)).content.decode()
        typed = {"act": "attend", "people": "4", "reason": "", "steps": [step]}
        answer = client.post(page_of(ticket), typed)
        shown = answer.content.decode()
        assert answer.status_code == 409
        assert "diga por que participaram" in shown
        assert re.search(r'name="people"[^>]*value="4"|value="4"[^>]*name="people"', shown)
        assert re.search(r"<input[^>]*checked", shown)
        client.post(page_of(ticket), {**typed, "reason": "A equipe da loja."})
    row.refresh_from_db()
    assert (row.people, row.people_reason) == (4, "A equipe da loja.")
    text = client.get(page_of(ticket)).content.decode()
    assert "4 pessoas participaram: A equipe da loja." in text


def test_r30_meetings_are_held_with_what_the_policy_names() -> None:
    with_hours(an_agent())
    ticket, client = a_ticket(a_customer()), signed_in(a_seller())
    assert '<option value="Skype">' in client.get(page_of(ticket)).content.decode()
    a_policy_in_force({"meeting.providers": ["Sala 3"]})
    text = client.get(page_of(ticket)).content.decode()
    assert '<option value="Sala 3">' in text
    assert "Skype" not in text


def test_r28_before_somebody_is_said_to_have_missed_it_what_follows_is_said() -> None:
    agent, ticket = with_hours(an_agent()), a_ticket(a_customer())
    a_booking(ticket, agent)
    client = signed_in(agent)
    with time_machine.travel(SLOT + HOUR):
        assert "Não conta como usado" in client.get(page_of(ticket)).content.decode()
        client.post(page_of(ticket), {"act": "miss"})
    assert Appointment.objects.get(ticket=ticket).state == "missed"


def test_who_neither_offers_nor_attends_has_no_such_page() -> None:
    ticket = a_ticket(a_customer())
    for who in (a_member_of_staff(Role.AUDITOR), a_member_of_staff(Role.ADMINISTRATOR)):
        assert signed_in(who).get(page_of(ticket)).status_code in (403, 404)
    agent = with_hours(an_agent())
    answer = signed_in(agent).post(page_of(ticket), {"act": "cancel"})
    assert answer.status_code == 409


def test_an_agent_does_not_call_off_and_sales_does() -> None:
    agent, ticket = with_hours(an_agent()), a_ticket(a_customer())
    a_booking(ticket, agent)
    assert signed_in(agent).post(page_of(ticket), {"act": "cancel"}).status_code == 403
    signed_in(a_seller()).post(page_of(ticket), {"act": "cancel"})
    assert Appointment.objects.get(ticket=ticket).state == "cancelled"


def test_the_ticket_offers_the_page_to_sales() -> None:
    ticket = a_ticket(a_customer())
    text = signed_in(a_seller()).get(reverse("desk_ticket", args=[ticket.number])).content.decode()
    assert page_of(ticket) in text


def test_a_list_says_for_when_a_ticket_is_scheduled() -> None:
    agent, customer = with_hours(an_agent()), a_customer()
    a_booking(a_ticket(customer), agent)
    pages = (
        (signed_in(agent), f"{reverse('desk_queue')}?v=agendados"),
        (signed_in(customer.user), reverse("tickets")),
    )
    for client, address in pages:
        assert "Agendado para 16/11" in client.get(address).content.decode()


def test_the_week_is_everybodys_for_sales_and_ones_own_for_an_agent() -> None:
    mine, other = with_hours(an_agent()), with_hours(an_agent(name="Davi Luz"))
    both_of = [a_ticket(a_customer()), a_ticket(a_customer())]
    a_booking(both_of[0], mine)
    a_booking(both_of[1], other)
    address = f"{reverse('desk_agenda')}?dia=2026-11-16"
    both = signed_in(a_seller()).get(address).content.decode()
    own = signed_in(mine).get(address).content.decode()
    only = signed_in(a_seller()).get(f"{address}&quem={other.pk}").content.decode()
    pages = [page_of(ticket) for ticket in both_of]
    assert [page in both for page in pages] == [True, True]
    assert [page in own for page in pages] == [True, False]
    assert [page in only for page in pages] == [False, True]


def test_an_auditor_reads_the_week_and_goes_on_to_the_ticket() -> None:
    agent, ticket = with_hours(an_agent()), a_ticket(a_customer())
    a_booking(ticket, agent)
    client = signed_in(a_member_of_staff(Role.AUDITOR))
    text = client.get(f"{reverse('desk_agenda')}?dia=2026-11-16").content.decode()
    assert page_of(ticket) not in text
    assert reverse("desk_ticket", args=[ticket.number]) in text


def test_an_agent_who_is_away_then_is_said_to_be() -> None:
    agent = with_hours(an_agent())
    a_booking(a_ticket(a_customer()), agent)
    address = f"{reverse('desk_agenda')}?dia=2026-11-16"
    client = signed_in(a_seller())
    assert "O agente está ausente" not in client.get(address).content.decode()
    tickets.announce_absence(
        actor=acting(agent), now=NOW, user_id=agent.pk, starts_at=SLOT - HOUR, ends_at=None
    )
    assert "O agente está ausente" in client.get(address).content.decode()


@pytest.mark.parametrize("day", ["", "0001-01-01", "9999-12-31", "amanhã"])
def test_any_day_has_a_week(day: str) -> None:
    answer = signed_in(a_seller()).get(f"{reverse('desk_agenda')}?dia={day}")
    assert answer.status_code == 200


@pytest.mark.parametrize("count", [1, 12])
def test_a_week_takes_no_statement_for_each_appointment(
    count: int, django_assert_max_num_queries: object
) -> None:
    agent = with_hours(an_agent())
    for place in range(count):
        a_booking(a_ticket(a_customer()), agent, begins=SLOT + (place % 3 + place // 3 * 24) * HOUR)
    client = signed_in(agent)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get(f"{reverse('desk_agenda')}?dia=2026-11-16")


def test_hours_are_typed_by_day_and_half_a_period_is_said() -> None:
    agent = an_agent()
    client, page = signed_in(agent), reverse("desk_agenda_hours")
    answer = client.post(page, {"from_0_0": "09:00", "until_0_0": "12:00"})
    assert answer.status_code == 302
    row = WorkingHours.objects.get(agent=agent)
    assert (row.weekday, row.start, row.end) == (0, 540, 720)
    assert 'value="09:00"' in client.get(page).content.decode()
    wrong = client.post(page, {"from_1_0": "13:00", "until_0_0": "12:00"})
    assert wrong.status_code == 422
    assert 'value="13:00"' in wrong.content.decode()
    assert WorkingHours.objects.filter(agent=agent).count() == 1


def test_a_supervisor_keeps_a_colleagues_hours_and_an_agent_does_not() -> None:
    agent = an_agent()
    page = reverse("desk_agenda_hours_of", args=[agent.pk])
    data = {"from_0_0": "09:00", "until_0_0": "12:00"}
    assert signed_in(an_agent(name="Davi Luz")).post(page, data).status_code == 403
    assert signed_in(a_supervisor()).post(page, data).status_code == 302
    assert WorkingHours.objects.filter(agent=agent).exists()
    nobody = reverse("desk_agenda_hours_of", args=[a_customer().user.pk])
    assert signed_in(a_supervisor()).get(nobody).status_code == 403


def test_the_private_calendar_shows_when_and_nobodys_name_or_words() -> None:
    agent, customer = with_hours(an_agent()), a_customer(name="Rute Alves")
    ticket = a_ticket(customer, subject="Segredo do cliente")
    a_booking(ticket, agent)
    made = signed_in(agent).post(reverse("desk_agenda_feed"), {"act": "make"})
    found = re.search(r"/mesa/agenda/[\w-]+\.ics", made.content.decode())
    assert found
    answer = Client().get(found[0])
    assert answer["Content-Type"].startswith("text/calendar")
    (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["dtstart"].dt == SLOT  # type: ignore[union-attr]
    text = answer.content.decode()
    for word in ("Segredo", "Rute", customer.address, customer.organisation.name):
        assert word not in text
    signed_in(agent).post(reverse("desk_agenda_feed"), {"act": "drop"})
    assert Client().get(found[0]).status_code == 404


def test_a_feed_ends_with_its_owners_access() -> None:
    agent = with_hours(an_agent())
    secret = actions.make_feed(actor=acting(agent), now=NOW)
    User.objects.filter(pk=agent.pk).update(is_active=False)
    assert Client().get(reverse("agenda_feed", args=[secret])).status_code == 404


def test_s42_sales_offers_other_times_for_what_falls_into_an_absence_with_one_press() -> None:
    agent, seller = with_hours(an_agent()), signed_in(a_seller())
    ticket = a_ticket(a_customer())
    row = a_booking(ticket, agent)
    here = reverse("desk_agenda_away")
    assert "Nada está marcado" in seller.get(here).content.decode()
    tickets.announce_absence(
        actor=acting(agent), now=NOW, user_id=agent.pk, starts_at=SLOT, ends_at=SLOT + DAY
    )
    page = seller.get(here).content.decode()
    assert ticket.opener.name in page
    assert here in seller.get(reverse("desk_agenda")).content.decode()
    assert seller.post(here, {"appointment": "0"}).status_code == 409
    key = re.search(r'name="key" value="([0-9a-f]{32})"', page)
    assert key
    for _again in range(2):
        answer = seller.post(here, {"appointment": row.pk, "key": key[1]})
        assert answer.status_code == 302
    assert Offer.objects.filter(ticket=ticket).count() == 2
    assert "ainda não escolhidos" in seller.get(here).content.decode()
    assert signed_in(agent).get(here).status_code == 403
    WorkingHours.objects.all().delete()
    answer = seller.post(here, {"appointment": row.pk})
    assert answer.status_code == 409
    assert "ligue para o cliente" in answer.content.decode()
