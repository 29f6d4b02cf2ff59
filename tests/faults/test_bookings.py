"""S42: many ask for one time of one agent at the same moment. Exactly one gets it."""

import pytest

from balcao.appointments import actions
from balcao.appointments.models import Appointment, BookedCell
from balcao.policy.booking import CELL
from tests.cast import NOW, a_customer, a_ticket, acting, an_agent
from tests.cast_appointments import HOUR, SLOT, an_offer, time_of, with_hours
from tests.cast_calls import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("installation"),
]


def _race(size: int, *, apart: bool) -> list[str]:
    """``size`` customers, each with an offer of the same time, or of one that overlaps it."""
    agent = with_hours(an_agent())
    offers = []
    for n in range(size):
        ticket = a_ticket(a_customer())
        begins = SLOT + (n % 4) * CELL if apart else SLOT
        offers.append((acting(ticket.opener), an_offer(ticket, agent, begins=[begins])))
    times = [time_of(offer) for _actor, offer in offers]

    def take(place: int) -> str:
        try:
            actions.book(actor=offers[place][0], now=NOW, time_id=times[place])
        except actions.Conflict as conflict:
            return conflict.code
        return "booked"

    done: list[str] = at_once(take, times=size)
    row = Appointment.objects.get(agent=agent)
    cells = BookedCell.objects.filter(agent=agent)
    assert cells.count() == 4
    assert set(cells.values_list("appointment", flat=True)) == {row.pk}
    return sorted(done)


@pytest.mark.parametrize("apart", [False, True])
def test_s42_of_fifty_who_take_one_time_at_once_exactly_one_gets_it(apart: bool) -> None:
    assert _race(50, apart=apart) == ["booked"] + ["taken"] * 49


def test_s42_one_offer_taken_in_many_windows_at_once_is_one_appointment() -> None:
    agent, customer = with_hours(an_agent()), a_customer()
    ticket = a_ticket(customer)
    offer = an_offer(ticket, agent, begins=[SLOT + n * HOUR for n in range(3)])
    actor, times = customer.actor, [time_of(offer, n) for n in range(3)]

    def take(place: int) -> str:
        try:
            actions.book(actor=actor, now=NOW, time_id=times[place % 3])
        except actions.Conflict as conflict:
            return conflict.code
        return "booked"

    done = at_once(take, times=12)
    assert sorted(done) == ["booked"] + ["offer_closed"] * 11
    assert Appointment.objects.filter(ticket=ticket).count() == 1
    assert BookedCell.objects.filter(agent=agent).count() == 4
