"""Which tickets exist for whom. Built from the one table in policy.access."""

from collections.abc import Collection

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Value

from balcao.people.models import User
from balcao.policy.access import Actor, Permission, TicketScope, reach
from balcao.policy.gate import TicketFacts
from balcao.policy.lifecycle import State
from balcao.policy.numbers import parse_number
from balcao.tickets.models import Mention, Ticket


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
        through = Ticket.participants.through.objects
        takes_part = Exists(through.filter(ticket=OuterRef("pk"), user=actor.id))
        mine = Q(opener=actor.id) | Q(takes_part)
        rows |= Q(organisation__in=actor.organisations) & mine
    return Ticket.objects.filter(rows)


def get_for(actor: Actor, number: str, permission: Permission = Permission.VIEW) -> Ticket:
    """The ticket with this number. Raises NotFound when it does not exist for the actor."""
    return numbered(whole(actor, permission), number)


def whole(actor: Actor, permission: Permission = Permission.VIEW) -> QuerySet[Ticket]:
    """The tickets of ``visible_to`` with all that their pages name."""
    called = Mention.objects.filter(ticket=OuterRef("pk"), user=actor.id, seen_at=None)
    return (
        visible_to(actor, permission)
        .annotate(called=Exists(called) if actor.is_staff else Value(False))
        .select_related(
            "organisation",
            "opener",
            "queue",
            "service",
            "licence__product",
            "assignee",
            "third_party",
            "remote__agent",
            "rating",
        )
        .prefetch_related(Prefetch("participants", User.objects.only("pk", "name")))
    )


def numbered(tickets: QuerySet[Ticket], number: str) -> Ticket:
    """The one with this number. Raises NotFound."""
    clean = parse_number(number)
    ticket = tickets.filter(number=clean).first() if clean else None
    if ticket is None:
        raise NotFound
    return ticket


def scope_of(ticket: Ticket) -> TicketScope:
    """What access.can asks about a ticket. No statement for one read by ``get_for``, else one."""
    return TicketScope(
        organisation=ticket.organisation_id,
        unit=ticket.unit_id,
        opener=ticket.opener_id,
        participants=frozenset(user.pk for user in ticket.participants.all()),
        queue=ticket.queue_id,
        assignee=ticket.assignee_id,
    )


def id_of_number(number: str) -> int | None:
    """The id of the ticket with this number, whoever asks: for those who read the record."""
    return Ticket.objects.filter(number=number).values_list("pk", flat=True).first()


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
    )
