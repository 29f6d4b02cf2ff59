"""Who of the customer's company sees a ticket, and who may join or leave it."""

from dataclasses import dataclass

from balcao.events.models import Event
from balcao.people.queries.colleagues import acting_for
from balcao.policy import access
from balcao.policy.access import Actor, Permission
from balcao.tickets.models import Ticket
from balcao.tickets.queries.access import scope_of


@dataclass(frozen=True, slots=True)
class Follower:
    """Somebody of the company who sees the ticket. ``may_go``: the reader may take them out."""

    user_id: int
    name: str
    opener: bool
    takes_part: bool
    is_admin: bool
    may_go: bool


@dataclass(frozen=True, slots=True)
class Followers:
    """Who sees the ticket by name, and the colleagues whom the reader may include.

    ``everybody``: colleagues see each other's tickets there anyway.
    """

    named: tuple[Follower, ...]
    others: tuple[tuple[int, str], ...]
    everybody: bool


def included_by(ticket: Ticket) -> dict[int, int | None]:
    """Participant -> whoever included them last, as the record says. One statement."""
    rows = Event.objects.filter(
        verb="ticket.participant_included",
        subject_kind=ticket._meta.label_lower,
        subject_id=ticket.pk,
    ).order_by("pk")
    return {data["person"]: by for data, by in rows.values_list("data", "actor_id")}


def followers_of(actor: Actor, ticket: Ticket) -> Followers:
    """Who of the company follows a ticket that the actor sees: one of ``get_own``, or of
    ``get_for`` one of the team. Raises NotFound for another's.
    """
    scope, by = scope_of(ticket), included_by(ticket)
    people = acting_for(actor, ticket.organisation_id)
    named, others = [], []
    for one in people:
        opener, takes_part = one.user_id == ticket.opener_id, one.user_id in scope.participants
        if not (opener or takes_part or one.is_admin):
            others.append((one.user_id, one.name))
            continue
        may_go = access.may_take_out(
            actor, scope, person=one.user_id, included_by=by.get(one.user_id)
        )
        named.append(Follower(one.user_id, one.name, opener, takes_part, one.is_admin, may_go))
        if one.is_admin and not (opener or takes_part):
            others.append((one.user_id, one.name))
    may_include = access.can(actor, Permission.ADD_PARTICIPANT, scope)
    return Followers(
        named=tuple(sorted(named, key=lambda one: (not one.opener, not one.takes_part))),
        others=tuple(others) if may_include else (),
        everybody=ticket.organisation.members_see_all,
    )
