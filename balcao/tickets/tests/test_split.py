"""Separar: a second question gets a ticket of its own."""

import secrets
from datetime import datetime, timedelta

import pytest

from balcao.events.models import Event
from balcao.files import actions as files
from balcao.people.models import User
from balcao.policy.access import Role
from balcao.policy.acts import MAX_COPIES
from balcao.policy.lifecycle import Verb
from balcao.tickets.actions import (
    Conflict,
    NotAllowed,
    Question,
    Refused,
    change_state,
    customer_message,
    note,
    split,
)
from balcao.tickets.models import Deadline, Decision, Message, Ticket, TicketLink
from balcao.tickets.queries import visible_to
from tests.cast import (
    NOW,
    TODAY,
    Customer,
    a_colleague,
    a_customer,
    a_member_of_staff,
    a_policy_in_force,
    a_queue,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LATER = NOW + 2 * HOUR


def _write(ticket: Ticket, customer: Customer, body: str, *, with_file: bool = False) -> Message:
    attached = [files.store(b"ramal,mudo\n", name="ramais.csv", now=NOW)] if with_file else []
    return customer_message(
        actor=customer.actor,
        now=NOW + HOUR,
        ticket_id=ticket.pk,
        body=body,
        key=secrets.token_hex(8),
        files=attached,
    )


def _split(
    ticket: Ticket,
    user: User,
    *messages: Message,
    customer: Customer,
    body: str = "",
    key: str = "k" * 32,
    service: str = "question",
    now: datetime = LATER,
) -> Ticket:
    return split(
        actor=acting(user, now=now),
        now=now,
        ticket_id=ticket.pk,
        question=Question(
            subject="Como exporto o relatório?",
            service=service,
            licence_id=customer.licence.pk if customer.licence else None,
            message_ids=tuple(row.pk for row in messages),
            body=body,
        ),
        key=key,
    )


def test_r27_a_second_question_gets_a_number_deadlines_and_a_place_of_its_own() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    said = _write(ticket, customer, "E como exporto o relatório?", with_file=True)
    made = _split(ticket, agent, said, customer=customer)
    assert made.number != ticket.number
    assert (made.state, made.opener_id, made.door) == ("open", customer.user.pk, "portal")
    assert (made.submitted_at, made.assignee_id, made.started_at) == (LATER, None, None)
    assert Deadline.objects.get(ticket=made, kind="start").due_at == LATER + 24 * HOUR
    [copied] = Message.objects.filter(ticket=made)
    assert (copied.body, copied.author_id) == (said.body, customer.user.pk)
    assert (copied.kind, copied.created_at) == ("customer", said.created_at)
    assert [row.file_id for row in copied.attachments.all()] == [
        row.file_id for row in said.attachments.all()
    ]
    link = TicketLink.objects.get(ticket=made)
    assert (link.origin_id, link.message_id, link.by_id) == (ticket.pk, said.pk, agent.pk)
    told = Event.objects.get(verb="ticket.split", subject_id=ticket.pk)
    assert told.data == {"ticket": made.pk, "messages": 1}
    opened = Event.objects.get(verb="ticket.opened", subject_id=made.pk)
    assert opened.data["origin"] == ticket.pk
    ticket.refresh_from_db()
    assert (ticket.state, ticket.messages.count()) == ("open", 2), "the old one goes on"


def test_s06_the_gate_is_asked_as_the_opener_and_its_refusal_changes_nothing() -> None:
    customer, agent = a_customer(licence_until=TODAY + DAY), an_agent()
    ticket = a_ticket(customer)
    said = _write(ticket, customer, "E como exporto o relatório?")
    made = _split(ticket, agent, said, customer=customer)
    allowed = Decision.objects.get(ticket=made)
    assert allowed.facts["request"]["assisted"] is True
    assert allowed.actor_id == agent.pk
    count = Ticket.objects.count()
    with pytest.raises(Refused) as refusal:
        _split(ticket, agent, said, customer=customer, key="2" * 32, now=NOW + 3 * DAY)
    assert refusal.value.decision.rules == ("S5",)
    assert Ticket.objects.count() == count
    assert Decision.objects.get(ticket=ticket, verdict="refuse").act == "open"
    assert TicketLink.objects.filter(origin=ticket).count() == 1


def test_r27_split_twice_with_one_key_is_one_ticket() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    said = _write(ticket, customer, "E como exporto o relatório?")
    first = _split(ticket, agent, said, customer=customer)
    assert _split(ticket, agent, said, customer=customer) == first
    assert _split(ticket, agent, said, customer=customer, key="2" * 32) != first
    assert TicketLink.objects.filter(origin=ticket).count() == 2


def test_what_the_agent_adds_is_theirs_and_without_messages_it_is_all() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    said = _write(ticket, customer, "E como exporto o relatório?")
    made = _split(ticket, agent, said, customer=customer, body="Perguntou ao telefone.")
    assert [(row.author_id, row.body) for row in made.messages.order_by("pk")] == [
        (customer.user.pk, said.body),
        (agent.pk, "Perguntou ao telefone."),
    ]
    assert made.message_count == 2
    copied = Event.objects.get(verb="ticket.message_copied", subject_id=made.pk)
    assert copied.data["message"] == made.messages.latest("pk").pk
    alone = _split(ticket, agent, customer=customer, body="Só isto.", key="2" * 32)
    assert [row.author_id for row in alone.messages.all()] == [agent.pk]
    assert TicketLink.objects.get(ticket=alone).message_id is None
    with pytest.raises(NotAllowed):
        _split(ticket, agent, customer=customer, key="3" * 32)


def test_b1_who_takes_part_in_the_old_ticket_takes_part_in_the_new_one_and_nobody_else() -> None:
    customer, agent = a_customer(), an_agent()
    colleague, other = a_colleague(customer), a_colleague(customer)
    ticket = a_ticket(customer)
    ticket.participants.add(colleague.user)
    made = _split(ticket, agent, customer=customer, body="Só isto.")
    assert visible_to(colleague.actor).filter(pk=made.pk).exists()
    assert not visible_to(other.actor).filter(pk=made.pk).exists()


def test_b5_notes_and_messages_of_other_tickets_do_not_go_along() -> None:
    customer, agent = a_customer(), an_agent()
    ticket, another = a_ticket(customer), a_ticket(customer)
    inner = note(
        actor=acting(agent), now=NOW, ticket_id=ticket.pk, body="Cuidado com ele.", key="1"
    )
    foreign = another.messages.get()
    for message in (inner, foreign):
        with pytest.raises(NotAllowed):
            _split(ticket, agent, message, customer=customer)
    assert _split(ticket, agent, ticket.messages.get(kind="customer"), customer=customer).pk


def test_no_more_messages_go_along_than_one_reads() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    many = [_write(ticket, customer, f"Pergunta {n}") for n in range(MAX_COPIES + 1)]
    with pytest.raises(NotAllowed):
        _split(ticket, agent, *many, customer=customer)
    made = _split(ticket, agent, *many[1:], customer=customer)
    assert made.message_count == MAX_COPIES


def test_r5_a_closed_ticket_is_not_split_and_a_resolved_one_is() -> None:
    customer, agent = a_customer(), an_agent()
    ticket, cancelled = a_ticket(customer), a_ticket(customer)
    an_answer(ticket, agent, now=NOW, then=Verb.RESOLVE)
    change_state(actor=customer.actor, now=NOW, ticket_id=cancelled.pk, verb=Verb.CANCEL)
    assert _split(ticket, agent, customer=customer, body="Só isto.").pk
    with pytest.raises(Conflict):
        _split(cancelled, agent, customer=customer, body="Só isto.")


def test_s36_the_new_ticket_asks_sales_where_the_matrix_says_so() -> None:
    customer, agent = a_customer(with_contract=True), an_agent()
    ticket = a_ticket(customer)
    a_policy_in_force({"scope.saas": {"*": "allow", "custom_report": "ask"}})
    made = _split(ticket, agent, customer=customer, body="Relatório.", service="custom_report")
    assert Ticket.objects.get(pk=made.pk).state == "asking_sales"


def test_b5_only_who_serves_the_queue_splits() -> None:
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
            _split(ticket, stranger, customer=customer, body="Só isto.")
    assert _split(ticket, an_agent(), customer=customer, body="Só isto.").pk
