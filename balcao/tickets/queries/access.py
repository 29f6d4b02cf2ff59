"""Which tickets exist for whom. Built from the one table in policy.access."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from balcao.entitlements.models import PrepaidTicket
from balcao.events.statements import Slot, Statement
from balcao.people.models import User
from balcao.policy.access import (
    ANONYMOUS,
    Actor,
    Permission,
    TicketScope,
    asks_who_takes_part,
    can,
    reach,
)
from balcao.policy.gate import TicketFacts
from balcao.policy.lifecycle import State
from balcao.policy.numbers import parse_number
from balcao.policy.override import OverrideState
from balcao.policy.prepaid import Entry
from balcao.tickets.models import Mention, Override, Ticket


class NotFound(ObjectDoesNotExist):
    """There is no such row for this actor; whether it exists for others is not said."""


def visible_to(actor: Actor, permission: Permission = Permission.VIEW) -> QuerySet[Ticket]:
    """The tickets this actor may view: exactly those for which ``access.can`` says yes."""
    reached = reach(actor, permission)
    if reached.everything:
        return Ticket.objects.all()
    rows = Q(pk__in=[])
    if reached.queues:
        rows |= Q(queue__in=reached.queues)
    if reached.organisations:
        rows |= Q(organisation__in=reached.organisations)
    for organisation, unit in reached.units:
        rows |= Q(organisation=organisation) & (Q(unit=unit) | Q(unit=None))
    if reached.own:
        rows |= Q(organisation__in=actor.organisations) & of_person(actor.id)
    return Ticket.objects.filter(rows)


def of_person(person: "int | Slot | None") -> Q:
    """Tickets that this person opened or takes part in."""
    through = Ticket.participants.through.objects
    return Q(opener=person) | Q(Exists(through.filter(ticket=OuterRef("pk"), user=person)))


def in_queues_alone(actor: Actor) -> tuple[int, ...]:
    """The queues whose tickets are all that ``actor`` may view, as an agent's are; else nothing."""
    only = replace(_NOTHING, queues=actor.queues)
    return tuple(sorted(actor.queues)) if reach(actor, Permission.VIEW) == only else ()


def of_own_alone(actor: Actor) -> tuple[int, ...]:
    """The organisations whose tickets ``actor`` may view where they take part in them, and no
    others, as most customers; else nothing.
    """
    only = replace(_NOTHING, own=True)
    return tuple(sorted(actor.organisations)) if reach(actor, Permission.VIEW) == only else ()


_NOTHING = reach(ANONYMOUS, Permission.VIEW)


def visible_id(actor: Actor, number: str) -> int:
    """The id of the ticket with this number. Raises NotFound when it does not exist for the actor.

    One statement, for a write that reads the ticket itself.
    """
    found = visible_to(actor).filter(number=parse_number(number) or "")
    pk = found.values_list("pk", flat=True).first()
    if pk is None:
        raise NotFound
    return pk


def get_for(actor: Actor, number: str, permission: Permission = Permission.VIEW) -> Ticket:
    """The ticket with this number. Raises NotFound when it does not exist for the actor.

    One statement, and one for who takes part where the answer can hang on it.
    """
    ticket = read(actor, number)
    require_reach(actor, ticket, permission)
    return ticket


def bare_for(actor: Actor, number: str) -> Ticket:
    """The same without what its pages name beside it: for an act, which reads the ticket anew."""
    clean = parse_number(number)
    found: list[Ticket] = _BARE.objects(clean) if clean else []
    if not found:
        raise NotFound
    require_reach(actor, found[0])
    return found[0]


_BARE = Statement(lambda number: Ticket.objects.filter(number=number), str)


def read(actor: Actor, number: str) -> Ticket:
    """The ticket with all that its pages name, but for its participants, whoever asks: the caller
    asks ``require_reach``. ``called``: the actor was named on it and has not seen that yet.
    ``excepted``: its organisation has an approved exception, so ``overrides_of`` finds some.
    """
    clean = parse_number(number)
    found = _WHOLE.objects(clean, actor.id) if clean else []
    if not found:
        raise NotFound
    ticket: Ticket = found[0]
    return ticket


def _read_participants(ticket: Ticket) -> None:
    people = _TAKING_PART.rows(ticket.pk)
    keep_participants(ticket, [User(pk=pk, name=name) for pk, name in people])


def keep_participants(ticket: Ticket, people: list[User]) -> None:
    """Leave them with the ticket as a prefetch does."""
    participants = ticket.participants.all()
    participants._result_cache = people
    vars(ticket)["_prefetched_objects_cache"] = {"participants": participants}


def require_reach(actor: Actor, ticket: Ticket, permission: Permission = Permission.VIEW) -> None:
    """Raises NotFound unless the ticket is among ``visible_to(actor, permission)``, which is what
    access.can says (a test holds the two together).
    """
    if not can(actor, permission, scope_of(ticket, actor)):
        raise NotFound


def _whole(number: Slot, user: Slot) -> QuerySet[Ticket]:
    called = Mention.objects.filter(ticket=OuterRef("pk"), user=user, seen_at=None)
    return (
        Ticket.objects.filter(number=number)
        .annotate(
            called=Exists(called),
            excepted=Exists(approved_for(OuterRef("organisation"))),
            around_unit=F("unit__name"),
            around_follows=F("follows__number"),
            around_origin=F("link_from__origin__number"),
        )
        .select_related(
            "organisation",
            "opener",
            "queue",
            "service",
            "contract",
            "licence__product",
            "prepaid__service",
            "assignee",
            "third_party",
            "remote__agent",
            "rating",
        )
    )


def approved_for(organisation: OuterRef | Slot) -> QuerySet[Override]:
    """The approved exceptions of an outer row's organisation."""
    return Override.objects.filter(organisation=organisation, state=OverrideState.APPROVED.value)


_WHOLE = Statement(_whole, str, int)
_TAKING_PART = Statement(
    lambda ticket: Ticket.participants.through.objects.filter(ticket=ticket).values_list(
        "user_id", "user__name"
    ),
    int,
)


def scope_of(ticket: Ticket, actor: Actor | None = None) -> TicketScope:
    """What access.can asks about a ticket. Who takes part in it is read once, in one statement, and
    not at all where the question is what an ``actor`` may do for whom it changes nothing.
    """
    opener, organisation = ticket.opener_id, ticket.organisation_id
    if actor and not asks_who_takes_part(actor, organisation=organisation, opener=opener):
        return _scope(ticket, frozenset())
    if "participants" not in vars(ticket).get("_prefetched_objects_cache", {}):
        _read_participants(ticket)
    return _scope(ticket, frozenset(user.pk for user in ticket.participants.all()))


def _scope(ticket: Ticket, participants: frozenset[int]) -> TicketScope:
    return TicketScope(
        organisation=ticket.organisation_id,
        unit=ticket.unit_id,
        opener=ticket.opener_id,
        participants=participants,
        queue=ticket.queue_id,
        assignee=ticket.assignee_id,
    )


def id_of_number(number: str) -> int | None:
    """The id of the ticket with this number, whoever asks: for those who read the record."""
    return Ticket.objects.filter(number=number).values_list("pk", flat=True).first()


def numbers_seen(actor: Actor, ids: Collection[int]) -> dict[int, str]:
    """Id -> number of those that the actor sees. One statement, none for no ids."""
    return dict(visible_to(actor).filter(pk__in=ids).values_list("pk", "number")) if ids else {}


def numbers_of(ids: Collection[int]) -> dict[int, str]:
    """Id -> number, whoever asks: for those who read the record. One statement."""
    return dict(Ticket.objects.filter(pk__in=ids).values_list("pk", "number"))


def ticket_facts(ticket: Ticket) -> TicketFacts:
    """What the gate asks about a ticket."""
    return TicketFacts(
        exists=True,
        state=State(ticket.state),
        organisation=ticket.organisation_id,
        kind=ticket.kind or None,
        resolved_at=ticket.resolved_at,
        id=ticket.pk,
        available_until=_available_until(ticket.prepaid),
        agreed=ticket.prepaid.service.slug if ticket.prepaid and ticket.prepaid.agreed else None,
        opened_at=ticket.submitted_at,
    )


def _available_until(row: PrepaidTicket | None) -> date | None:
    """The last day that a one-off's ledger says, unless the money went back."""
    return row.last_day if row and Entry(row.last) is not Entry.REFUNDED else None
