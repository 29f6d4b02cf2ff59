"""Colleagues who follow a ticket (R8)."""

import pytest

from balcao.events.models import Event
from balcao.people import actions as people
from balcao.policy.access import SYSTEM
from balcao.policy.lifecycle import Verb
from balcao.tickets.actions import (
    Conflict,
    NotAllowed,
    change_state,
    customer_message,
    include,
    staff_reply,
    take_out,
)
from balcao.tickets.models import Ticket
from balcao.tickets.queries import followers_of, get_own
from balcao.tickets.queries.access import NotFound
from tests.cast import (
    NOW,
    Customer,
    a_colleague,
    a_customer,
    a_queue,
    a_ticket,
    acting,
    an_agent,
)

pytestmark = pytest.mark.usefixtures("installation")


def _include(who: Customer, ticket: Ticket, whom: Customer) -> None:
    include(actor=who.actor, now=NOW, ticket_id=ticket.pk, person_id=whom.user.pk)


def _take_out(who: Customer, ticket: Ticket, whom: Customer) -> None:
    take_out(actor=who.actor, now=NOW, ticket_id=ticket.pk, person_id=whom.user.pk)


def test_r8_a_colleague_who_writes_on_the_ticket_follows_it_and_its_opener_stays_as_they_are() -> (
    None
):
    customer, agent = a_customer(), an_agent()
    administrator = a_colleague(customer, is_admin=True)
    ticket = a_ticket(customer)
    for who, key in ((customer, "a"), (administrator, "b"), (administrator, "c")):
        customer_message(
            actor=who.actor, now=NOW, ticket_id=ticket.pk, body="Também aqui.", key=key
        )
    assert [one.pk for one in ticket.participants.all()] == [administrator.user.pk]
    assert Event.objects.filter(verb="ticket.participant_included").count() == 1
    staff_reply(actor=acting(agent), now=NOW, ticket_id=ticket.pk, body="Visto.", key="d")
    assert ticket.participants.count() == 1


def test_r8_a_colleague_who_is_included_sees_the_ticket_and_twice_is_once() -> None:
    customer = a_customer()
    colleague = a_colleague(customer)
    ticket = a_ticket(customer)
    with pytest.raises(NotFound):
        get_own(colleague.actor, ticket.number)
    for _ in range(2):
        _include(customer, ticket, colleague)
    assert get_own(colleague.actor, ticket.number) == ticket
    assert Event.objects.filter(verb="ticket.participant_included").count() == 1


def test_r8_nobody_of_another_company_or_who_left_is_included() -> None:
    customer, foreign = a_customer(), a_customer()
    former = a_colleague(customer)
    people.leave(actor=SYSTEM, now=NOW, user=former.user, organisation=customer.organisation)
    ticket = a_ticket(customer)
    for person in (foreign, former):
        with pytest.raises(NotAllowed):
            _include(customer, ticket, person)
    with pytest.raises(NotAllowed):
        _include(foreign, ticket, a_colleague(customer))
    assert not ticket.participants.exists()


def test_r8_whoever_included_somebody_takes_them_out_and_anybody_leaves_by_themselves() -> None:
    customer = a_customer()
    first, second = a_colleague(customer), a_colleague(customer)
    ticket = a_ticket(customer)
    for person in (first, second):
        _include(customer, ticket, person)
    with pytest.raises(NotAllowed):
        _take_out(first, ticket, second)
    _take_out(second, ticket, second)
    _take_out(customer, ticket, first)
    assert not ticket.participants.exists()
    with pytest.raises(NotFound):
        get_own(first.actor, ticket.number)
    with pytest.raises(NotAllowed):
        _take_out(customer, ticket, customer)


def test_r8_staff_include_for_the_customer_and_a_closed_ticket_takes_nobody() -> None:
    customer, agent = a_customer(), an_agent()
    colleague = a_colleague(customer)
    ticket = a_ticket(customer)
    include(actor=acting(agent), now=NOW, ticket_id=ticket.pk, person_id=colleague.user.pk)
    assert ticket.participants.get() == colleague.user
    take_out(actor=acting(agent), now=NOW, ticket_id=ticket.pk, person_id=colleague.user.pk)
    assert not ticket.participants.exists()
    _include(customer, ticket, colleague)
    elsewhere = acting(an_agent(a_queue()))
    for act in (include, take_out):
        with pytest.raises(NotAllowed):
            act(actor=elsewhere, now=NOW, ticket_id=ticket.pk, person_id=colleague.user.pk)
    with pytest.raises(NotAllowed):
        include(actor=acting(agent), now=NOW, ticket_id=ticket.pk, person_id=a_customer().user.pk)
    over = a_ticket(customer)
    change_state(actor=customer.actor, now=NOW, ticket_id=over.pk, verb=Verb.CANCEL)
    with pytest.raises(Conflict):
        _include(customer, over, colleague)


def test_r8_the_company_s_people_are_named_and_nobody_else_s() -> None:
    customer = a_customer()
    colleague, chief = a_colleague(customer), a_colleague(customer, is_admin=True)
    a_customer(name="Zélia Outra")
    ticket = a_ticket(customer)
    _include(customer, ticket, colleague)
    found = followers_of(customer.actor, get_own(customer.actor, ticket.number))
    assert [(one.user_id, one.may_go) for one in found.named] == [
        (customer.user.pk, False),
        (colleague.user.pk, True),
        (chief.user.pk, False),
    ]
    assert [pk for pk, _name in found.others] == [chief.user.pk]
    with pytest.raises(NotFound):
        get_own(a_customer().actor, ticket.number)
