"""What was done on a ticket besides answering: remote accesses, time spent, linked tickets."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum

from balcao.policy import acts
from balcao.policy.access import Actor, Duty, Permission, can, may
from balcao.tickets.models import RemoteSession, Ticket, TicketLink, TimeSpent
from balcao.tickets.queries.access import NotFound, scope_of, visible_to


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A remote access with its session id, for the team. ``ends``: the reader may end it."""

    id: int
    agent: str
    tool: str
    session: str
    consent: str
    consent_door: str
    began_at: datetime
    ended_at: datetime | None
    ends: bool


@dataclass(frozen=True, slots=True)
class TimeRow:
    """Minutes somebody noted. ``removes``: the reader may take them back."""

    id: int
    agent: str
    minutes: int
    note: str
    at: datetime
    removes: bool


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A ticket linked to another. ``is_origin``: the other came out of this one."""

    number: str
    subject: str
    is_origin: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class SpentRow:
    """What one person noted in a period, on how many tickets."""

    agent: str
    minutes: int
    tickets: int


def sessions_of(actor: Actor, ticket: Ticket) -> list[SessionRow]:
    """The ticket's remote accesses, newest first, for those who read its notes."""
    scope = scope_of(ticket)
    if not can(actor, Permission.VIEW_NOTES, scope):
        return []
    rows = RemoteSession.objects.filter(ticket=ticket).select_related("agent").order_by("-pk")
    return [
        SessionRow(
            id=row.pk,
            agent=row.agent.name,
            tool=row.tool,
            session=row.session,
            consent=row.consent,
            consent_door=row.consent_door,
            began_at=row.began_at,
            ended_at=row.ended_at,
            ends=row.ended_at is None and acts.may_end_session(actor, scope, agent=row.agent_id),
        )
        for row in rows
    ]


def times_of(actor: Actor, ticket: Ticket) -> list[TimeRow]:
    """The time noted on the ticket and not taken back, newest first, for those who read notes."""
    scope = scope_of(ticket)
    if not can(actor, Permission.VIEW_NOTES, scope):
        return []
    rows = TimeSpent.objects.filter(ticket=ticket, removed_at=None).select_related("agent")
    return [
        TimeRow(
            id=row.pk,
            agent=row.agent.name,
            minutes=row.minutes,
            note=row.note,
            at=row.at,
            removes=acts.may_remove_time(actor, scope, agent=row.agent_id),
        )
        for row in rows.order_by("-at", "-pk")
    ]


def links_of(actor: Actor, ticket: Ticket) -> list[LinkRow]:
    """The tickets it came out of or that came out of it, as far as the actor sees them."""
    either = Q(origin=ticket) | Q(ticket=ticket)
    seen = visible_to(actor).values("pk")
    rows = TicketLink.objects.filter(either, origin__in=seen, ticket__in=seen).order_by("pk")
    return [_link(row, ticket) for row in rows.select_related("origin", "ticket")]


def _link(row: TicketLink, ticket: Ticket) -> LinkRow:
    is_origin = row.ticket_id == ticket.pk
    other = row.origin if is_origin else row.ticket
    return LinkRow(number=other.number, subject=other.subject, is_origin=is_origin, at=row.at)


def time_by_person(actor: Actor, *, since: datetime) -> list[SpentRow]:
    """Who noted how much from ``since`` on, most first.

    Raises NotFound for those who keep no such book.
    """
    if not may(actor, Duty.VIEW_TIMES):
        raise NotFound
    rows = (
        TimeSpent.objects.filter(at__gte=since, removed_at=None)
        .values("agent__name")
        .annotate(spent=Sum("minutes"), tickets=Count("ticket", distinct=True))
        .order_by("-spent", "agent__name")
    )
    return [SpentRow(row["agent__name"], row["spent"], row["tickets"]) for row in rows]
