"""The steps of a training: written down, gone through, confirmed by the customer (S40)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from balcao.appointments.actions.booking import spend
from balcao.appointments.models import Appointment, Step
from balcao.appointments.queries import open_to_choose
from balcao.events.actions import emit
from balcao.policy import access
from balcao.policy.access import Actor, Permission
from balcao.policy.booking import MOST_STEPS, Stand
from balcao.policy.lifecycle import Verb
from balcao.tickets.actions import Conflict
from balcao.tickets.actions.moves import lock
from balcao.tickets.actions.refusal import require
from balcao.tickets.queries import scope_of


@transaction.atomic
def set_steps(*, actor: Actor, now: datetime, appointment_id: int, texts: Sequence[str]) -> None:
    """Write the steps anew, before it takes place. Whoever offers times or attends may.

    Raises NotAllowed, Conflict "state_changed" once it is not booked any more, "too_many".
    """
    row = Appointment.objects.get(pk=appointment_id)
    ticket = lock(row.ticket_id)
    scope = scope_of(ticket)
    offers = access.can(actor, Permission.SCHEDULE, scope)
    require(offers or access.can_move(actor, Verb.ATTEND, scope))
    row.refresh_from_db()
    if row.state != Stand.BOOKED.value:
        raise Conflict("state_changed")
    if len(texts) > MOST_STEPS:
        raise Conflict("too_many")
    Step.objects.filter(appointment=row).delete()
    Step.objects.bulk_create(
        Step(appointment=row, place=place, text=text) for place, text in enumerate(texts, 1)
    )
    data = {"ticket": ticket.pk, "steps": len(texts)}
    emit("appointment.steps_set", row, actor=actor, now=now, data=data)


@transaction.atomic
def confirm_steps(
    *,
    actor: Actor,
    now: datetime,
    appointment_id: int,
    steps: Sequence[int],
    doubts: str,
    secret: str | None = None,
) -> Appointment:
    """The customer says which steps are clear, and which doubts are left (S40). Once; again
    changes nothing.

    Raises NotAllowed, TokenRefused, Conflict "state_changed" for one that did not take place.
    """
    row = Appointment.objects.get(pk=appointment_id)
    ticket = lock(row.ticket_id)
    require(open_to_choose(actor, ticket))
    row.refresh_from_db()
    if row.state != Stand.ATTENDED.value:
        raise Conflict("state_changed")
    if row.confirmed_at is not None:
        return row
    if secret is not None:
        spend(secret, actor, ticket, now=now)
    Step.objects.filter(appointment=row, pk__in=steps).update(confirmed_at=now)
    row.confirmed_at, row.doubts = now, doubts
    row.save(update_fields=["confirmed_at", "doubts"])
    data = {"ticket": ticket.pk, "steps": len(steps), "doubts": bool(doubts)}
    emit("appointment.confirmed", row, actor=actor, now=now, data=data)
    return row
