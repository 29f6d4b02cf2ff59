"""Handing a ticket on to another queue, and taking back what one has just done to whose it is."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from balcao.events.actions import emit
from balcao.people.models import User
from balcao.people.queries import actor_for
from balcao.policy import access
from balcao.policy.access import Actor, Permission, TicketScope
from balcao.policy.lifecycle import OPEN_STATES, State
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions.moves import lock
from balcao.tickets.actions.refusal import Conflict, require
from balcao.tickets.actions.reserving import end_reservation
from balcao.tickets.models import Queue, Ticket
from balcao.tickets.queries import is_absent, last_holder_change, position_of, scope_of


@dataclass(frozen=True, slots=True)
class Holding:
    """Whose a ticket is (None: nobody's), and in which queue."""

    assignee: int | None
    queue: int


@transaction.atomic
def change_queue(*, actor: Actor, now: datetime, ticket_id: int, queue_id: int) -> Ticket:
    """The ticket stands in another queue from now on, at the place of its submission (R24).

    Its person keeps it if they serve that queue too, and else it is nobody's. Raises NotAllowed,
    or Conflict "no_queue" for one that does not exist, "state_changed" when it is no longer open,
    "reserved" while a colleague holds it as the next in line.
    """
    ticket = lock(ticket_id)
    scope = scope_of(ticket)
    require(access.can(actor, Permission.ASSIGN, scope))
    if not Queue.objects.filter(pk=queue_id).exists():
        raise Conflict("no_queue")
    if State(ticket.state) not in OPEN_STATES:
        raise Conflict("state_changed")
    if ticket.queue_id == queue_id:
        return ticket
    end_reservation(ticket, actor=actor, now=now)
    before, ticket.queue_id = ticket.queue_id, queue_id
    if not _serves(ticket.assignee_id, replace(scope, queue=queue_id)):
        _hold(ticket, Holding(None, queue_id), now=now)
    else:
        ticket.changed_at = max(now, ticket.changed_at)
        ticket.save(update_fields=["queue", "changed_at"])
    place = position_of(ticket, order=rulebook.current().queue.order)
    data = {"from": before, "to": queue_id, "place": place}
    emit("ticket.queue_changed", ticket, actor=actor, now=now, data=data)
    return ticket


@transaction.atomic
def undo_holding(
    *, actor: Actor, now: datetime, ticket_id: int, was: Holding, left: Holding
) -> Ticket:
    """Whose the ticket is and its queue are again as before the actor changed them.

    Raises NotAllowed for anybody but who changed it last, Conflict "state_changed" when it stands
    no longer as it was ``left`` or is closed, "absent" when its person of before cannot have it
    now.
    """
    ticket = lock(ticket_id)
    require(actor.id is not None and last_holder_change(ticket_id) == actor.id)
    if Holding(ticket.assignee_id, ticket.queue_id) != left or ticket.claimed_until is not None:
        raise Conflict("state_changed")
    if State(ticket.state) not in OPEN_STATES or not Queue.objects.filter(pk=was.queue).exists():
        raise Conflict("state_changed")
    if was.assignee is not None:
        fit = _serves(was.assignee, replace(scope_of(ticket), queue=was.queue))
        if not fit or is_absent(was.assignee, now=now):
            raise Conflict("absent")
    _hold(ticket, was, now=now)
    data = {"to": was.assignee, "queue": was.queue}
    emit("ticket.assignment_undone", ticket, actor=actor, now=now, data=data)
    return ticket


def _serves(user_id: int | None, scope: TicketScope) -> bool:
    user = User.objects.filter(pk=user_id, is_active=True).first() if user_id else None
    return user is not None and access.can(actor_for(user), Permission.ANSWER, scope)


def _hold(ticket: Ticket, held: Holding, *, now: datetime) -> None:
    ticket.assignee_id, ticket.queue_id = held.assignee, held.queue
    ticket.claimed_until = None
    ticket.next_at = None if ticket.state == State.OPEN.value else ticket.next_at
    ticket.changed_at = max(now, ticket.changed_at)
    ticket.save(update_fields=["assignee", "queue", "claimed_until", "next_at", "changed_at"])
