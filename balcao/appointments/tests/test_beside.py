"""Somebody is away at what was agreed on: other times are offered, and nothing is lost."""

from datetime import datetime, timedelta

import pytest

from balcao.appointments import actions
from balcao.appointments.actions import Conflict, NotAllowed
from balcao.appointments.models import Appointment, Offer
from balcao.appointments.queries import agent_is_away, beside_absences, open_offer_of
from balcao.people.models import User
from balcao.policy.booking import A_DAY, A_FEW, Mode
from balcao.rulebook.queries import current
from balcao.tickets import actions as tickets
from balcao.tickets.models import Absence
from tests.cast import NOW, a_customer, a_ticket, acting, an_agent
from tests.cast_appointments import HOUR, SLOT, a_booking, a_seller, time_of, with_hours

pytestmark = pytest.mark.usefixtures("installation")
DAY = timedelta(days=1)


def _away(agent: User, *, until: datetime | None = SLOT + 7 * DAY) -> Absence:
    return tickets.announce_absence(
        actor=acting(agent), now=NOW, user_id=agent.pk, starts_at=NOW, ends_at=until
    )


def _instead(row: Appointment, who: User, *, key: str = "k", now: datetime = NOW) -> Offer:
    return actions.offer_instead(
        actor=acting(who, now=now), now=now, appointment_id=row.pk, key=key
    )


def test_s42_what_falls_into_an_absence_is_listed_for_who_sees_the_agenda() -> None:
    agent, other, seller = with_hours(an_agent()), with_hours(an_agent()), a_seller()
    row = a_booking(a_ticket(a_customer()), agent)
    later = a_booking(a_ticket(a_customer()), agent, begins=SLOT + 14 * DAY)
    a_booking(a_ticket(a_customer()), other)
    assert not beside_absences(acting(seller), now=NOW)
    absence = _away(agent)
    found = beside_absences(acting(seller), now=NOW)
    assert [(one.id, offered) for one, offered in found] == [(row.pk, False)]
    assert agent_is_away(row.pk)
    assert not agent_is_away(later.pk)
    assert [one.id for one, _offered in beside_absences(acting(agent), now=NOW)] == [row.pk]
    assert not beside_absences(acting(other), now=NOW)
    tickets.end_absence(actor=acting(agent), now=NOW, absence_id=absence.pk)
    assert not beside_absences(acting(seller), now=NOW)


def test_s42_other_times_are_offered_and_what_is_booked_stays_until_one_is_chosen() -> None:
    agent, colleague = with_hours(an_agent()), with_hours(an_agent(name="Davi Luz"))
    seller, customer = a_seller(), a_customer()
    ticket = a_ticket(customer)
    link = "https://meet.example/1"
    row = a_booking(ticket, agent, mode=Mode.MEETING, provider="Jitsi", link=link)
    _away(agent)
    with pytest.raises(NotAllowed):
        _instead(row, customer.user)
    offers = [_instead(row, seller) for _again in range(2)]
    assert offers[0] == offers[1]
    offer = open_offer_of(ticket, policy=current(), now=NOW)
    assert offer
    assert (offer.mode, offer.provider, offer.minutes) == ("meeting", "Jitsi", 60)
    assert len(offer.times) == A_FEW
    assert {one.agent_id for one in offer.times} == {colleague.pk}
    days = [one.begins.date() for one in offer.times]
    assert max(days.count(day) for day in days) == A_DAY
    row.refresh_from_db()
    assert (row.state, row.begins, row.sequence) == ("booked", SLOT, 0)
    [(_listed, offered)] = beside_absences(acting(seller), now=NOW)
    assert offered
    moved = actions.book(actor=customer.actor, now=NOW, time_id=time_of(offers[0]))
    assert (moved.pk, moved.agent_id, moved.sequence) == (row.pk, colleague.pk, 1)
    assert not beside_absences(acting(seller), now=NOW)


def test_r28_it_is_never_too_late_to_leave_somebody_who_will_not_be_there() -> None:
    agent = with_hours(an_agent())
    with_hours(an_agent(name="Davi Luz"))
    customer, seller = a_customer(), a_seller()
    row = a_booking(a_ticket(customer), agent)
    late = SLOT - 23 * HOUR
    offer = _instead(row, seller)
    with pytest.raises(Conflict, match="too_late"):
        actions.book(actor=acting(customer.user, now=late), now=late, time_id=time_of(offer, 3))
    _away(agent, until=None)
    offer = _instead(row, seller, key="again", now=late)
    moved = actions.book(actor=acting(customer.user, now=late), now=late, time_id=time_of(offer))
    assert moved.agent_id != agent.pk


def test_where_nobody_is_free_it_is_said_and_nothing_changes() -> None:
    agent, seller = with_hours(an_agent()), a_seller()
    row = a_booking(a_ticket(a_customer()), agent)
    _away(agent, until=None)
    with pytest.raises(Conflict, match="no_times"):
        _instead(row, seller)
    actions.cancel(actor=acting(seller), now=NOW, appointment_id=row.pk)
    with pytest.raises(Conflict, match="state_changed"):
        _instead(row, seller)
