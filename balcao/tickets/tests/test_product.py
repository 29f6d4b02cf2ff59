"""Another licence or service for an open ticket."""

from datetime import datetime, timedelta

import pytest

from balcao.entitlements.models import Licence, Service
from balcao.events.models import Event
from balcao.people.models import User
from balcao.policy.access import SYSTEM, Role
from balcao.policy.lifecycle import Verb
from balcao.tickets.actions import (
    Conflict,
    NotAllowed,
    Refused,
    assign_to_me,
    change_product,
    create_queue,
)
from balcao.tickets.models import Deadline, Decision, Queue, Ticket
from balcao.tickets.queries import position_of
from tests.cast import (
    NOW,
    TODAY,
    a_contract,
    a_customer,
    a_licence,
    a_member_of_staff,
    a_policy_in_force,
    a_queue,
    a_supervisor,
    a_ticket,
    acting,
    an_agent,
    an_answer,
    the_queue,
)

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LATER = NOW + HOUR


def _change(
    ticket: Ticket,
    user: User,
    *,
    service: str = "question",
    licence: Licence | None = None,
    now: datetime = LATER,
) -> Ticket:
    change_product(
        actor=acting(user, now=now),
        now=now,
        ticket_id=ticket.pk,
        service=service,
        licence_id=licence.pk if licence else None,
    )
    return Ticket.objects.get(pk=ticket.pk)


def _as_it_is(ticket: Ticket) -> dict[str, object]:
    return dict(Ticket.objects.filter(pk=ticket.pk).values().get())


def _due(ticket: Ticket, kind: str) -> datetime | None:
    return Deadline.objects.get(ticket=ticket, kind=kind).due_at


def test_s30_another_licence_and_service_keep_number_moment_and_place() -> None:
    line = a_queue()
    customer, agent = a_customer(), a_supervisor()
    ticket = a_ticket(customer, queue=line)
    a_ticket(a_customer(), queue=line, now=NOW + timedelta(minutes=1))
    other = a_licence(customer.organisation, contract=customer.contract)
    due = (_due(ticket, "start"), _due(ticket, "resolution"))
    changed = _change(ticket, agent, service="incident", licence=other)
    assert changed.licence_id == other.pk
    assert (changed.number, changed.submitted_at) == (ticket.number, ticket.submitted_at)
    assert (changed.queue_id, position_of(changed, order="fifo")) == (line.pk, 1)
    assert (_due(ticket, "start"), _due(ticket, "resolution")) == due
    event = Event.objects.get(verb="ticket.product_changed", subject_id=ticket.pk)
    assert customer.licence
    assert event.data["licence_from"] == customer.licence.pk
    assert event.data["licence_to"] == other.pk
    assert event.data["service_from"] == event.data["service_to"] == ticket.service_id
    decision = Decision.objects.get(pk=event.data["decision"])
    assert (decision.act, decision.verdict, decision.ticket_id) == ("open", "allow", ticket.pk)


def test_s05_the_gate_is_asked_anew_and_its_refusal_changes_nothing() -> None:
    customer, agent = a_customer(licence_until=TODAY + DAY), an_agent()
    ticket = a_ticket(customer)
    later = NOW + 3 * DAY
    before = _as_it_is(ticket)
    with pytest.raises(Refused) as refusal:
        _change(ticket, agent, licence=customer.licence, now=later)
    assert refusal.value.decision.rules == ("S5",)
    assert _as_it_is(ticket) == before
    refused = Decision.objects.get(ticket=ticket, verdict="refuse")
    assert (refused.act, refused.actor_id) == ("open", agent.pk)
    valid = a_licence(customer.organisation, contract=customer.contract)
    assert _change(ticket, agent, licence=valid, now=later).service.slug == "question"


def test_r6_the_gate_is_asked_under_the_policy_in_force() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    a_policy_in_force({"scope.saas": {"*": "allow", "custom_report": "refuse"}})
    with pytest.raises(Refused) as refusal:
        _change(ticket, agent, service="custom_report", licence=customer.licence)
    assert refusal.value.decision.rules == ("S34",)
    assert _change(ticket, agent, licence=customer.licence).service.slug == "question"


def test_s36_sales_is_asked_where_the_matrix_says_so() -> None:
    customer, agent = a_customer(), an_agent()
    first, second = a_ticket(customer), a_ticket(customer)
    a_policy_in_force({"scope.saas": {"*": "allow", "custom_report": "ask"}})
    changed = _change(first, agent, service="custom_report", licence=customer.licence)
    assert (changed.state, changed.service.slug) == ("asking_sales", "custom_report")
    an_answer(second, agent, now=LATER, then=Verb.WAIT_CUSTOMER)
    with pytest.raises(Conflict) as conflict:
        _change(second, agent, service="custom_report", licence=customer.licence, now=LATER + HOUR)
    assert conflict.value.code == "asks_sales"
    assert Ticket.objects.get(pk=second.pk).service.slug == "incident"


def test_r1_the_deadlines_follow_the_new_kind_by_the_promise_of_the_opening() -> None:
    a_policy_in_force({"sla.targets": {"rental": {"start_hours": 4, "resolution_hours": 8}}})
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    rental = a_contract(customer.organisation, kind="rental")
    other = a_licence(customer.organisation, contract=rental)
    a_policy_in_force({"sla.targets": {"rental": {"start_hours": 1, "resolution_hours": 2}}})
    changed = _change(ticket, agent, service="incident", licence=other)
    assert (changed.kind, changed.contract_id) == ("rental", rental.pk)
    assert _due(ticket, "start") == NOW + 4 * HOUR
    assert _due(ticket, "resolution") == NOW + 8 * HOUR
    moved = Event.objects.filter(verb="ticket.deadline_moved", subject_id=ticket.pk)
    assert {event.data["cause"] for event in moved} == {"product"}


def _line_of(service: str) -> Queue:
    line = create_queue(actor=SYSTEM, now=NOW, name=service, slug=f"{service}-{NOW:%f}")
    line.services.add(Service.objects.get(slug=service))
    return line


def test_s30_nobody_served_it_yet_so_it_goes_to_the_new_services_queue() -> None:
    customer, agent = a_customer(), an_agent()
    ticket, started = a_ticket(customer), a_ticket(customer)
    line = _line_of("integration")
    assign_to_me(actor=acting(agent), now=NOW, ticket_id=ticket.pk)
    an_answer(started, agent, now=NOW)
    moved = _change(ticket, agent, service="integration", licence=customer.licence)
    assert (moved.queue_id, moved.assignee_id) == (line.pk, None), "its agent serves it no more"
    kept = _change(started, agent, service="integration", licence=customer.licence)
    assert (kept.queue_id, kept.assignee_id) == (the_queue().pk, agent.pk)


def test_an_owner_who_serves_both_queues_keeps_the_ticket() -> None:
    line = _line_of("integration")
    customer, agent = a_customer(), an_agent(the_queue(), line)
    ticket = a_ticket(customer)
    assign_to_me(actor=acting(agent), now=NOW, ticket_id=ticket.pk)
    moved = _change(ticket, agent, service="integration", licence=customer.licence)
    assert (moved.queue_id, moved.assignee_id) == (line.pk, agent.pk)


def test_the_same_product_and_service_change_nothing() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    before = _as_it_is(ticket)
    _change(ticket, agent, service="incident", licence=customer.licence)
    assert _as_it_is(ticket) == before
    assert not Event.objects.filter(verb="ticket.product_changed", subject_id=ticket.pk).exists()


def test_r17_a_one_off_and_a_ticket_that_is_over_stay_what_they_are() -> None:
    customer, agent = a_customer(), an_agent()
    oneoff, over = a_ticket(customer), a_ticket(customer)
    Ticket.objects.filter(pk=oneoff.pk).update(kind="oneoff_problem")
    an_answer(over, agent, now=NOW, then=Verb.RESOLVE)
    for ticket, code in ((oneoff, "oneoff"), (over, "state_changed")):
        with pytest.raises(Conflict) as conflict:
            _change(ticket, agent, licence=customer.licence)
        assert conflict.value.code == code


def test_b5_a_licence_of_somebody_else_and_an_unknown_service_are_nobodys_to_choose() -> None:
    customer, stranger, agent = a_customer(), a_customer(), an_agent()
    ticket = a_ticket(customer)
    with pytest.raises(NotAllowed):
        _change(ticket, agent, licence=stranger.licence)
    with pytest.raises(NotAllowed):
        _change(ticket, agent, service="nothing", licence=customer.licence)
    assert _change(ticket, agent, licence=customer.licence).service.slug == "question"


def test_b5_only_who_serves_the_queue_changes_the_product() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    strangers = (
        an_agent(a_queue()),
        a_member_of_staff(Role.SALES),
        a_member_of_staff(Role.AUDITOR),
        customer.user,
    )
    for stranger in strangers:
        with pytest.raises(NotAllowed):
            _change(ticket, stranger, licence=customer.licence)
    assert _change(ticket, an_agent(), licence=customer.licence).service.slug == "question"
