"""Sales offers times, the customer chooses one of them (S42)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from balcao.appointments.models import Appointment, Offer, OfferedTime
from balcao.appointments.queries import agents_for, booked_of, free_times, why_not
from balcao.events.actions import emit
from balcao.policy import access
from balcao.policy.access import Actor, Permission
from balcao.policy.booking import (
    LONGEST,
    MOST_TIMES,
    SHORTEST,
    Mode,
    Slot,
    Stand,
    a_choice,
    is_meeting_link,
    may_be_offered,
)
from balcao.policy.entitlement import local_day
from balcao.policy.lifecycle import State
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions import Conflict
from balcao.tickets.actions.moves import lock
from balcao.tickets.actions.offered import note_offered
from balcao.tickets.actions.refusal import require
from balcao.tickets.queries import scope_of


@dataclass(frozen=True, slots=True)
class Terms:
    """How they would meet, and for how long. ``provider`` and ``link``: of an online meeting."""

    mode: Mode
    minutes: int
    provider: str = ""
    link: str = ""


@transaction.atomic
def offer(
    *,
    actor: Actor,
    now: datetime,
    ticket_id: int,
    terms: Terms,
    times: Sequence[tuple[int, datetime]],
    key: str,
) -> Offer:
    """ "Oferecer horários": the ticket's customer may choose one of these, agent and beginning.

    It takes the place of an offer that is still open. Idempotent by ``key``. Raises NotAllowed,
    Conflict "state_changed", "no_times", or why one of the times cannot be had (policy.booking).
    """
    ticket = lock(ticket_id)
    require(access.can(actor, Permission.SCHEDULE, scope_of(ticket, actor)))
    if made := Offer.objects.filter(ticket=ticket, key=key).first():
        return made
    if not may_be_offered(State(ticket.state), ticket.kind):
        raise Conflict("state_changed")
    chosen = {begins: agent for agent, begins in reversed(times)}
    if not chosen or len(chosen) > MOST_TIMES:
        raise Conflict("no_times")
    meets = terms.mode is Mode.MEETING
    require(SHORTEST <= terms.minutes <= LONGEST)
    require(not meets or is_meeting_link(terms.link))
    policy, length = rulebook.current(), timedelta(minutes=terms.minutes)
    serving, held = agents_for(ticket), booked_of(ticket)
    for begins, agent in chosen.items():
        require(agent in serving)
        slot = Slot(begins, begins + length)
        reason = why_not(
            ticket, agent, slot, policy=policy, now=now, without=held.pk if held else None
        )
        if reason:
            raise Conflict(reason)
    close_offer(ticket.pk, now=now)
    assert actor.id is not None
    row = Offer.objects.create(
        ticket=ticket,
        by_id=actor.id,
        mode=terms.mode.value,
        provider=terms.provider if meets else "",
        link=terms.link if meets else "",
        minutes=terms.minutes,
        key=key,
        made_at=now,
    )
    OfferedTime.objects.bulk_create(
        OfferedTime(offer=row, agent_id=agent, begins=begins)
        for begins, agent in sorted(chosen.items())
    )
    note_offered(ticket.pk, offered=True)
    data = {"ticket": ticket.pk, "times": len(chosen), "mode": row.mode, "minutes": row.minutes}
    emit("appointment.offered", row, actor=actor, now=now, data=data)
    return row


@transaction.atomic
def offer_instead(*, actor: Actor, now: datetime, appointment_id: int, key: str) -> Offer:
    """Offer other times of whoever serves the queue, as it was agreed to meet, in place of one at
    which the agent is away. What is booked stays the customer's until they choose another (S42).

    Raises as ``offer``; Conflict "state_changed" when it is not booked any more, "no_times" when
    nobody is free.
    """
    row = Appointment.objects.filter(pk=appointment_id).first()
    require(row is not None)
    assert row is not None
    ticket = lock(row.ticket_id)
    require(access.can(actor, Permission.SCHEDULE, scope_of(ticket)))
    row.refresh_from_db()
    if row.state != Stand.BOOKED.value:
        raise Conflict("state_changed")
    policy = rulebook.current()
    minutes = (row.ends - row.begins) // timedelta(minutes=1)
    chances = free_times(ticket, policy=policy, now=now, minutes=minutes, without=row.pk)
    times = a_choice(
        ((one.agent_id, one.times) for one in chances),
        lambda slot: local_day(slot.begins, policy.timezone),
    )
    terms = Terms(Mode(row.mode), minutes, row.provider, row.link)
    return offer(actor=actor, now=now, ticket_id=ticket.pk, terms=terms, times=times, key=key)


@transaction.atomic
def withdraw_offer(*, actor: Actor, now: datetime, offer_id: int) -> None:
    """Nobody can choose from it any more; twice changes nothing. Raises NotAllowed."""
    row = Offer.objects.get(pk=offer_id)
    ticket = lock(row.ticket_id)
    require(access.can(actor, Permission.SCHEDULE, scope_of(ticket, actor)))
    if Offer.objects.filter(pk=offer_id, closed_at=None).update(closed_at=now):
        note_offered(ticket.pk, offered=False)
        emit("appointment.offer_withdrawn", row, actor=actor, now=now, data={"ticket": ticket.pk})


def close_offer(ticket_id: int, *, now: datetime) -> None:
    """Whatever is open is answered, or another takes its place."""
    if Offer.objects.filter(ticket=ticket_id, closed_at=None).update(closed_at=now):
        note_offered(ticket_id, offered=False)
