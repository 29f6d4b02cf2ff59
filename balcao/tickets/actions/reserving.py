"""What "Atender próximo" holds for somebody, and who may do something else with it (R24, O3)."""

from datetime import datetime

from balcao.events.actions import emit
from balcao.policy import access, routing
from balcao.policy.access import Actor, Duty
from balcao.policy.lifecycle import State
from balcao.policy.routing import TakenBack
from balcao.tickets.actions.refusal import Conflict
from balcao.tickets.models import Ticket


def end_reservation(
    ticket: Ticket, *, actor: Actor, now: datetime, why: TakenBack | None = None
) -> None:
    """Before one of the team ends or moves a locked ticket: what a colleague holds as the next in
    line only a supervisor takes from them, and says ``why``; the colleague is told.

    Raises Conflict("reserved").
    """
    holder = routing.reserved_for(
        assignee=ticket.assignee_id, claimed_until=ticket.claimed_until, now=now
    )
    supervises = access.may(actor, Duty.TAKE_BACK)
    if not routing.may_end_reservation(holder=holder, by=actor.id, supervises=supervises, why=why):
        raise Conflict("reserved")
    if why and holder not in (None, actor.id):
        let_go(ticket, now=now)
        data = {"holder": holder, "cause": why.value}
        emit("ticket.given_back", ticket, actor=actor, now=now, data=data)


def let_go(ticket: Ticket, *, now: datetime) -> None:
    """Nobody's from now on; one that was not started stands in its old place."""
    ticket.assignee_id = None
    ticket.claimed_until = None
    ticket.next_at = None if ticket.state == State.OPEN.value else ticket.next_at
    ticket.changed_at = max(now, ticket.changed_at)
    ticket.save(update_fields=["assignee", "claimed_until", "next_at", "changed_at"])
