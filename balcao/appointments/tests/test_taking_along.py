"""What a customer takes along of appointments, and how long these keep their words."""

import json
import zipfile
from datetime import timedelta

import pytest

from balcao.appointments import actions
from balcao.appointments.models import Appointment, Step
from balcao.events.models import Event
from balcao.events.queue import run_pending
from balcao.policy.booking import Mode
from balcao.tickets.actions import ask_export
from balcao.tickets.queries.exports import path_of
from tests.cast import NOW, Customer, a_customer, a_ticket, acting, an_agent
from tests.cast_appointments import HOUR, SLOT, a_booking, with_hours

pytestmark = pytest.mark.usefixtures("installation")
KEPT = timedelta(days=1825)
SECOND = timedelta(seconds=1)


def _held(customer: Customer, word: str, *, begins: timedelta = timedelta(0)) -> Appointment:
    """A meeting that took place; its customer said what is clear and what is not."""
    agent, at = with_hours(an_agent(name=f"Agente {word}")), SLOT + begins
    row = a_booking(
        a_ticket(customer),
        agent,
        begins=at,
        mode=Mode.MEETING,
        provider="Jitsi",
        link=f"https://meet.example/{word}",
    )
    actions.set_steps(actor=acting(agent), now=NOW, appointment_id=row.pk, texts=[f"Passo {word}"])
    steps = tuple(Step.objects.filter(appointment=row).values_list("pk", flat=True))
    actions.attend(actor=acting(agent), now=at, appointment_id=row.pk, done=steps)
    actions.confirm_steps(
        actor=customer.actor, now=at, appointment_id=row.pk, steps=steps, doubts=f"Resta {word}"
    )
    row.refresh_from_db()
    return row


def test_b3_a_copy_holds_my_appointments_with_their_words_and_nobody_elses() -> None:
    mine, other = a_customer(), a_customer()
    _held(mine, "MEU1")
    _held(other, "ALHEIO2")
    row = ask_export(actor=mine.actor, now=NOW)
    run_pending(NOW)
    with zipfile.ZipFile(path_of(row.pk)) as archive:
        found = {name: archive.read(name).decode() for name in archive.namelist()}
    [one] = json.loads(found["agendamentos.json"])
    assert one["begins"] == "2026-11-16 09:00:00-03:00"
    assert (one["how"], one["with"]) == ("Reunião on-line (Jitsi)", "Agente MEU1")
    assert one["link"] == "https://meet.example/MEU1"
    assert (one["steps"], one["clear"], one["doubts"]) == (["Passo MEU1"],) * 2 + ("Resta MEU1",)
    assert "ALHEIO2" not in "".join(found.values())


def test_an_appointment_keeps_its_words_for_the_time_of_tickets_after_its_end() -> None:
    customer = a_customer()
    first, second = _held(customer, "MEU1"), _held(customer, "MEU2", begins=2 * HOUR)
    assert actions.forget_words(first.ends + KEPT - SECOND) == 0
    assert [actions.forget_words(first.ends + KEPT) for _again in range(2)] == [1, 0]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.link, first.offer.link, first.doubts) == ("", "", "")
    assert (first.state, first.begins, first.contact) == ("attended", SLOT, customer.user)
    assert list(Step.objects.filter(appointment=first).values_list("text", flat=True)) == [""]
    assert (second.doubts, second.forgotten_at) == ("Resta MEU2", None)
    told = Event.objects.filter(verb="appointment.forgotten").values_list("subject_id", flat=True)
    assert list(told) == [first.pk]
