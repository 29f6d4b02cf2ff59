"""What a ticket's page at the desk shows beside the conversation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Case, DateTimeField, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from balcao.events.statements import Slot, Statement
from balcao.people.models import User
from balcao.policy.access import Actor
from balcao.policy.lifecycle import OPEN_STATES
from balcao.tickets.models import Deadline, Rating, Ticket
from balcao.tickets.queries.access import keep_participants, read, require_reach, visible_to
from balcao.tickets.queries.thread import DeadlineRow, deadline_row

NEIGHBOURS = 5


@dataclass(frozen=True, slots=True)
class Around:
    """``follows``, ``origin``: numbers of the ticket this one goes on from, and came out of."""

    unit: str
    follows: str
    origin: str
    rating: Rating | None


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
    deadlines = _people_and_deadlines(ticket, now=now)
    require_reach(actor, ticket)
    found = vars(ticket)
    return TicketPage(
        ticket,
        deadlines,
        Around(
            unit=found["around_unit"] or "",
            follows=found["around_follows"] or "",
            origin=found["around_origin"] or "",
            rating=getattr(ticket, "rating", None),
        ),
    )


def _people_and_deadlines(ticket: Ticket, *, now: datetime) -> dict[str, DeadlineRow]:
    """The deadlines; the participants stay with the ticket. One statement."""
    people: list[User] = []
    deadlines: dict[str, DeadlineRow] = {}
    for user_id, name, kind, *moments in _PEOPLE_AND_DEADLINES.rows(ticket.pk):
        if user_id is None:
            deadlines[kind] = deadline_row(kind, *moments, now=now)
        else:
            people.append(User(pk=user_id, name=name))
    keep_participants(ticket, people)
    return deadlines


def _both(ticket: Slot) -> QuerySet[Any, Any]:
    never = Cast(Value(None), DateTimeField())
    taking_part = (
        Ticket.participants.through.objects.filter(ticket=ticket)
        .annotate(kind=Value(""), due=never, met=never, breached=never, warn=never)
        .annotate(paused=Value(False))
        .values_list("user_id", "user__name", "kind", "due", "met", "breached", "warn", "paused")  # type: ignore[misc]
    )
    promised = (
        Deadline.objects.filter(ticket=ticket)
        .annotate(who=Cast(Value(None), BigIntegerField()), name=Value(""))
        .values_list("who", "name", "kind", "due_at", "met_at", "breached_at", "warn_at", "paused")
    )
    return taking_part.union(promised, all=True)


_PEOPLE_AND_DEADLINES = Statement(_both, int)


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
