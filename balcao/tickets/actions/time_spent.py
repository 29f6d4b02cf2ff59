"""The time somebody worked on a ticket."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from balcao.events.actions import emit
from balcao.policy import access, acts
from balcao.policy.access import Actor, Permission
from balcao.tickets.actions.moves import lock
from balcao.tickets.actions.refusal import NotAllowed, require
from balcao.tickets.models import Ticket, TimeSpent
from balcao.tickets.queries import scope_of


@transaction.atomic
def log_time(
    *, actor: Actor, now: datetime, ticket_id: int, minutes: int, note: str, key: str
) -> TimeSpent:
    """ "Tempo gasto": minutes of the actor's on the ticket, in whatever state it is.

    No customer sees it, and it starts nothing. Idempotent by ``key``. Raises NotAllowed, also for
    no time and for more than a day at once.
    """
    ticket = lock(ticket_id)
    require(access.can(actor, Permission.LOG_TIME, scope_of(ticket, actor)))
    require(0 < minutes <= acts.MAX_MINUTES)
    if noted := TimeSpent.objects.filter(ticket=ticket, key=key).first():
        return noted
    assert actor.id is not None
    row = TimeSpent.objects.create(
        ticket=ticket, agent_id=actor.id, minutes=minutes, note=note, key=key, at=now
    )
    _add(ticket, minutes)
    emit("ticket.time_logged", ticket, actor=actor, now=now, data=_told(row))
    return row


@transaction.atomic
def remove_time(*, actor: Actor, now: datetime, time_id: int) -> TimeSpent:
    """Take noted minutes back; twice changes nothing more. Raises NotAllowed."""
    row = TimeSpent.objects.filter(pk=time_id).first()
    if row is None:
        raise NotAllowed
    ticket = lock(row.ticket_id)
    require(acts.may_remove_time(actor, scope_of(ticket), agent=row.agent_id))
    if TimeSpent.objects.filter(pk=time_id, removed_at=None).update(removed_at=now):
        _add(ticket, -row.minutes)
        emit("ticket.time_removed", ticket, actor=actor, now=now, data=_told(row))
    return row


def _add(ticket: Ticket, minutes: int) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(spent_minutes=F("spent_minutes") + minutes)


def _told(row: TimeSpent) -> dict[str, object]:
    return {"time": row.pk, "minutes": row.minutes}
