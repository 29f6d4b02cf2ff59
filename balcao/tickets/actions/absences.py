"""Absence of a member of the team: what waits goes back, what is answered stays (R24)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from balcao.events.actions import emit
from balcao.people.models import User
from balcao.people.queries import actor_for
from balcao.policy import access, routing
from balcao.policy.access import SYSTEM, Actor, Permission
from balcao.policy.lifecycle import OPEN_STATES, State
from balcao.policy.routing import TakenBack
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions.moves import lock
from balcao.tickets.actions.refusal import Conflict, require
from balcao.tickets.actions.reserving import end_reservation
from balcao.tickets.models import Absence, Ticket
from balcao.tickets.queries import is_absent, position_of, scope_of

_OPEN = sorted(state.value for state in OPEN_STATES)


@transaction.atomic
def announce_absence(
    *, actor: Actor, now: datetime, user_id: int, starts_at: datetime, ends_at: datetime | None
) -> Absence:
    """Somebody who serves tickets is away from ``starts_at`` until ``ends_at``, or until they say.

    One that has begun takes effect at once. Raises NotAllowed for who may not say so, Conflict
    "overlaps" when another absence of theirs falls into the same time, "backwards" for one that
    ends before it begins or is over already.
    """
    require(access.may_announce_absence(actor, user_id))
    # Two announcements at once must not overlap unseen.
    user = User.objects.select_for_update().get(pk=user_id)
    require(access.can(actor_for(user), Permission.TAKE_NEXT, None))
    if ends_at is not None and (ends_at <= starts_at or ends_at <= now):
        raise Conflict("backwards")
    others = Absence.objects.filter(user=user, ended_at=None)
    later = Q(ends_at=None) | Q(ends_at__gt=starts_at)
    if others.filter(later, **({"starts_at__lt": ends_at} if ends_at else {})).exists():
        raise Conflict("overlaps")
    row = Absence.objects.create(
        user=user, starts_at=starts_at, ends_at=ends_at, announced_at=now, next_at=starts_at
    )
    data = {"user": user_id, "starts": starts_at.isoformat()}
    if ends_at is not None:
        data["ends"] = ends_at.isoformat()
    emit("absence.announced", row, actor=actor, now=now, data=data)
    if starts_at <= now:
        _begin(row, actor=actor, now=now)
    return row


@transaction.atomic
def end_absence(*, actor: Actor, now: datetime, absence_id: int) -> Absence:
    """ "Voltei", or an absence called off before it begins. One that ended stays as it was."""
    row = Absence.objects.select_for_update().get(pk=absence_id)
    require(access.may_announce_absence(actor, row.user_id))
    if row.ended_at is None:
        _end(row, actor=actor, now=now)
    return row


def run_absences(now: datetime, *, limit: int = 50) -> int:
    """Begin and end the absences whose moment has come; how many. Called by the ticker."""
    rows = list(
        Absence.objects.filter(next_at__lte=now)
        .order_by("next_at")
        .values_list("pk", flat=True)[:limit]
    )
    for pk in rows:
        _look(pk, now)
    return len(rows)


@transaction.atomic
def _look(pk: int, now: datetime) -> None:
    row = Absence.objects.select_for_update().get(pk=pk)
    if row.next_at is None or row.next_at > now:
        return
    if row.began_at is None:
        _begin(row, actor=SYSTEM, now=now)
    else:
        _end(row, actor=SYSTEM, now=now)


def _begin(row: Absence, *, actor: Actor, now: datetime) -> None:
    """Tickets that wait for a first answer go back to their old place; the others are counted."""
    row.began_at = now
    row.next_at = row.ends_at
    row.save(update_fields=["began_at", "next_at"])
    returned = kept = 0
    mine = Ticket.objects.select_for_update().filter(assignee=row.user_id, state__in=_OPEN)
    for ticket in mine.order_by("pk"):
        if routing.goes_back(started_at=ticket.started_at):
            _give_back(ticket, actor=actor, now=now)
            returned += 1
        else:
            kept += 1
    data = {"user": row.user_id, "returned": returned, "kept": kept}
    emit("absence.began", row, actor=actor, now=now, data=data)


def _give_back(ticket: Ticket, *, actor: Actor, now: datetime) -> None:
    ticket.assignee = None
    ticket.claimed_until = None
    ticket.next_at = None if ticket.state == State.OPEN.value else ticket.next_at
    ticket.changed_at = max(now, ticket.changed_at)
    ticket.save(update_fields=["assignee", "claimed_until", "next_at", "changed_at"])
    emit("ticket.given_back", ticket, actor=actor, now=now, data={"cause": "absence"})


def _end(row: Absence, *, actor: Actor, now: datetime) -> None:
    row.ended_at = now
    row.next_at = None
    row.save(update_fields=["ended_at", "next_at"])
    emit("absence.ended", row, actor=actor, now=now, data={"user": row.user_id})


@transaction.atomic
def transfer(
    *, actor: Actor, now: datetime, ticket_id: int, to_id: int, why: TakenBack | None = None
) -> Ticket:
    """ "Transferir": the ticket is a colleague's from now on; its place in line stays (R24).

    Raises NotAllowed when either of the two does not serve it, Conflict "absent" when the colleague
    is away, "state_changed" when it is no longer open, "reserved" while another one holds it as the
    next in line, unless a supervisor says ``why``.
    """
    ticket = lock(ticket_id)
    scope = scope_of(ticket)
    require(access.can(actor, Permission.ASSIGN, scope))
    colleague = User.objects.filter(pk=to_id, is_active=True).first()
    require(colleague is not None and access.can(actor_for(colleague), Permission.ANSWER, scope))
    if ticket.state not in _OPEN:
        raise Conflict("state_changed")
    if is_absent(to_id, now=now):
        raise Conflict("absent")
    if ticket.assignee_id == to_id and ticket.claimed_until is None:
        return ticket
    end_reservation(ticket, actor=actor, now=now, why=why)
    place = position_of(ticket, order=rulebook.current().queue.order)
    ticket.assignee_id = to_id
    ticket.claimed_until = None
    ticket.next_at = None if ticket.state == State.OPEN.value else ticket.next_at
    ticket.changed_at = max(now, ticket.changed_at)
    ticket.save(update_fields=["assignee", "claimed_until", "next_at", "changed_at"])
    data = {"to": to_id, "place": place}
    emit("ticket.assigned", ticket, actor=actor, now=now, data=data)
    return ticket
