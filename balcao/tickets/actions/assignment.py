"""Who serves a ticket: the next one in line (S30), one chosen by hand, and giving it back (R24)."""

from datetime import datetime, timedelta

from django.db import transaction

from balcao.events.actions import emit
from balcao.people.models import User
from balcao.policy import access, routing
from balcao.policy.access import Actor, Permission
from balcao.policy.lifecycle import State
from balcao.policy.routing import TakenBack
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions.moves import lock
from balcao.tickets.actions.refusal import Conflict, require
from balcao.tickets.actions.reserving import end_reservation, let_go
from balcao.tickets.models import Skip, Ticket
from balcao.tickets.queries import claimable, is_absent, position_of, scope_of, waiting_for


@transaction.atomic
def take_next(*, actor: Actor, now: datetime) -> Ticket | None:
    """The first unclaimed ticket of all my queues, mine for the claim's minutes.

    A claim I still hold comes back first, so that nobody collects tickets. Each claim is a
    conditional UPDATE: of several agents asking at once each gets another ticket. What they passed
    over today is not given to them again. Raises
    Conflict("absent") for somebody who said that they are away.
    """
    require(access.can(actor, Permission.TAKE_NEXT, None))
    if is_absent(actor.id, now=now):
        raise Conflict("absent")
    # One agent asks one question at a time: two presses at once must not claim two tickets.
    assert actor.id is not None
    User.objects.select_for_update().get(pk=actor.id)
    held = Ticket.objects.filter(
        assignee=actor.id, state=State.OPEN.value, claimed_until__gt=now
    ).first()
    if held:
        return held
    return _claim_first(actor, now=now)


def _claim_first(actor: Actor, *, now: datetime) -> Ticket | None:
    policy = rulebook.current()
    until = now + timedelta(minutes=policy.ticket.claim_minutes)
    waiting = waiting_for(actor, now=now, timezone=policy.timezone, order=policy.queue.order)
    line = waiting.values_list("pk", "changed_at")
    while (found := line.first()) is not None:
        ticket_id, changed_at = found
        taken = Ticket.objects.filter(claimable(now), pk=ticket_id).update(
            assignee=actor.id, claimed_until=until, next_at=until, changed_at=max(now, changed_at)
        )
        if taken:
            ticket = Ticket.objects.get(pk=ticket_id)
            emit("ticket.claimed", ticket, actor=actor, now=now, data={"until": until.isoformat()})
            return ticket
    return None


@transaction.atomic
def skip(*, actor: Actor, now: datetime, ticket_id: int, reason: str) -> Ticket | None:
    """ "Pular com motivo": pass over the ticket that was handed to me as the next in line (R24).

    It is nobody's again and keeps its place, and "Atender próximo" does not give it to me again
    today. The next one is claimed at once; None when there is none. Raises NotAllowed, or
    Conflict("no_claim") when I do not hold it as the next in line (any more).
    """
    assert actor.id is not None
    User.objects.select_for_update().get(pk=actor.id)
    ticket = lock(ticket_id)
    require(access.can(actor, Permission.SKIP, scope_of(ticket, actor)))
    holds = routing.may_skip(
        state=State(ticket.state),
        claimed_until=ticket.claimed_until,
        is_mine=ticket.assignee_id == actor.id,
        now=now,
    )
    if not holds:
        raise Conflict("no_claim")
    place = position_of(ticket, order=rulebook.current().queue.order) or 1
    row = Skip.objects.create(ticket=ticket, agent_id=actor.id, reason=reason, place=place, at=now)
    let_go(ticket, now=now)
    data = {"skip": row.pk, "place": row.place}
    emit("ticket.skipped", ticket, actor=actor, now=now, data=data)
    return _claim_first(actor, now=now)


@transaction.atomic
def assign_to_me(
    *, actor: Actor, now: datetime, ticket_id: int, why: TakenBack | None = None
) -> Ticket:
    """ "Assumir". Out of turn is allowed and on record: the event keeps the place in line.

    What a colleague holds as the next in line only a supervisor takes, and says ``why`` (O3).
    Raises NotAllowed, or Conflict ("taken", "reserved").
    """
    ticket = lock(ticket_id)
    require(access.can(actor, Permission.ASSIGN, scope_of(ticket, actor)))
    if ticket.assignee_id == actor.id and ticket.claimed_until is None:
        return ticket
    end_reservation(ticket, actor=actor, now=now, why=why)
    if ticket.assignee_id not in (None, actor.id):
        raise Conflict("taken")
    place = position_of(ticket, order=rulebook.current().queue.order)
    ticket.assignee_id = actor.id
    ticket.claimed_until = None
    ticket.next_at = None if ticket.state == State.OPEN.value else ticket.next_at
    ticket.changed_at = max(now, ticket.changed_at)
    ticket.save(update_fields=["assignee", "claimed_until", "next_at", "changed_at"])
    emit("ticket.assigned", ticket, actor=actor, now=now, data={"to": actor.id, "place": place})
    return ticket


@transaction.atomic
def give_back(
    *, actor: Actor, now: datetime, ticket_id: int, why: TakenBack | None = None
) -> Ticket:
    """ "Devolver à fila": nobody's again; an unstarted ticket is back in its old place (R24).

    What a colleague holds as the next in line only a supervisor gives back, and says ``why``; the
    colleague is told (O3). Raises NotAllowed, or Conflict("reserved").
    """
    ticket = lock(ticket_id)
    require(access.can(actor, Permission.ASSIGN, scope_of(ticket, actor)))
    if ticket.assignee_id is None:
        return ticket
    end_reservation(ticket, actor=actor, now=now, why=why)
    if ticket.assignee_id is not None:
        let_go(ticket, now=now)
        emit("ticket.given_back", ticket, actor=actor, now=now)
    return ticket
