"""The cast with a calendar: working hours, times that are offered, what was booked."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from balcao.appointments import actions as appointments
from balcao.appointments.models import Appointment, Offer, OfferedTime
from balcao.people.actions import make_token
from balcao.people.models import User
from balcao.policy.access import Role
from balcao.policy.accounts import TokenKind
from balcao.policy.book import Span
from balcao.policy.booking import Mode
from balcao.tickets.models import Ticket
from tests.cast import NOW, a_member_of_staff, acting

WEEK = ((Span(480, 720), Span(780, 1080)),) * 5 + ((),) * 2
# Monday, 09:00 in Recife; NOW is the Friday before.
SLOT = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def with_hours(agent: User, week: Sequence[Sequence[Span]] = WEEK) -> User:
    """The same person, who can be booked from Monday to Friday."""
    appointments.keep_hours(actor=acting(agent), now=NOW, agent_id=agent.pk, week=week)
    return agent


def a_seller(*, name: str = "Sara Melo") -> User:
    return a_member_of_staff(Role.SALES, name=name)


def an_offer(
    ticket: Ticket,
    agent: User,
    *,
    seller: User | None = None,
    begins: Sequence[datetime] = (SLOT, SLOT + 2 * HOUR),
    mode: Mode = Mode.REMOTE,
    provider: str = "",
    link: str = "",
    now: datetime = NOW,
) -> Offer:
    """Times with ``agent``, offered to the ticket's customer."""
    return appointments.offer(
        actor=acting(seller or a_seller(), now=now),
        now=now,
        ticket_id=ticket.pk,
        terms=appointments.Terms(mode=mode, minutes=60, provider=provider, link=link),
        times=[(agent.pk, at) for at in begins],
        key=secrets.token_hex(16),
    )


def time_of(offer: Offer, place: int = 0) -> int:
    """The id of an offered time, the earliest first."""
    return OfferedTime.objects.filter(offer=offer).order_by("begins")[place].pk


def a_booking(
    ticket: Ticket,
    agent: User,
    *,
    begins: datetime = SLOT,
    mode: Mode = Mode.REMOTE,
    provider: str = "",
    link: str = "",
    now: datetime = NOW,
) -> Appointment:
    """What the ticket's opener chose of what was offered."""
    offer = an_offer(
        ticket, agent, begins=[begins], mode=mode, provider=provider, link=link, now=now
    )
    actor = acting(ticket.opener, now=now)
    return appointments.book(actor=actor, now=now, time_id=time_of(offer))


def a_booking_link(ticket: Ticket, user: User, *, now: datetime = NOW) -> str:
    """The secret of a mail's link about the ticket's appointment."""
    payload = {"ticket": ticket.pk}
    return make_token(now=now, kind=TokenKind.APPOINTMENT, user_id=user.pk, payload=payload)
