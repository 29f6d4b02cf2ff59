"""Times that were offered, as the desk and the customer see them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from balcao.appointments.models import Offer, OfferedTime
from balcao.appointments.queries.booked import booked_of
from balcao.appointments.queries.free import agenda_of, last_moment
from balcao.people.queries import actor_by_id, find_token
from balcao.policy import access, booking
from balcao.policy.access import Actor, Permission
from balcao.policy.accounts import TokenKind
from balcao.policy.book import Policy
from balcao.policy.booking import Slot
from balcao.tickets.models import Ticket
from balcao.tickets.queries import scope_of, visible_to


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One offered time. ``free``: it can still be taken."""

    id: int
    agent_id: int
    agent: str
    begins: datetime
    ends: datetime
    free: bool


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An open offer, its times in order."""

    id: int
    ticket_id: int
    by: str
    mode: str
    provider: str
    minutes: int
    made_at: datetime
    times: tuple[TimeRow, ...]

    @property
    def free(self) -> tuple[TimeRow, ...]:
        """Those that can still be taken."""
        return tuple(one for one in self.times if one.free)


def open_offer_of(ticket: Ticket, *, policy: Policy, now: datetime) -> OfferRow | None:
    """The open offer of a ticket that the caller may see; None when there is none."""
    offer = Offer.objects.select_related("by").filter(ticket=ticket, closed_at=None).first()
    if offer is None:
        return None
    rows = list(OfferedTime.objects.filter(offer=offer).select_related("agent").order_by("begins"))
    held = booked_of(ticket)
    agendas = agenda_of({row.agent_id for row in rows}, now=now, without=held.pk if held else None)
    until, length = last_moment(ticket, policy=policy), timedelta(minutes=offer.minutes)
    times = []
    for row in rows:
        slot, agenda = Slot(row.begins, row.begins + length), agendas.get(row.agent_id)
        free = agenda is not None and not booking.why_not(
            slot, agenda, calendar=policy.calendar, now=now, until=until
        )
        times.append(TimeRow(row.pk, row.agent_id, row.agent.name, slot.begins, slot.ends, free))
    return OfferRow(
        id=offer.pk,
        ticket_id=ticket.pk,
        by=offer.by.name,
        mode=offer.mode,
        provider=offer.provider,
        minutes=offer.minutes,
        made_at=offer.made_at,
        times=tuple(times),
    )


def open_to_choose(actor: Actor, ticket: Ticket) -> bool:
    """Whether the actor is a customer who may choose a time for the ticket."""
    return ticket.organisation_id in actor.organisations and access.can(
        actor, Permission.REPLY, scope_of(ticket)
    )


def ticket_by_link(secret: str, *, now: datetime) -> tuple[Actor, Ticket, bool] | None:
    """Whose link this is, the ticket whose appointment it is about, and whether it can still be
    acted by; None for every other secret (A3).

    One that was used up still tells how things stand.
    """
    grant = find_token(secret, kind=TokenKind.APPOINTMENT, now=now, spent=True)
    actor = actor_by_id(grant.user_id, now=now) if grant else None
    if grant is None or actor is None:
        return None
    rows = visible_to(actor, Permission.REPLY).filter(organisation__in=actor.organisations)
    ticket = rows.filter(pk=int(grant.payload.get("ticket", 0))).first()
    fresh = find_token(secret, kind=TokenKind.APPOINTMENT, now=now) is not None
    return (actor, ticket, fresh) if ticket else None
