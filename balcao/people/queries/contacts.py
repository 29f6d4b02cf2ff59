"""How the people of a ticket are reached, for the staff who read customers."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import OuterRef, Subquery

from balcao.people.models import Address, Membership, User
from balcao.policy.access import Actor, Duty, may


@dataclass(slots=True)
class Contact:
    """Somebody who takes part in a ticket. ``is_admin``: None for who does not act for its company
    now.
    """

    id: int
    name: str
    address: str
    is_admin: bool | None
    phones: list[str] = field(default_factory=list)


def contacts(actor: Actor, user_ids: Collection[int], *, organisation: int) -> dict[int, Contact]:
    """By id, and none for who may not read them. One statement."""
    if not may(actor, Duty.VIEW_CUSTOMERS):
        return {}
    address = Address.objects.filter(user=OuterRef("pk"), retired_at=None, primary=True)
    acts = Membership.objects.filter(user=OuterRef("pk"), organisation=organisation, ended_at=None)
    rows = User.objects.filter(pk__in=user_ids).values_list(
        *("pk", "name"),
        Subquery(address.values("address")[:1]),
        Subquery(acts.values("is_admin")[:1]),
        *("phones__number", "phones__retired_at"),
    )
    found: dict[int, Contact] = {}
    for pk, name, mail, is_admin, number, retired in rows.order_by("pk", "phones__pk"):
        one = found.setdefault(pk, Contact(pk, name, mail or "", is_admin))
        if number and retired is None:
            one.phones.append(number)
    return found
