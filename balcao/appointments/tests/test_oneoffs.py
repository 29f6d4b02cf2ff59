"""Trainings and installations that were sold: submitted by a time, used by who comes."""

from datetime import timedelta

import pytest

from balcao.appointments import actions
from balcao.appointments.actions import Conflict
from balcao.appointments.models import Appointment
from balcao.appointments.queries import free_times, last_moment, minutes_for
from balcao.entitlements.models import LedgerEntry, PrepaidTicket
from balcao.events.models import Event
from balcao.policy.lifecycle import State
from balcao.policy.prepaid import ends_at
from balcao.rulebook.queries import current
from balcao.tickets.models import Deadline, Ticket
from tests.cast import NOW, a_customer, a_policy_in_force, a_ticket, acting, an_agent
from tests.cast_appointments import HOUR, SLOT, a_booking, an_offer, time_of, with_hours
from tests.sales import a_sold_ticket, described

pytestmark = pytest.mark.usefixtures("installation")
DAY = timedelta(days=1)
MONTHS = 360 * DAY


def a_training(kind: str = "oneoff_training") -> Ticket:
    service = "remote_training" if kind == "oneoff_training" else "remote_install"
    return a_sold_ticket(kind=kind, service=service)


def ledger(ticket: Ticket) -> list[str]:
    rows = LedgerEntry.objects.filter(prepaid=ticket.prepaid).order_by("place")
    return list(rows.values_list("entry", flat=True))


def state_of(ticket: Ticket) -> str:
    return Ticket.objects.values_list("state", flat=True).get(pk=ticket.pk)


@pytest.mark.parametrize("kind", ["oneoff_training", "oneoff_install"])
def test_s38_choosing_a_time_submits_it_and_coming_uses_it(kind: str) -> None:
    agent, ticket = with_hours(an_agent()), a_training(kind)
    row = a_booking(ticket, agent)
    assert ledger(ticket) == ["ordered", "sold", "submitted"]
    assert state_of(ticket) == State.SCHEDULED.value
    actions.attend(actor=acting(agent), now=SLOT, appointment_id=row.pk)
    assert ledger(ticket)[-1] == "consumed"
    assert state_of(ticket) == State.IN_SERVICE.value


@pytest.mark.parametrize("kind", ["oneoff_training", "oneoff_install"])
def test_s42_what_its_holder_writes_goes_to_sales_and_submits_nothing(kind: str) -> None:
    agent, ticket = with_hours(an_agent()), a_training(kind)
    described(ticket, body="Prefiro terça à tarde.", now=NOW)
    described(ticket, body="Obrigada!", now=NOW)
    assert state_of(ticket) == State.SOLD.value
    assert ledger(ticket) == ["ordered", "sold"]
    assert not Deadline.objects.filter(ticket=ticket).exists()
    wanted = Event.objects.filter(verb="ticket.time_wanted", subject_id=ticket.pk)
    assert wanted.count() == 1
    a_booking(ticket, agent)
    assert ledger(ticket) == ["ordered", "sold", "submitted"]


def test_r16_a_problem_is_submitted_by_what_its_holder_writes() -> None:
    ticket = a_sold_ticket()
    described(ticket, now=NOW)
    assert state_of(ticket) == State.OPEN.value
    assert Deadline.objects.filter(ticket=ticket).exists()
    assert not Event.objects.filter(verb="ticket.time_wanted", subject_id=ticket.pk).exists()


def test_a_problem_is_described_and_not_scheduled_before() -> None:
    agent, ticket = with_hours(an_agent()), a_sold_ticket()
    with pytest.raises(Conflict, match="state_changed"):
        an_offer(ticket, agent)


def test_r20_no_appointment_ends_after_the_last_day_of_the_one_off() -> None:
    agent, ticket = with_hours(an_agent()), a_training()
    assert ticket.prepaid
    assert ticket.prepaid.last_day
    later = NOW + MONTHS - DAY
    last = last_moment(ticket, policy=current())
    assert last == ends_at(ticket.prepaid.last_day, "America/Recife")
    (chance,) = free_times(ticket, policy=current(), now=later, agent_id=agent.pk)
    assert chance.times[-1].ends <= last < later + 60 * DAY
    after = chance.times[-1].begins + 7 * DAY
    with pytest.raises(Conflict, match="past_expiry"):
        an_offer(ticket, agent, begins=[after], now=later)


def test_r20_one_that_was_offered_is_not_moved_past_it_either() -> None:
    agent, ticket = with_hours(an_agent()), a_training()
    row = a_booking(ticket, agent)
    PrepaidTicket.objects.filter(ticket=ticket).update(last_day=SLOT.date())
    with pytest.raises(Conflict, match="past_expiry"):
        actions.reschedule(
            actor=acting(ticket.opener), now=NOW, appointment_id=row.pk, begins=SLOT + DAY
        )


def test_r28_missed_twice_it_counts_as_used_and_the_ticket_is_resolved() -> None:
    agent, ticket = with_hours(an_agent()), a_training()
    for week in range(2):
        begins = SLOT + 7 * week * DAY
        row = a_booking(
            Ticket.objects.get(pk=ticket.pk), agent, begins=begins, now=begins - 3 * DAY
        )
        actions.miss(actor=acting(agent), now=begins + HOUR, appointment_id=row.pk)
        used = week == 1
        assert ("consumed" in ledger(ticket)) is used
        assert state_of(ticket) == (State.RESOLVED if used else State.OPEN).value


def test_r28_a_ticket_that_is_no_one_off_is_never_used_up() -> None:
    agent = with_hours(an_agent())
    ticket = a_ticket(a_customer())
    for week in range(3):
        begins = SLOT + 7 * week * DAY
        row = a_booking(
            Ticket.objects.get(pk=ticket.pk), agent, begins=begins, now=begins - 3 * DAY
        )
        actions.miss(actor=acting(agent), now=begins + HOUR, appointment_id=row.pk)
    assert state_of(ticket) == State.OPEN.value


def test_called_off_it_is_submitted_still_and_can_be_booked_again() -> None:
    agent, ticket = with_hours(an_agent()), a_training()
    row = a_booking(ticket, agent)
    actions.cancel(actor=acting(ticket.opener), now=NOW, appointment_id=row.pk)
    assert ledger(ticket) == ["ordered", "sold", "submitted"]
    again = a_booking(Ticket.objects.get(pk=ticket.pk), agent, begins=SLOT + DAY)
    assert again.state == "booked"


def test_one_that_was_refunded_meanwhile_is_not_booked() -> None:
    agent, ticket = with_hours(an_agent()), a_training()
    offer = an_offer(ticket, agent)
    PrepaidTicket.objects.filter(ticket=ticket).update(last="refunded")
    with pytest.raises(Conflict, match="refused"):
        actions.book(actor=acting(ticket.opener), now=NOW, time_id=time_of(offer))
    assert not Appointment.objects.filter(ticket=ticket).exists()


def test_r28_more_people_than_the_policy_says_are_the_agents_to_give_with_a_reason() -> None:
    agent = with_hours(an_agent())
    first, second = a_training(), a_training()
    row = a_booking(first, agent)
    came = actions.Came(people=3)
    with pytest.raises(Conflict, match="too_many_people"):
        actions.attend(actor=acting(agent), now=SLOT, appointment_id=row.pk, came=came)
    assert ledger(first)[-1] == "submitted"
    said = actions.Came(people=3, reason=" Três turnos. ")
    row = actions.attend(actor=acting(agent), now=SLOT, appointment_id=row.pk, came=said)
    assert (row.state, row.people, row.people_reason) == ("attended", 3, "Três turnos.")
    a_policy_in_force({"training.people": 3})
    row = a_booking(second, agent, begins=SLOT + 2 * HOUR)
    row = actions.attend(actor=acting(agent), now=SLOT + 2 * HOUR, appointment_id=row.pk, came=came)
    assert (row.people, row.people_reason) == (3, "")


def test_r28_how_long_a_training_is_and_how_often_one_is_warned_is_the_policys() -> None:
    agent, ticket = with_hours(an_agent()), a_training()
    assert minutes_for(current()) == 60
    a_policy_in_force({"training.warnings": 0, "training.minutes": 90})
    assert minutes_for(current()) == 90
    (chance,) = free_times(ticket, policy=current(), now=NOW, agent_id=agent.pk)
    assert {one.ends - one.begins for one in chance.times} == {90 * HOUR / 60}
    row = a_booking(ticket, agent)
    actions.miss(actor=acting(agent), now=SLOT + HOUR, appointment_id=row.pk)
    assert ledger(ticket)[-1] == "consumed"
