"""A call that was noted on the ticket is a public act."""

from datetime import datetime, timedelta

import pytest

from balcao.events.models import Event
from balcao.people.models import User
from balcao.policy.access import Role
from balcao.policy.gate import Door
from balcao.policy.lifecycle import Verb
from balcao.tickets.actions import Conflict, NotAllowed, Refused, log_call, take_next
from balcao.tickets.models import Deadline, Decision, Message, Ticket
from tests.cast import (
    NOW,
    a_customer,
    a_member_of_staff,
    a_queue,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")

LATER = NOW + timedelta(hours=1)


def _call(ticket: Ticket, user: User, *, key: str = "1", now: datetime = LATER) -> Message:
    return log_call(
        actor=acting(user),
        now=now,
        ticket_id=ticket.pk,
        summary="Conferimos o cabo juntos.",
        key=key,
    )


def test_r3_a_noted_call_starts_service_as_a_reply_does() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    message = _call(ticket, agent)
    assert (message.kind, message.door) == ("reply", Door.PHONE.value)
    assert message.body == "Ligação: Conferimos o cabo juntos."
    ticket.refresh_from_db()
    assert (ticket.state, ticket.started_at, ticket.assignee_id) == ("in_service", LATER, agent.pk)
    assert Deadline.objects.get(ticket=ticket, kind="start").met_at == LATER
    decision = Decision.objects.get(ticket=ticket, act="serve")
    assert (decision.door, decision.verdict) == ("phone", "allow")


def test_a_call_noted_twice_with_one_key_is_one_message() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    assert _call(ticket, agent).pk == _call(ticket, agent).pk
    assert Event.objects.filter(verb="ticket.called", subject_id=ticket.pk).count() == 1


def test_s22_no_call_is_noted_on_a_resolved_ticket() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    an_answer(ticket, agent, then=Verb.RESOLVE)
    with pytest.raises(Refused) as refusal:
        _call(ticket, agent)
    assert refusal.value.decision.rules == ("S22",)
    assert not Message.objects.filter(ticket=ticket, door="phone").exists()


def test_s27_a_call_about_a_one_off_is_noted_in_business_hours_only() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    Ticket.objects.filter(pk=ticket.pk).update(kind="oneoff_problem")
    with pytest.raises(Refused) as refusal:
        _call(ticket, agent, now=NOW + timedelta(hours=10))
    assert refusal.value.decision.rules == ("S27",)
    assert _call(ticket, agent).pk


def test_b5_only_who_serves_the_queue_notes_a_call() -> None:
    ticket = a_ticket(a_customer())
    strangers = (
        an_agent(a_queue()),
        a_member_of_staff(Role.SALES),
        a_member_of_staff(Role.AUDITOR),
    )
    for stranger in strangers:
        with pytest.raises(NotAllowed):
            _call(ticket, stranger)
    assert _call(ticket, an_agent()).pk


def test_s30_a_ticket_that_a_colleague_has_just_taken_takes_no_call_of_another() -> None:
    line = a_queue()
    ticket = a_ticket(a_customer(), queue=line)
    first, second = an_agent(line), an_agent(line)
    take_next(actor=acting(first), now=LATER)
    with pytest.raises(Conflict):
        _call(ticket, second)
    assert _call(ticket, first).pk
