"""The people of an organisation as its own administrator sees them."""

from dataclasses import dataclass

from django.db.models import Prefetch

from balcao.people.models import Address, Membership, Organisation, Phone, User
from balcao.people.queries.register import NotFound
from balcao.policy.access import Actor, Duty, may


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who acts for the organisation now.

    Of a person who was on file already, ``name`` and ``address`` are what a colleague typed, there
    are no ``phones``, and ``waiting`` (the invitation was not used yet) is not told.
    """

    user_id: int
    name: str
    address: str
    phones: tuple[str, ...]
    unit: str
    is_admin: bool
    waiting: bool
    active: bool


def own_organisation(actor: Actor, organisation_id: int) -> Organisation:
    """An organisation that ``actor`` administers. Raises NotFound for any other."""
    keeps = may(actor, Duty.KEEP_COLLEAGUES) and organisation_id in actor.admin_of
    row = Organisation.objects.filter(pk=organisation_id).first() if keeps else None
    if row is None:
        raise NotFound
    return row


def own_organisations(actor: Actor) -> list[Organisation]:
    """All that ``actor`` administers, alphabetically."""
    if not may(actor, Duty.KEEP_COLLEAGUES):
        return []
    return list(Organisation.objects.filter(pk__in=actor.admin_of).order_by("folded", "pk"))


def colleagues(actor: Actor, organisation_id: int) -> list[Colleague]:
    """Everybody who acts for it now, administrators first, in four statements. Raises NotFound."""
    organisation = own_organisation(actor, organisation_id)
    kept = Address.objects.filter(retired_at=None, primary=True)
    phones = Phone.objects.filter(retired_at=None).order_by("pk")
    rows = (
        Membership.objects.filter(organisation=organisation, ended_at=None)
        .select_related("user", "unit")
        .prefetch_related(
            Prefetch("user__addresses", kept, to_attr="kept"),
            Prefetch("user__phones", phones, to_attr="reached_at"),
        )
        .order_by("-is_admin", "user__folded", "pk")
    )
    return [_colleague(row) for row in rows]


def _colleague(row: Membership) -> Colleague:
    known = bool(row.known_as)
    user = row.user
    kept: list[Address] = getattr(user, "kept")  # noqa: B009 - made by the prefetch
    phones: list[Phone] = getattr(user, "reached_at")  # noqa: B009 - made by the prefetch
    return Colleague(
        user_id=user.pk,
        name=row.known_as or user.name,
        address=row.known_address if known else next((one.address for one in kept), ""),
        phones=() if known else tuple(one.number for one in phones),
        unit=row.unit.name if row.unit else "",
        is_admin=row.is_admin,
        waiting=not known and not user.has_usable_password(),
        active=user.is_active,
    )


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody who acts for an organisation, as its people know them."""

    user_id: int
    name: str
    is_admin: bool


def acting_for(actor: Actor, organisation_id: int) -> list[Acting]:
    """Who acts for an organisation of the actor's now and is active, by name. One statement.

    One of the team who sees the register sees them by their own names. Raises NotFound for any
    other organisation.
    """
    mine = organisation_id in actor.organisations
    if not mine and not may(actor, Duty.VIEW_CUSTOMERS):
        raise NotFound
    rows = (
        Membership.objects.filter(organisation=organisation_id, ended_at=None, user__is_active=True)
        .order_by("user__folded", "pk")
        .values_list("user_id", "known_as", "user__name", "is_admin")
    )
    return [
        Acting(pk, (known_as if mine else "") or name, is_admin)
        for pk, known_as, name, is_admin in rows
    ]


def person_of_mine(actor: Actor, organisation_id: int, user_id: int) -> User:
    """The person behind one of them, for the action that ends their membership."""
    return User.objects.get(pk=colleague_for(actor, organisation_id, user_id).user_id)


def colleague_for(actor: Actor, organisation_id: int, user_id: int) -> Colleague:
    """One of them. Raises NotFound for anybody else."""
    for one in colleagues(actor, organisation_id):
        if one.user_id == user_id:
            return one
    raise NotFound
