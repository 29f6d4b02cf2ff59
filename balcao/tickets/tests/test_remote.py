"""Remote access: asked of the gate, seen by the customer, one at a time, ended by its agent."""

from datetime import datetime, timedelta

import pytest

from balcao.events.models import Event
from balcao.people.models import User
from balcao.policy.access import Role
from balcao.policy.gate import Door
from balcao.policy.lifecycle import Verb
from balcao.tickets.actions import (
    Conflict,
    NotAllowed,
    Refused,
    RemoteAccess,
    begin_remote,
    change_state,
    end_remote,
)
from balcao.tickets.models import Deadline, Message, RemoteSession, Ticket
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

HOUR = timedelta(hours=1)
WANTED = RemoteAccess("AnyDesk", "123 456 789", "Ana Lima", Door.PHONE)


def _begin(ticket: Ticket, user: User, *, key: str = "1", now: datetime = NOW + HOUR) -> int:
    actor = acting(user)
    return begin_remote(actor=actor, now=now, ticket_id=ticket.pk, wanted=WANTED, key=key).pk


def _end(session: int, user: User, *, now: datetime = NOW + 2 * HOUR) -> RemoteSession:
    return end_remote(actor=acting(user), now=now, session_id=session)


def _again(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_r3_a_remote_access_starts_service_as_a_reply_does() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    session = _begin(ticket, agent)
    begun = _again(ticket)
    assert (begun.state, begun.started_at) == ("in_service", NOW + HOUR)
    assert (begun.assignee_id, begun.remote_id) == (agent.pk, session)
    assert Deadline.objects.get(ticket=ticket, kind="start").met_at == NOW + HOUR
    message = RemoteSession.objects.get(pk=session).message
    assert (message.kind, message.author_id) == ("reply", agent.pk)
    assert message.body == "Acesso remoto por AnyDesk, com o consentimento de Ana Lima."


def test_s22_no_remote_access_without_an_open_ticket() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    an_answer(ticket, agent, then=Verb.RESOLVE)
    with pytest.raises(Refused) as refusal:
        _begin(ticket, agent)
    assert refusal.value.decision.rules == ("S22",)
    assert not RemoteSession.objects.filter(ticket=ticket).exists()
    assert _again(ticket).remote_id is None


def test_one_remote_access_at_a_time_and_the_same_key_is_the_same_one() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    session = _begin(ticket, agent)
    assert _begin(ticket, agent) == session
    with pytest.raises(Conflict) as conflict:
        _begin(ticket, agent, key="2")
    assert conflict.value.code == "remote_open"
    _end(session, agent)
    assert _begin(ticket, agent, key="2") != session
    assert Message.objects.filter(ticket=ticket, kind="reply").count() == 2


def test_its_agent_ends_it_once_and_so_may_a_supervisor_but_no_colleague() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    session = _begin(ticket, agent)
    with pytest.raises(NotAllowed):
        _end(session, an_agent())
    ended = _end(session, agent)
    assert ended.ended_at == NOW + 2 * HOUR
    assert _end(session, a_supervisor(), now=NOW + 3 * HOUR).ended_at == NOW + 2 * HOUR
    assert _again(ticket).remote_id is None
    second = _begin(ticket, agent, key="2", now=NOW + 3 * HOUR)
    assert _end(second, a_supervisor(), now=NOW + 4 * HOUR).ended_at == NOW + 4 * HOUR
    told = Event.objects.filter(verb="ticket.remote_ended", subject_id=ticket.pk)
    assert [event.data["cause"] for event in told] == ["by_hand", "by_hand"]


def test_s22_what_ends_the_ticket_ends_the_remote_access() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    session = _begin(ticket, agent)
    change_state(actor=acting(agent), now=NOW + 2 * HOUR, ticket_id=ticket.pk, verb=Verb.RESOLVE)
    assert _again(ticket).remote_id is None
    assert RemoteSession.objects.get(pk=session).ended_at == NOW + 2 * HOUR
    event = Event.objects.get(verb="ticket.remote_ended", subject_id=ticket.pk)
    assert event.data == {"session": session, "cause": "ticket_ended"}


def test_waiting_for_somebody_leaves_the_remote_access_open() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    session = _begin(ticket, agent)
    an_answer(ticket, agent, now=NOW + 2 * HOUR, then=Verb.WAIT_CUSTOMER)
    assert _again(ticket).remote_id == session


def test_b5_only_who_serves_the_queue_begins_a_remote_access() -> None:
    ticket = a_ticket(a_customer())
    strangers = (
        an_agent(a_queue()),
        a_member_of_staff(Role.SALES),
        a_member_of_staff(Role.AUDITOR),
    )
    for stranger in strangers:
        with pytest.raises(NotAllowed):
            _begin(ticket, stranger)
    assert _begin(ticket, an_agent())


def test_the_end_of_a_session_that_is_nobodys_is_not_allowed() -> None:
    with pytest.raises(NotAllowed):
        _end(0, a_supervisor())
