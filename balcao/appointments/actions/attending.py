"""The customer came, or did not (S38, R28)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from balcao.appointments.actions.booking import free_cells
from balcao.appointments.models import Appointment, Step
from balcao.events.actions import emit
from balcao.policy import access, booking
from balcao.policy.access import Actor
from balcao.policy.booking import Stand
from balcao.policy.lifecycle import Verb
from balcao.policy.prepaid import Entry
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions import Conflict
from balcao.tickets.actions.moves import lock, move
from balcao.tickets.actions.refusal import require
from balcao.tickets.models import Ticket
from balcao.tickets.queries import scope_of


@dataclass(frozen=True, slots=True)
class Came:
    """Who came to a training: how many, and why more than one is for (R28)."""

    people: int
    reason: str = ""


@transaction.atomic
def attend(
    *,
    actor: Actor,
    now: datetime,
    appointment_id: int,
    done: tuple[int, ...] = (),
    came: Came | None = None,
) -> Appointment:
    """ "Compareceu": service starts, and the one-off is used (S38). Twice changes nothing.

    ``done``: ids of the steps that were gone through. Raises NotAllowed, Conflict "too_early",
    "too_many_people" for more than the policy says without a reason, or "state_changed" when it is
    not booked any more.
    """
    row, ticket = _held(appointment_id, actor)
    if row.state == Stand.ATTENDED.value:
        return row
    _require_booked(row)
    if not booking.may_attend(row.begins, now=now):
        raise Conflict("too_early")
    if came is not None:
        allowed = rulebook.current().training.people
        if not booking.may_teach(came.people, allowed=allowed, reason=came.reason):
            raise Conflict("too_many_people")
        row.people, row.people_reason = came.people, came.reason.strip()
        row.save(update_fields=["people", "people_reason"])
    _end(row, Stand.ATTENDED, now=now)
    Step.objects.filter(appointment=row, pk__in=done).update(done_at=now)
    move(ticket, Verb.ATTEND, actor=actor, now=now)
    data: dict[str, object] = {"ticket": ticket.pk, "agent": row.agent_id, "steps": len(done)}
    data["people"] = row.people
    emit("appointment.attended", row, actor=actor, now=now, data=data)
    return row


@transaction.atomic
def miss(*, actor: Actor, now: datetime, appointment_id: int) -> Appointment:
    """ "Não compareceu": the first time the customer is warned, then the one-off is used (R28), and
    the ticket resolved. A ticket that is no one-off only goes on where it was.

    Twice changes nothing. Raises NotAllowed, Conflict "too_early", "state_changed".
    """
    row, ticket = _held(appointment_id, actor)
    if row.state == Stand.MISSED.value:
        return row
    _require_booked(row)
    if not booking.may_miss(row.begins, now=now):
        raise Conflict("too_early")
    _end(row, Stand.MISSED, now=now)
    count = Appointment.objects.filter(ticket=ticket, state=Stand.MISSED.value).count()
    used = _is_unused(ticket) and booking.consumes(
        missed=count, warnings=rulebook.current().training.warnings
    )
    if used:
        move(ticket, Verb.ATTEND, actor=actor, now=now, data={"cause": "missed"})
        move(ticket, Verb.RESOLVE, actor=actor, now=now, data={"cause": "missed"})
    else:
        move(ticket, Verb.RESUME, actor=actor, now=now)
    data = {"ticket": ticket.pk, "agent": row.agent_id, "missed": count, "used": used}
    emit("appointment.missed", row, actor=actor, now=now, data=data)
    return row


def _is_unused(ticket: Ticket) -> bool:
    row = ticket.prepaid
    return row is not None and Entry(row.last) is Entry.SUBMITTED


def _held(appointment_id: int, actor: Actor) -> tuple[Appointment, Ticket]:
    row = Appointment.objects.filter(pk=appointment_id).first()
    require(row is not None)
    assert row is not None
    ticket = lock(row.ticket_id)
    require(access.can_move(actor, Verb.ATTEND, scope_of(ticket, actor)))
    row.refresh_from_db()
    return row, ticket


def _require_booked(row: Appointment) -> None:
    if row.state != Stand.BOOKED.value:
        raise Conflict("state_changed")


def _end(row: Appointment, stand: Stand, *, now: datetime) -> None:
    row.state = stand.value
    row.changed_at, row.next_at = now, None
    row.save(update_fields=["state", "changed_at", "next_at"])
    free_cells(row)
