"""Time spent on a ticket: noted once, taken back once, and the ticket carries the sum."""

from datetime import timedelta

import pytest

from balcao.people.models import User
from balcao.policy.access import Role
from balcao.policy.acts import MAX_MINUTES
from balcao.policy.lifecycle import Verb
from balcao.tickets.actions import NotAllowed, log_time, remove_time
from balcao.tickets.models import Ticket, TimeSpent
from tests.cast import (
    NOW,
    a_customer,
    a_member_of_staff,
    a_queue,
    a_supervisor,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")

LATER = NOW + timedelta(hours=1)


def _log(ticket: Ticket, user: User, minutes: int, *, key: str = "1") -> int:
    actor = acting(user)
    return log_time(
        actor=actor, now=LATER, ticket_id=ticket.pk, minutes=minutes, note="Cabo", key=key
    ).pk


def _remove(time: int, user: User) -> None:
    remove_time(actor=acting(user), now=LATER, time_id=time)


def _sum(ticket: Ticket) -> int:
    kept = TimeSpent.objects.filter(ticket=ticket, removed_at=None)
    found = Ticket.objects.get(pk=ticket.pk).spent_minutes
    assert found == sum(kept.values_list("minutes", flat=True))
    return found


def test_the_ticket_carries_the_sum_of_what_was_noted_and_not_taken_back() -> None:
    ticket, agent, other = a_ticket(a_customer()), an_agent(), an_agent()
    first = _log(ticket, agent, 25)
    _log(ticket, other, 10, key="2")
    assert _log(ticket, agent, 25) == first, "sent twice is noted once"
    assert _sum(ticket) == 35
    for _ in range(2):
        _remove(first, agent)
    assert _sum(ticket) == 10


def test_time_starts_no_service_and_is_noted_after_the_end_too() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    _log(ticket, agent, 5)
    assert Ticket.objects.get(pk=ticket.pk).started_at is None
    an_answer(ticket, agent, then=Verb.RESOLVE)
    _log(ticket, agent, 15, key="2")
    assert _sum(ticket) == 20


def test_only_who_noted_it_or_a_supervisor_takes_it_back() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    time = _log(ticket, agent, 25)
    for stranger in (an_agent(), a_member_of_staff(Role.SALES)):
        with pytest.raises(NotAllowed):
            _remove(time, stranger)
    assert _sum(ticket) == 25
    _remove(time, a_supervisor())
    assert _sum(ticket) == 0
    with pytest.raises(NotAllowed):
        _remove(0, a_supervisor())


def test_b5_only_who_serves_the_queue_notes_time() -> None:
    ticket = a_ticket(a_customer())
    strangers = (
        an_agent(a_queue()),
        a_member_of_staff(Role.SALES),
        a_member_of_staff(Role.AUDITOR),
    )
    for stranger in strangers:
        with pytest.raises(NotAllowed):
            _log(ticket, stranger, 5)
    assert _sum(ticket) == 0


@pytest.mark.parametrize(
    ("minutes", "fits"), [(0, False), (1, True), (MAX_MINUTES, True), (MAX_MINUTES + 1, False)]
)
def test_time_is_a_minute_at_least_and_a_day_at_most(minutes: int, fits: bool) -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    if fits:
        assert _log(ticket, agent, minutes)
    else:
        with pytest.raises(NotAllowed):
            _log(ticket, agent, minutes)
    assert _sum(ticket) == (minutes if fits else 0)
