"""Correcting a ticket's subject."""

import pytest

from balcao.events.models import Event, Job
from balcao.events.queue import run_pending
from balcao.policy.access import Role
from balcao.search.normaliser import parse
from balcao.tickets.actions import Conflict, NotAllowed, rename
from balcao.tickets.models import MessageKind, Ticket
from balcao.tickets.queries import search_tickets
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

OLD, NEW = "Tela azul Tela azul", "Gravador reinicia sozinho"


def test_m1_staff_of_the_queue_correct_a_subject_and_nobody_else_does() -> None:
    customer, ticket = a_customer(), a_ticket(a_customer(), subject=OLD)
    others = [
        customer.actor,
        acting(an_agent(a_queue())),
        acting(a_member_of_staff(Role.SALES)),
        acting(a_member_of_staff(Role.AUDITOR)),
        acting(ticket.opener),
    ]
    for actor in others:
        with pytest.raises(NotAllowed):
            rename(actor=actor, now=NOW, ticket_id=ticket.pk, subject=NEW, was=OLD)
    agent = acting(an_agent())
    for _ in range(2):
        rename(actor=agent, now=NOW, ticket_id=ticket.pk, subject=NEW, was=OLD)
    assert Ticket.objects.get(pk=ticket.pk).subject == NEW
    [event] = Event.objects.filter(verb="ticket.renamed", subject_id=ticket.pk)
    assert event.actor_id == agent.id


def test_the_subject_it_had_stays_in_a_note_and_no_customer_is_told() -> None:
    ticket, agent = a_ticket(a_customer(), subject=OLD), an_agent()
    an_answer(ticket, agent)
    run_pending(NOW)
    jobs = Job.objects.count()
    number, state = ticket.number, Ticket.objects.get(pk=ticket.pk).state
    rename(actor=acting(agent), now=NOW, ticket_id=ticket.pk, subject=NEW, was=OLD)
    assert Job.objects.count() == jobs
    note = ticket.messages.latest("pk")
    assert (note.kind, note.author_id) == (MessageKind.NOTE, agent.pk)
    assert OLD in note.body
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert (fresh.number, fresh.state, fresh.message_count) == (number, state, 3)


def test_it_is_found_by_the_new_subject_and_no_longer_by_the_old_one() -> None:
    ticket, actor = (
        a_ticket(a_customer(), subject="Tartaruga", body="Parou ontem."),
        acting(an_agent()),
    )
    rename(actor=actor, now=NOW, ticket_id=ticket.pk, subject="Pinguim", was="Tartaruga")
    customer = acting(ticket.opener)
    for wanted, hits in (("pinguim ontem", 1), ("tartaruga ontem", 0)):
        assert len(search_tickets(customer, parse(wanted), own=True).rows) == hits


def test_who_did_not_see_a_correction_writes_nothing_over_it_and_what_is_over_stays() -> None:
    ticket, actor = a_ticket(a_customer(), subject=OLD), acting(an_agent())
    rename(actor=actor, now=NOW, ticket_id=ticket.pk, subject=NEW, was=OLD)
    with pytest.raises(Conflict, match="renamed"):
        rename(actor=actor, now=NOW, ticket_id=ticket.pk, subject="Outro", was=OLD)
    Ticket.objects.filter(pk=ticket.pk).update(state="closed")
    with pytest.raises(Conflict, match="state_changed"):
        rename(actor=actor, now=NOW, ticket_id=ticket.pk, subject="Outro", was=NEW)
    assert Ticket.objects.get(pk=ticket.pk).subject == NEW
