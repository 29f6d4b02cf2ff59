"""What the customer thought of the service, and the link to say so without signing in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing

from balcao.people.queries import actor_by_id
from balcao.policy import access, lifecycle
from balcao.policy.access import Actor, Permission
from balcao.policy.lifecycle import RATE_DAYS, State
from balcao.tickets.models import Rating, Ticket
from balcao.tickets.queries.access import scope_of, visible_to

_SALT = "balcao.rating"


@dataclass(frozen=True, slots=True)
class RatingView:
    """The ticket's rating: 1 to 5, the customer's words, when."""

    score: int
    comment: str
    at: datetime


def rating_of(ticket: Ticket) -> RatingView | None:
    """What its customer thought of it. No statement for a ticket read by ``get_for``, else one."""
    try:
        row: Rating = ticket.rating
    except Rating.DoesNotExist:
        return None
    return RatingView(row.score, row.comment, row.at)


def may_rate(actor: Actor, ticket: Ticket, *, now: datetime) -> bool:
    """Whether the action of that name would let this person rate the ticket."""
    return access.can(actor, Permission.RATE, scope_of(ticket)) and lifecycle.may_rate(
        State(ticket.state),
        resolved_at=ticket.resolved_at,
        rated=rating_of(ticket) is not None,
        now=now,
    )


def rating_link(ticket_id: int, user_id: int, *, now: datetime) -> str:
    """The secret of the link by which this person rates this ticket, for ``RATE_DAYS`` days."""
    ends = int((now + timedelta(days=RATE_DAYS)).timestamp())
    return signing.Signer(salt=_SALT).sign_object([ticket_id, user_id, ends])


def rated_by_link(secret: str, *, now: datetime) -> tuple[Actor, Ticket] | None:
    """Whose link it is and which ticket it rates; None for everything else (A3).

    Nothing for one that ran out, that nobody made, or of somebody who may not rate that ticket any
    more: who left, was deactivated, or acts for that organisation no longer.
    """
    try:
        found = signing.Signer(salt=_SALT).unsign_object(secret)
        ticket_id, user_id, ends = found
    except (signing.BadSignature, ValueError, TypeError):
        return None
    actor = actor_by_id(user_id, now=now)
    if actor is None or now >= datetime.fromtimestamp(ends, UTC):
        return None
    rows = visible_to(actor, Permission.RATE).filter(organisation__in=actor.organisations)
    ticket = rows.select_related("rating", "organisation").filter(pk=ticket_id).first()
    return (actor, ticket) if ticket else None
