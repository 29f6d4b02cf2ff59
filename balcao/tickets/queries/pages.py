"""What a ticket's page at the desk shows beside the conversation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateTimeField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat

from balcao.events.statements import Slot, Statement
from balcao.people.models import User
from balcao.policy.access import Actor, Permission, reach
from balcao.policy.lifecycle import OPEN_STATES
from balcao.tickets.models import Deadline, Rating, Ticket, TicketLink
from balcao.tickets.queries.access import keep_participants, read, require_reach, visible_to
from balcao.tickets.queries.thread import DeadlineRow, deadline_row

NEIGHBOURS = 5


@dataclass(frozen=True, slots=True)
class Around:
    """``follows``, ``origin``: numbers of the ticket this one goes on from, and came out of (if
    the reader sees it).

    ``linked``: id -> number of those that came out of each other, as far as the reader sees them.
    """

    unit: str
    follows: str
    origin: str
    rating: Rating | None
    linked: dict[int, str]


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket with its deadlines by kind, and what stands around it."""

    ticket: Ticket
    deadlines: dict[str, DeadlineRow]
    around: Around


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another ticket in a line. ``how``: "open" of the same organisation, else how it is linked:
    "follows" (it goes on from this one), "split" (it came out of this one).
    """

    number: str
    subject: str
    state: str
    submitted_at: datetime
    how: str


def page_for(actor: Actor, number: str, *, now: datetime) -> TicketPage:
    """The ticket as its page shows it. Raises NotFound as ``get_for`` does. Two statements."""
    ticket = read(actor, number)
    deadlines, linked = _beside(actor, ticket, now=now)
    require_reach(actor, ticket)
    found = vars(ticket)
    origin = found["around_origin"] or ""
    return TicketPage(
        ticket,
        deadlines,
        Around(
            unit=found["around_unit"] or "",
            follows=found["around_follows"] or "",
            origin=origin if origin in linked.values() else "",
            rating=getattr(ticket, "rating", None),
            linked=linked,
        ),
    )


def _beside(
    actor: Actor, ticket: Ticket, *, now: datetime
) -> tuple[dict[str, DeadlineRow], dict[int, str]]:
    """The deadlines, and linked tickets; the participants stay with the ticket. One statement."""
    people: list[User] = []
    deadlines: dict[str, DeadlineRow] = {}
    linked: dict[int, str] = {}
    seen = reach(actor, Permission.VIEW)
    for pk, name, kind, *moments in _BESIDE.rows(ticket.pk):
        if kind == _LINK:
            number, _, queue = name.partition(":")
            if seen.everything or int(queue) in seen.queues:
                linked[pk] = number
        elif pk is None:
            deadlines[kind] = deadline_row(kind, *moments, now=now)
        else:
            people.append(User(pk=pk, name=name))
    keep_participants(ticket, people)
    return deadlines, linked


_LINK = "link"


def _of_ticket(ticket: Slot) -> QuerySet[Any, Any]:
    never = Cast(Value(None), DateTimeField())
    nothing: dict[str, Any] = {
        "due": never,
        "met": never,
        "breached": never,
        "warn": never,
        "paused": Value(False),
    }
    moments = ("kind", *nothing)
    taking_part = (
        Ticket.participants.through.objects.filter(ticket=ticket)
        .annotate(kind=Value(""), **nothing)
        .values_list("user_id", "user__name", *moments)
    )
    promised = (
        Deadline.objects.filter(ticket=ticket)
        .annotate(who=Cast(Value(None), BigIntegerField()), name=Value(""))
        .values_list("who", "name", "kind", "due_at", "met_at", "breached_at", "warn_at", "paused")
    )
    links = [
        TicketLink.objects.filter((near, ticket))
        .annotate(name=_named(far), kind=Value(_LINK), **nothing)
        .values_list(f"{far}_id", "name", *moments)
        for near, far in (("origin", "ticket"), ("ticket", "origin"))
    ]
    return taking_part.union(promised, *links, all=True)


def _named(other: str) -> Concat:
    """Its number and its queue, in one text."""
    return Concat(
        f"{other}__number",
        Value(":"),
        Cast(f"{other}__queue_id", CharField()),
        output_field=CharField(),
    )


_BESIDE = Statement(_of_ticket, int)


def neighbours_of(actor: Actor, ticket: Ticket) -> list[Neighbour]:
    """What the actor may see of: tickets linked to this one, then the newest open ones of its
    organisation. One statement.
    """
    linked = Q(follows=ticket) | Q(link_from__origin=ticket)
    is_open = Q(organisation=ticket.organisation_id, state__in=sorted(OPEN_STATES))
    rows = (
        visible_to(actor)
        .filter(linked | is_open)
        .exclude(pk=ticket.pk)
        .order_by(Case(When(linked, then=0), default=1), "-submitted_at", "-pk")
        .values_list(
            *("number", "subject", "state", "submitted_at", "follows_id", "link_from__origin_id")
        )
    )
    found = []
    for number, subject, state, submitted_at, follows, origin in rows[: 4 * NEIGHBOURS]:
        how = "follows" if follows == ticket.pk else "split" if origin == ticket.pk else "open"
        found.append(Neighbour(number, subject, state, submitted_at, how))
    links = [row for row in found if row.how != "open"]
    return [*links, *[row for row in found if row.how == "open"][:NEIGHBOURS]]
