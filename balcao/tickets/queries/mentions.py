"""Colleagues called by name in a message."""

from collections.abc import Iterable

from django.db.models import F

from balcao.people.models import User
from balcao.policy.access import Actor, Permission, Role, can
from balcao.tickets.models import Ticket
from balcao.tickets.queries.access import scope_of


def who_may_see(ticket: Ticket) -> list[tuple[int, str]]:
    """Everybody active of the staff who may view the ticket, by name: id and name. One
    statement.
    """
    rows = (
        User.objects.filter(is_active=True, staff_roles__isnull=False)
        .order_by("name", "pk")
        .values_list("pk", "name", F("staff_roles__role"), F("queues__pk"))
    )
    return [
        (actor.id, actor.label)
        for actor in _actors(rows)
        if actor.id is not None and can(actor, Permission.VIEW, scope_of(ticket, actor))
    ]


def _actors(rows: Iterable[tuple[int, str, str, int | None]]) -> list[Actor]:
    """Who these people are on the vendor's side: only that makes a ticket theirs to see."""
    found: dict[int, tuple[str, set[Role], set[int]]] = {}
    for pk, name, role, queue in rows:
        _, roles, queues = found.setdefault(pk, (name, set(), set()))
        roles.add(Role(role))
        if queue is not None:
            queues.add(queue)
    return [
        Actor(kind="user", id=pk, label=name, roles=frozenset(roles), queues=frozenset(queues))
        for pk, (name, roles, queues) in found.items()
    ]


def is_called(ticket: Ticket) -> bool:
    """Whether a ticket read by ``get_for`` calls its reader in a message they have not seen."""
    return bool(getattr(ticket, "called", False))
