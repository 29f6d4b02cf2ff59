"""Messages of both sides, and what they do to state and deadlines."""

import secrets
from datetime import timedelta
from typing import Any

import pytest

from balcao.events.models import Event
from balcao.policy.lifecycle import Verb
from balcao.tickets.actions import (
    Conflict,
    NotAllowed,
    Refused,
    change_state,
    customer_message,
    note,
    run_due,
    staff_reply,
)
from balcao.tickets.models import Deadline, Message, Ticket
from balcao.tickets.queries import position_of, thread_for
from tests.cast import (
    NOW,
    Customer,
    a_customer,
    a_policy_in_force,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)


def _again(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def _write(
    customer: Customer, ticket: Ticket, body: str, *, hours: float, key: str = ""
) -> Message:
    return customer_message(
        actor=customer.actor,
        now=NOW + hours * HOUR,
        ticket_id=ticket.pk,
        body=body,
        key=key or f"{body}{hours}",
    )


def _due(ticket: Ticket, kind: str) -> Deadline:
    return Deadline.objects.get(ticket=ticket, kind=kind)


def test_s12_the_first_reply_starts_service_and_meets_the_first_deadline() -> None:
    ticket = a_ticket(a_customer())
    agent = an_agent()
    an_answer(ticket, agent, now=NOW + HOUR)
    started = _again(ticket)
    assert (started.state, started.started_at, started.assignee_id) == (
        "in_service",
        NOW + HOUR,
        agent.pk,
    )
    assert _due(ticket, "start").met_at == NOW + HOUR
    assert _due(ticket, "resolution").met_at is None


def test_s13_resolving_meets_the_second_deadline() -> None:
    ticket = a_ticket(a_customer())
    an_answer(ticket, an_agent(), now=NOW + 2 * HOUR, then=Verb.RESOLVE)
    assert _again(ticket).state == "resolved"
    assert _due(ticket, "resolution").met_at == NOW + 2 * HOUR


def test_s13_waiting_for_the_customer_stops_the_clock_and_their_message_starts_it_again() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    an_answer(ticket, an_agent(), now=NOW + HOUR, then=Verb.WAIT_CUSTOMER)
    paused = _due(ticket, "resolution")
    assert (paused.paused, paused.next_at) == (True, None)
    _write(customer, ticket, "Segue o arquivo.", hours=11)
    after = _due(ticket, "resolution")
    assert _again(ticket).state == "in_service"
    assert (after.paused, after.due_at) == (False, NOW + 50 * HOUR)


def test_a_message_sent_twice_is_one_message() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    first = _write(customer, ticket, "Alguma novidade?", hours=1, key="k")
    assert _write(customer, ticket, "Alguma novidade?", hours=2, key="k").pk == first.pk
    assert _again(ticket).message_count == 2


def test_resolved_is_reopened_by_a_message_and_resumes_the_rest_of_the_budget() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    an_answer(ticket, an_agent(), now=NOW + 10 * HOUR, then=Verb.RESOLVE)
    _write(customer, ticket, "Voltou a acontecer.", hours=34)
    assert _again(ticket).state == "in_service"
    assert _due(ticket, "resolution").due_at == NOW + 64 * HOUR


def test_a_mere_thank_you_is_appended_and_flagged_and_reopens_nothing() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    an_answer(ticket, an_agent(), then=Verb.RESOLVE)
    _write(customer, ticket, "Muito obrigada!", hours=3)
    after = _again(ticket)
    assert (after.state, after.thanked, after.message_count) == ("resolved", True, 3)


def test_a_resolved_ticket_is_closed_after_the_days_of_the_policy_and_then_refuses() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    an_answer(ticket, an_agent(), now=NOW, then=Verb.RESOLVE)
    run_due(NOW + timedelta(days=7) - timedelta(seconds=1))
    assert _again(ticket).state == "resolved"
    run_due(NOW + timedelta(days=7, seconds=1))
    assert _again(ticket).state == "closed"
    with pytest.raises(Refused) as refusal:
        _write(customer, ticket, "Voltou de novo.", hours=24 * 8)
    assert refusal.value.decision.reason == "ticket_closed"
    assert _again(ticket).message_count == 2


def test_s22_no_reply_without_an_open_ticket() -> None:
    customer = a_customer()
    agent = an_agent()
    ticket = a_ticket(customer)
    an_answer(ticket, agent)
    change_state(actor=acting(agent), now=NOW + 2 * HOUR, ticket_id=ticket.pk, verb=Verb.RESOLVE)
    with pytest.raises(Refused) as refusal:
        an_answer(ticket, agent, now=NOW + 3 * HOUR)
    assert "S22" in refusal.value.decision.rules
    assert Message.objects.filter(ticket=ticket).count() == 2


def test_a_note_is_for_staff_alone_and_changes_nothing() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    agent = acting(an_agent())
    note(actor=agent, now=NOW + HOUR, ticket_id=ticket.pk, body="Cliente irritado", key="n")
    with pytest.raises(NotAllowed):
        note(actor=customer.actor, now=NOW, ticket_id=ticket.pk, body="x", key="m")
    after = _again(ticket)
    assert (after.state, after.started_at) == ("open", None)
    assert "Cliente irritado" in [row.body for row in thread_for(agent, after)]
    assert "Cliente irritado" not in [row.body for row in thread_for(customer.actor, after)]


def test_strangers_write_nothing() -> None:
    ticket = a_ticket(a_customer())
    stranger = a_customer()
    with pytest.raises(NotAllowed):
        _write(stranger, ticket, "Oi", hours=1)
    with pytest.raises(NotAllowed):
        staff_reply(actor=stranger.actor, now=NOW, ticket_id=ticket.pk, body="Oi", key="k")
    assert Message.objects.filter(ticket=ticket).count() == 1


def test_r3_the_team_resolves_nothing_unserved_without_a_word_and_its_customer_does() -> None:
    agent, customer = an_agent(), a_customer()
    silent, said, alone = (a_ticket(customer) for _ in range(3))
    resolve: Any = {"now": NOW + HOUR, "verb": Verb.RESOLVE}
    with pytest.raises(Conflict, match="unsaid"):
        change_state(actor=acting(agent), ticket_id=silent.pk, **resolve)
    an_answer(said, agent)
    change_state(actor=acting(agent), ticket_id=said.pk, **resolve)
    change_state(actor=customer.actor, ticket_id=alone.pk, **resolve)
    an_answer(silent, agent, then=Verb.RESOLVE)
    for ticket in (silent, said, alone):
        ticket.refresh_from_db()
        assert ticket.state == "resolved"
    assert silent.started_at == said.started_at == NOW + HOUR
    change_state(actor=customer.actor, ticket_id=alone.pk, now=NOW + 2 * HOUR, verb=Verb.REOPEN)
    with pytest.raises(Conflict, match="unsaid"):
        change_state(actor=acting(agent), ticket_id=alone.pk, **resolve)


def test_a_state_that_moved_on_is_a_conflict_and_changes_nothing() -> None:
    agent, customer = acting(an_agent()), a_customer()
    ticket, alone = a_ticket(customer), a_ticket(customer)
    an_answer(ticket, an_agent())
    change_state(actor=agent, now=NOW + HOUR, ticket_id=ticket.pk, verb=Verb.RESOLVE)
    change_state(actor=customer.actor, now=NOW + HOUR, ticket_id=alone.pk, verb=Verb.RESOLVE)
    for one in (ticket, alone):
        with pytest.raises(Conflict, match="state_changed"):
            change_state(actor=agent, now=NOW + HOUR, ticket_id=one.pk, verb=Verb.RESOLVE)
    assert Event.objects.filter(verb="ticket.resolved", subject_id=ticket.pk).count() == 1


def test_the_first_answer_starts_service_in_whatever_state_it_finds_the_ticket() -> None:
    agent, ticket = an_agent(), a_ticket(a_customer())
    change_state(actor=acting(agent), now=NOW + HOUR, ticket_id=ticket.pk, verb=Verb.ASK_SALES)
    an_answer(ticket, agent, now=NOW + 2 * HOUR)
    after = _again(ticket)
    assert after.started_at == NOW + 2 * HOUR
    assert _due(ticket, "start").met_at is not None
    assert after.previous_state != "open", "an answered ticket never returns to the line"


@pytest.mark.parametrize("served", [True, False])
def test_s30_r3_what_its_customer_took_for_solved_is_in_line_again_if_nobody_served_it(
    served: bool,
) -> None:
    customer, agent = a_customer(), an_agent()
    ticket, behind = a_ticket(customer), a_ticket(customer, now=NOW + HOUR)
    due = _due(ticket, "start").due_at
    assert due
    if served:
        an_answer(ticket, agent, now=NOW + HOUR)
    for hours, verb in ((2, Verb.RESOLVE), (5, Verb.REOPEN)):
        now = NOW + hours * HOUR
        change_state(actor=customer.actor, now=now, ticket_id=ticket.pk, verb=verb)
    row, start = _again(ticket), _due(ticket, "start")
    assert row.state == ("in_service" if served else "open")
    assert (start.met_at is not None) is served
    assert start.due_at == (due if served else due + 3 * HOUR)
    assert (start.next_at is None) is served
    assert position_of(behind, order="fifo") == (1 if served else 2)
    if not served:
        assert position_of(row, order="fifo") == 1
        an_answer(ticket, agent, now=NOW + 6 * HOUR)
        assert _again(ticket).started_at == NOW + 6 * HOUR


def test_r19_an_old_ticket_of_a_contract_is_not_reopened_where_the_policy_lets_it_expire() -> None:
    customer, agent = a_customer(contract_ends=None, licence_until=None), an_agent()
    late = NOW + timedelta(days=366)

    def resolved() -> Ticket:
        ticket = a_ticket(customer)
        an_answer(ticket, agent, now=NOW)
        moment = late - timedelta(days=1)
        return change_state(
            actor=acting(agent, now=moment), now=moment, ticket_id=ticket.pk, verb=Verb.RESOLVE
        )

    def write(ticket: Ticket) -> Ticket:
        actor = acting(customer.user, now=late)
        message = customer_message(
            actor=actor, now=late, ticket_id=ticket.pk, body="Voltou.", key=secrets.token_hex(8)
        )
        return Ticket.objects.get(pk=message.ticket_id)

    assert write(resolved()).state == "in_service"
    ticket = resolved()
    a_policy_in_force({"ticket.contract_expiry": "12m_from_opening"})
    with pytest.raises(Refused) as refused:
        write(ticket)
    assert refused.value.decision.reason == "ticket_expired"
    with pytest.raises(Conflict):
        change_state(actor=acting(agent, now=late), now=late, ticket_id=ticket.pk, verb=Verb.REOPEN)
    assert Ticket.objects.get(pk=ticket.pk).state == "resolved"
