"""A time is agreed on, changed, called off: never two of one agent at once (S42, R28, R29)."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from balcao.appointments.actions.offering import close_offer
from balcao.appointments.models import Appointment, BookedCell, Offer, OfferedTime
from balcao.appointments.queries import agent_is_away, booked_of, open_to_choose, why_not
from balcao.events.actions import emit
from balcao.people.actions import TokenRefused, use_token
from balcao.policy import access, booking
from balcao.policy.access import Actor, Permission
from balcao.policy.accounts import TokenKind
from balcao.policy.booking import Slot, Stand
from balcao.policy.gate import Act, Door
from balcao.policy.lifecycle import State, Verb
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions import Conflict, Refused
from balcao.tickets.actions.conversation import ask_gate
from balcao.tickets.actions.moves import lock, move
from balcao.tickets.actions.refusal import require
from balcao.tickets.models import Ticket
from balcao.tickets.queries import evidence, position_of, scope_of


@dataclass(frozen=True, slots=True)
class Agreed:
    """Whom the ticket's customer meets, and when."""

    agent_id: int
    slot: Slot


@transaction.atomic
def book(*, actor: Actor, now: datetime, time_id: int, secret: str | None = None) -> Appointment:
    """ "Escolher horário": take one of the offered times, or have sales take it for the customer.

    Of many at once for one time of an agent exactly one gets it. ``secret``: of the mail's link,
    which is used up. A ticket that has an appointment gets the new time instead of the old one.
    Raises NotAllowed, TokenRefused, Conflict "offer_closed", "state_changed", "too_late" for one
    that can no longer be moved (R28), or why the time cannot be had ("taken", ...).
    """
    time = OfferedTime.objects.select_related("offer").filter(pk=time_id).first()
    require(time is not None)
    assert time is not None
    ticket = lock(time.offer.ticket_id)
    staff = _require_who(actor, ticket, secret=secret, now=now)
    offer = Offer.objects.get(pk=time.offer_id)
    if offer.closed_at is not None:
        raise Conflict("offer_closed")
    slot = Slot(time.begins, time.begins + timedelta(minutes=offer.minutes))
    held = booked_of(ticket)
    # It is never too late to leave somebody who will not be there.
    if held is not None and not agent_is_away(held.pk):
        _require_in_time(held, staff=staff, now=now)
    row = _agree(ticket, offer, Agreed(time.agent_id, slot), held, actor=actor, now=now)
    close_offer(ticket.pk, now=now)
    return row


@transaction.atomic
def reschedule(
    *,
    actor: Actor,
    now: datetime,
    appointment_id: int,
    begins: datetime,
    secret: str | None = None,
) -> Appointment:
    """ "Remarcar": another free time with the same agent, as long as before.

    The customer until so many hours before it begins (R28), sales and supervisors at any time.
    Raises as ``book``, and Conflict "state_changed" when it is not booked any more.
    """
    held, ticket = _locked(appointment_id)
    staff = _require_who(actor, ticket, secret=secret, now=now)
    if held.begins == begins and held.state == Stand.BOOKED.value:
        return held
    _require_in_time(held, staff=staff, now=now)
    slot = Slot(begins, begins + (held.ends - held.begins))
    return _agree(ticket, held.offer, Agreed(held.agent_id, slot), held, actor=actor, now=now)


@transaction.atomic
def cancel(
    *, actor: Actor, now: datetime, appointment_id: int, secret: str | None = None
) -> Appointment:
    """Called off, by whoever may move it and as long as they may; the ticket goes on where it was.

    Twice changes nothing. Raises as ``reschedule``.
    """
    row, ticket = _locked(appointment_id)
    if row.state == Stand.CANCELLED.value:
        return row
    staff = _require_who(actor, ticket, secret=secret, now=now)
    _require_in_time(row, staff=staff, now=now)
    call_off(row, ticket, actor=actor, now=now, cause="staff" if staff else "customer")
    move(ticket, Verb.RESUME, actor=actor, now=now)
    return row


def call_off(row: Appointment, ticket: Ticket, *, actor: Actor, now: datetime, cause: str) -> None:
    """It does not take place; calendars are told with a higher sequence."""
    row.state = Stand.CANCELLED.value
    row.sequence += 1
    row.changed_at, row.next_at = now, None
    row.save(update_fields=["state", "sequence", "changed_at", "next_at"])
    free_cells(row)
    data = {"ticket": ticket.pk, "agent": row.agent_id, "cause": cause}
    emit("appointment.cancelled", row, actor=actor, now=now, data=data)


def free_cells(row: Appointment) -> None:
    """The agent's time is theirs again."""
    BookedCell.objects.filter(appointment=row).delete()


def _locked(appointment_id: int) -> tuple[Appointment, Ticket]:
    found = Appointment.objects.filter(pk=appointment_id).values_list("ticket_id", flat=True)
    ticket_id = found.first()
    require(ticket_id is not None)
    assert ticket_id is not None
    ticket = lock(ticket_id)
    return Appointment.objects.select_related("offer").get(pk=appointment_id), ticket


def _require_who(actor: Actor, ticket: Ticket, *, secret: str | None, now: datetime) -> bool:
    """Whether one of the team acts; a customer of the ticket may, too, by the link of a mail."""
    if secret is None and access.can(actor, Permission.SCHEDULE, scope_of(ticket, actor)):
        return True
    require(open_to_choose(actor, ticket))
    if secret is not None:
        spend(secret, actor, ticket, now=now)
    return False


def spend(secret: str, actor: Actor, ticket: Ticket, *, now: datetime) -> None:
    """Use a link up that was made for this ticket. Raises TokenRefused."""
    grant = use_token(now=now, kind=TokenKind.APPOINTMENT, secret=secret, user_id=actor.id)
    if grant.payload.get("ticket") != ticket.pk:
        raise TokenRefused


def _require_in_time(row: Appointment, *, staff: bool, now: datetime) -> None:
    if row.state != Stand.BOOKED.value:
        raise Conflict("state_changed")
    hours = rulebook.current().training.reschedule_hours
    if not staff and not booking.may_move(row.begins, now=now, hours=hours):
        raise Conflict("too_late")


def _agree(
    ticket: Ticket,
    offer: Offer,
    agreed: Agreed,
    held: Appointment | None,
    *,
    actor: Actor,
    now: datetime,
) -> Appointment:
    policy, slot = rulebook.current(), agreed.slot
    reason = why_not(
        ticket, agreed.agent_id, slot, policy=policy, now=now, without=held.pk if held else None
    )
    if reason:
        raise Conflict(reason)
    row = held or Appointment(
        ticket=ticket, state=Stand.BOOKED.value, uid=str(uuid.uuid4()), booked_at=now
    )
    if held is None:
        chooses = actor.id is not None and open_to_choose(actor, ticket)
        row.contact_id = (actor.id if chooses else None) or ticket.opener_id
    else:
        row.sequence += 1
    before = row.agent_id
    row.offer, row.agent_id = offer, agreed.agent_id
    row.mode, row.provider, row.link = offer.mode, offer.provider, offer.link
    row.begins, row.ends, row.changed_at = slot.begins, slot.ends, now
    row.next_at = booking.remind_at(slot.begins, now=now, timezone=policy.timezone)
    row.save()
    _take_cells(row, slot)
    _schedule(ticket, row, actor=actor, now=now)
    data = {"ticket": ticket.pk, "agent": row.agent_id, "begins": row.begins.isoformat()}
    if held is None:
        emit("appointment.booked", row, actor=actor, now=now, data=data)
    else:
        emit("appointment.moved", row, actor=actor, now=now, data={**data, "from": before})
    return row


def _take_cells(row: Appointment, slot: Slot) -> None:
    free_cells(row)
    try:
        with transaction.atomic():
            BookedCell.objects.bulk_create(
                BookedCell(appointment=row, agent_id=row.agent_id, begins=at)
                for at in booking.cells(slot)
            )
    except IntegrityError:
        raise Conflict(booking.TAKEN) from None


def _schedule(ticket: Ticket, row: Appointment, *, actor: Actor, now: datetime) -> None:
    """The ticket waits for its time with whoever will be there; it keeps its place in line."""
    if ticket.assignee_id != row.agent_id:
        place = position_of(ticket, order=rulebook.current().queue.order)
        ticket.assignee_id = row.agent_id
        told = {"to": row.agent_id, "place": place}
        emit("ticket.assigned", ticket, actor=actor, now=now, data=told)
    if ticket.state == State.SOLD.value:
        _submit(ticket, row, actor=actor, now=now)
    if ticket.state == State.WAITING_CUSTOMER.value:
        move(ticket, Verb.CUSTOMER_MESSAGE, actor=actor, now=now)
    data: dict[str, object] = {"agent": row.agent_id, "begins": row.begins.isoformat()}
    move(ticket, Verb.SCHEDULE, actor=actor, now=now, slot=row.begins, data=data)


def _submit(ticket: Ticket, row: Appointment, *, actor: Actor, now: datetime) -> None:
    """A training or installation that was sold is submitted by choosing a time, if the gate lets
    its customer (R16).
    """
    try:
        judged = ask_gate(
            ticket,
            Act.CONTINUE,
            actor=actor,
            now=now,
            door=Door.PORTAL,
            person_id=row.contact_id,
        )
    except Refused:
        raise Conflict("refused") from None
    told = evidence.of_decision(judged.record())
    move(ticket, Verb.SUBMIT, actor=actor, now=now, data=told)
