"""Colleagues of the customer who follow a ticket (R8): included, and taken out again."""

from datetime import datetime

from django.db import transaction

from balcao.events.actions import emit
from balcao.people.queries import person_facts
from balcao.policy import access
from balcao.policy.access import Actor, Permission
from balcao.policy.lifecycle import TERMINAL, State
from balcao.tickets.actions.moves import lock
from balcao.tickets.actions.refusal import Conflict, require
from balcao.tickets.models import Ticket
from balcao.tickets.queries import scope_of
from balcao.tickets.queries.people import included_by


@transaction.atomic
def include(*, actor: Actor, now: datetime, ticket_id: int, person_id: int) -> Ticket:
    """Somebody registered in the ticket's organisation sees it, is told, and answers from now on.

    Somebody who already does stays as they are. Raises NotAllowed, also for a person who does not
    act for that organisation; Conflict when the ticket is closed.
    """
    ticket = lock(ticket_id)
    require(access.can(actor, Permission.ADD_PARTICIPANT, scope_of(ticket)))
    facts = person_facts(person_id, ticket.organisation_id)
    require(facts.registered and facts.active)
    if State(ticket.state) in TERMINAL:
        raise Conflict("state_changed")
    taking_part = ticket.participants.filter(pk=person_id).exists()
    if person_id != ticket.opener_id and not taking_part:
        _add(ticket, person_id, actor=actor, now=now)
    return ticket


def join(ticket: Ticket, *, author: Actor, now: datetime) -> None:
    """Who writes on a colleague's locked ticket follows it from then on: the answer goes to them,
    too (R8).
    """
    person_id = author.id
    if person_id is None or person_id == ticket.opener_id:
        return
    ours = ticket.organisation_id in author.organisations
    if ours and not ticket.participants.filter(pk=person_id).exists():
        _add(ticket, person_id, actor=author, now=now)


def _add(ticket: Ticket, person_id: int, *, actor: Actor, now: datetime) -> None:
    told = {"person": person_id, "team": access.serves_people_of(actor, scope_of(ticket))}
    ticket.participants.add(person_id)
    emit("ticket.participant_included", ticket, actor=actor, now=now, data=told)


@transaction.atomic
def take_out(*, actor: Actor, now: datetime, ticket_id: int, person_id: int) -> Ticket:
    """The person's part in the ticket ends. Raises NotAllowed unless ``access.may_take_out``."""
    ticket = lock(ticket_id)
    require(
        access.may_take_out(
            actor,
            scope_of(ticket),
            person=person_id,
            included_by=included_by(ticket).get(person_id),
        )
    )
    ticket.participants.remove(person_id)
    emit("ticket.participant_left", ticket, actor=actor, now=now, data={"person": person_id})
    return ticket
