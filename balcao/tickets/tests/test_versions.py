"""A ticket keeps what it was promised; all else follows the policy in force."""

from datetime import timedelta

import pytest

from balcao.policy import gate, lifecycle
from balcao.policy.lifecycle import Verb
from balcao.rulebook.queries import current
from balcao.tickets.actions import Conflict, Refused, change_state, customer_message
from balcao.tickets.models import Deadline, Ticket
from balcao.tickets.queries import get_own, offers_for, ticket_facts
from tests.cast import NOW, a_customer, a_policy_in_force, a_ticket, an_agent, an_answer

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def _due(ticket: Ticket, kind: str = "resolution") -> timedelta:
    due = Deadline.objects.get(ticket=ticket, kind=kind).due_at
    assert due
    return due - ticket.submitted_at


def test_s13_a_ticket_keeps_the_hours_it_was_opened_with() -> None:
    a_policy_in_force({"sla.targets.saas": {"start_hours": 4, "resolution_hours": 16}})
    customer = a_customer()
    ticket = a_ticket(customer)
    assert (_due(ticket, "start"), _due(ticket)) == (4 * HOUR, 16 * HOUR)
    a_policy_in_force({"sla.targets": {}})
    agent = an_agent()
    an_answer(ticket, agent, now=NOW + HOUR, then=Verb.WAIT_CUSTOMER)
    customer_message(
        actor=customer.actor, now=NOW + 3 * HOUR, ticket_id=ticket.pk, body="Feito.", key="a"
    )
    assert _due(ticket) == 18 * HOUR
    assert _due(a_ticket(customer)) == 40 * HOUR


@pytest.mark.parametrize("days", [3, 7, 14])
def test_r5_gate_portal_and_action_agree_on_reopening_after_a_change(days: int) -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    an_answer(ticket, an_agent(), now=NOW, then=Verb.RESOLVE)
    policy = a_policy_in_force({"ticket.reopen_days": days})
    row = get_own(customer.actor, ticket.number)
    for moment, possible in ((NOW + days * DAY - HOUR, True), (NOW + days * DAY, False)):
        offers = offers_for(customer.actor, row, policy=current(), now=moment)
        assert offers.reply is possible
        assert (offers.reopen_until is not None) is possible
        assert possible is lifecycle.may_reopen(resolved_at=NOW, now=moment, rules=policy.ticket)
        asked = gate.Request(act=gate.Act.CONTINUE, door=gate.Door.PORTAL)
        person = gate.PersonFacts(True, True, customer.organisation.pk)
        facts = gate.Facts(person=person, ticket=ticket_facts(row))
        assert gate.decide(asked, facts, policy, moment).allowed is possible
    late = NOW + days * DAY
    with pytest.raises(Conflict):
        change_state(actor=customer.actor, now=late, ticket_id=ticket.pk, verb=Verb.REOPEN)
    with pytest.raises(Refused):
        customer_message(
            actor=customer.actor, now=late, ticket_id=ticket.pk, body="Voltou a falhar.", key="b"
        )
    change_state(actor=customer.actor, now=late - HOUR, ticket_id=ticket.pk, verb=Verb.REOPEN)
