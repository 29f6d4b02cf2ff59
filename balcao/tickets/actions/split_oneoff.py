"""A second problem takes another one-off of the same holder, where there is one (R27, S33)."""

from datetime import datetime

from balcao.events.actions import emit
from balcao.policy import access, acts, booking
from balcao.policy.access import Actor, Permission
from balcao.policy.gate import Act, Door
from balcao.policy.lifecycle import State
from balcao.tickets.actions.conversation import ask_gate
from balcao.tickets.actions.describing import choose_service, submit
from balcao.tickets.actions.moves import lock
from balcao.tickets.actions.opening import active_service
from balcao.tickets.actions.refusal import Conflict, gated, require
from balcao.tickets.actions.split import Question, chosen_of, copy_into, share
from balcao.tickets.models import Message, Ticket, TicketLink
from balcao.tickets.queries import evidence, scope_of


@gated
def split_into(
    *, actor: Actor, now: datetime, ticket_id: int, oneoff_id: int, question: Question, key: str
) -> Ticket:
    """ "Separar" into a one-off that the agent picks: the gate is asked as its holder, who is the
    old ticket's opener; allowed, its problem is described by the question (R16), and its ledger
    says so. The old one goes on.

    A training or installation is arranged with sales and takes no second problem (S42). Messages
    are copied as ``split`` does. Idempotent: the same one-off out of the same ticket is
    submitted once. Raises Refused, NotAllowed, Conflict("state_changed") for one that is in use.
    """
    rows = {pk: lock(pk) for pk in sorted({ticket_id, oneoff_id})}
    origin, target = rows[ticket_id], rows[oneoff_id]
    require(access.can(actor, Permission.SPLIT, scope_of(origin)))
    require(_is_theirs(origin, target) and access.can(actor, Permission.VIEW, scope_of(target)))
    sold = target.state == State.SOLD.value
    if not sold and TicketLink.objects.filter(origin=origin, ticket=target).exists():
        return target
    arranged = booking.arranges(State(target.state), target.kind)
    if not sold or arranged or not acts.may_split(State(origin.state)):
        raise Conflict("state_changed")
    chosen = chosen_of(origin, question.message_ids)
    require(bool(chosen or question.body))
    service = active_service(question.service, target.organisation_id)
    judged = ask_gate(
        target,
        Act.CONTINUE,
        actor=actor,
        now=now,
        door=Door.PORTAL,
        service=service.slug,
        person_id=target.opener_id,
    )
    share(target, list(origin.participants.all()))
    choose_service(target, service.slug)
    first, *rest = copy_into(
        target, chosen, question.body, actor=actor, now=now, key=f"split:{key}"
    )
    target.message_count += 1 + len(rest)
    told = first | evidence.of_decision(judged.record())
    data = {**told, "door": Door.PORTAL.value, "thanks": False}
    emit("ticket.customer_wrote", target, actor=actor, now=now, data=data)
    for message in rest:
        emit("ticket.message_copied", target, actor=actor, now=now, data=message)
    _link(origin, target, chosen, actor=actor, now=now)
    submit(target, judged, subject=question.subject, actor=actor, door=Door.PORTAL, now=now)
    return target


def _is_theirs(origin: Ticket, target: Ticket) -> bool:
    """Nobody else's words end up in it: the holder is who opened the old ticket."""
    same = (origin.organisation_id, origin.opener_id) == (target.organisation_id, target.opener_id)
    return same and target.prepaid_id is not None and origin.pk != target.pk


def _link(
    origin: Ticket, target: Ticket, chosen: list[Message], *, actor: Actor, now: datetime
) -> None:
    """The last ticket it came out of: a one-off that was returned may be used again."""
    assert actor.id is not None
    TicketLink.objects.update_or_create(
        ticket=target,
        defaults={
            "origin": origin,
            "message": chosen[0] if chosen else None,
            "by_id": actor.id,
            "at": now,
        },
    )
    Ticket.objects.filter(pk=origin.pk).update(changed_at=max(now, origin.changed_at))
    told = {"ticket": target.pk, "messages": len(chosen)}
    emit("ticket.split", origin, actor=actor, now=now, data=told)
