"""What a customer thinks of the service on a ticket."""

from datetime import datetime

from django.db import transaction

from balcao.events.actions import emit
from balcao.policy import access, lifecycle
from balcao.policy.access import Actor, Permission
from balcao.policy.lifecycle import State
from balcao.tickets.actions.moves import lock
from balcao.tickets.actions.refusal import Conflict, require
from balcao.tickets.models import Rating
from balcao.tickets.queries import scope_of


@transaction.atomic
def rate(*, actor: Actor, now: datetime, ticket_id: int, score: int, comment: str = "") -> Rating:
    """1 (bad) to 5 (very good), with words if wanted; again, it replaces what was said before.

    Raises NotAllowed, or Conflict when it is too early, too late, or the ticket was closed with a
    rating (``lifecycle.may_rate``).
    """
    ticket = lock(ticket_id)
    require(access.can(actor, Permission.RATE, scope_of(ticket)))
    if not lifecycle.may_rate(
        State(ticket.state),
        resolved_at=ticket.resolved_at,
        rated=Rating.objects.filter(ticket=ticket).exists(),
        now=now,
    ):
        raise Conflict("state_changed")
    said = {"rater_id": actor.id, "score": score, "comment": comment, "at": now}
    row, _ = Rating.objects.update_or_create(ticket=ticket, defaults=said)
    emit("ticket.rated", ticket, actor=actor, now=now, data={"score": score})
    return row
