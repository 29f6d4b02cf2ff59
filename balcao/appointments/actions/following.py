"""What follows from the clock and from what becomes of the ticket."""

from datetime import datetime, timedelta

from django.db import transaction

from balcao.appointments.actions.booking import call_off, free_cells
from balcao.appointments.actions.offering import close_offer
from balcao.appointments.models import Appointment, Offer, Step
from balcao.appointments.queries import booked_of
from balcao.events.actions import emit
from balcao.policy.access import SYSTEM
from balcao.policy.booking import Stand, may_be_offered
from balcao.policy.lifecycle import State
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions.moves import lock


@transaction.atomic
def follow(*, now: datetime, ticket_id: int) -> None:
    """A ticket went on by another way than its appointment: what is booked and offered ends.

    Somebody who went on serving it by hand has met the customer: the appointment was kept.
    """
    ticket = lock(ticket_id)
    state = State(ticket.state)
    if not may_be_offered(state, ticket.kind):
        close_offer(ticket_id, now=now)
    row = booked_of(ticket)
    if row is None or state is State.SCHEDULED:
        return
    if ticket.slot_at == row.begins and row.begins <= now:
        row.state, row.changed_at, row.next_at = Stand.ATTENDED.value, now, None
        row.save(update_fields=["state", "changed_at", "next_at"])
        free_cells(row)
        data = {"ticket": ticket_id, "agent": row.agent_id, "steps": 0, "people": None}
        emit("appointment.attended", row, actor=SYSTEM, now=now, data=data)
        return
    call_off(row, ticket, actor=SYSTEM, now=now, cause="ticket")


def remind(now: datetime, *, limit: int = 50) -> int:
    """Say of every appointment of tomorrow that it is tomorrow; how many. Called by the ticker."""
    due = Appointment.objects.filter(next_at__lte=now).order_by("next_at")
    return sum(_remind(pk, now) for pk in list(due.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _remind(pk: int, now: datetime) -> int:
    rows = Appointment.objects.filter(pk=pk, next_at__lte=now, state=Stand.BOOKED.value)
    changed = rows.update(next_at=None)
    if changed:
        row = Appointment.objects.get(pk=pk)
        data = {"ticket": row.ticket_id, "agent": row.agent_id}
        emit("appointment.reminded", row, actor=SYSTEM, now=now, data=data)
    return changed


def forget_words(now: datetime, *, limit: int = 100) -> int:
    """Let go of the words of appointments that ended ``retention.tickets`` days ago; how many.

    Who met whom when, and what became of it, stays. Called by the ticker.
    """
    oldest = now - timedelta(days=rulebook.current().retention["tickets"])
    due = Appointment.objects.filter(ends__lte=oldest, forgotten_at=None).order_by("ends")
    return sum(_forget(pk, now) for pk in list(due.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _forget(pk: int, now: datetime) -> int:
    rows = Appointment.objects.filter(pk=pk, forgotten_at=None)
    changed = rows.update(link="", doubts="", people_reason="", forgotten_at=now)
    if changed:
        row = Appointment.objects.get(pk=pk)
        Step.objects.filter(appointment=row).update(text="")
        Offer.objects.filter(pk=row.offer_id).update(link="")
        data = {"ticket": row.ticket_id}
        emit("appointment.forgotten", row, actor=SYSTEM, now=now, data=data)
    return changed
