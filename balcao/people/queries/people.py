"""Reading people: who is asking, who owns an address."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, Exists, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast

from balcao.lib.folding import fold
from balcao.people.models import Address, Deputy, Membership, Organisation, Phone, StaffRole, User
from balcao.policy.access import Actor, Role
from balcao.policy.gate import PersonFacts
from balcao.policy.numbers import normalise_code


@dataclass(frozen=True, slots=True)
class Owner:
    """A person who owns a registered address, and the organisations they act for."""

    user_id: int
    name: str
    organisations: frozenset[int]


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is, as they are greeted."""

    id: int
    name: str
    code: str


def person_of(user_id: int) -> Person:
    """Name and user code. Raises User.DoesNotExist."""
    user = User.objects.only("name", "code").get(pk=user_id)
    return Person(id=user.pk, name=user.name, code=user.code)


def organisation_name(organisation_id: int) -> str:
    """What the organisation is called. Raises Organisation.DoesNotExist."""
    return Organisation.objects.values_list("name", flat=True).get(pk=organisation_id)


def find_person(code: str) -> Person | None:
    """The active person with this user code, as a person types it."""
    user = User.objects.filter(code=normalise_code(code), is_active=True).first()
    return Person(id=user.pk, name=user.name, code=user.code) if user else None


def has_administrator() -> bool:
    """Whether anybody active keeps this installation."""
    return StaffRole.objects.filter(role=Role.ADMINISTRATOR.value, user__is_active=True).exists()


def actor_by_id(user_id: int, *, now: datetime | None = None) -> Actor | None:
    """Who this person is now, or None once they were deactivated."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return actor_for(user, now=now) if user else None


def actor_by_code(code: str, *, now: datetime | None = None) -> Actor | None:
    """Who signs in with this user code, as a person types it; None for an unknown or ended one."""
    user = User.objects.filter(code=normalise_code(code), is_active=True).first()
    return actor_for(user, now=now) if user else None


def actor_for(user: User, *, now: datetime | None = None) -> Actor:
    """The person with all their hats (roles add up). Two statements.

    Without ``now`` nobody is a deputy: who stands in for whom depends on the moment.
    """
    memberships = list(
        Membership.objects.filter(user=user, ended_at=None, organisation__active=True).values_list(
            "organisation_id", "is_admin", "organisation__members_see_all"
        )
    )
    hats, deputy_for = _hats(user, now)
    roles = {Role(role) for role, _ in hats}
    admin_of = frozenset(org for org, is_admin, _ in memberships if is_admin)
    if memberships:
        roles.add(Role.CONTACT)
    if admin_of:
        roles.add(Role.ORG_ADMIN)
    return Actor(
        kind="user",
        id=user.pk,
        label=user.name,
        roles=frozenset(roles) if user.is_active else frozenset(),
        organisations=frozenset(org for org, _, _ in memberships),
        admin_of=admin_of,
        sees_all_of=frozenset(org for org, _, see_all in memberships if see_all),
        queues=frozenset(queue for _, queue in hats if queue is not None),
        deputy_for=deputy_for if hats and user.is_active else frozenset(),
    )


def _hats(user: User, now: datetime | None) -> tuple[list[tuple[str, int | None]], frozenset[Role]]:
    """The person's own roles beside their queues, and the roles they stand in for at ``now``.

    Those of others count only while who named this person their deputy still wears them.
    """
    own = StaffRole.objects.filter(user=user).annotate(stands=Value(False))
    rows = own.values_list("role", "user__queues", "stands")
    if now is not None:
        deputised = Deputy.objects.filter(
            deputy=user,
            starts_at__lte=now,
            ends_at__gt=now,
            giver__is_active=True,
            giver__staff_roles__role=F("role"),
        ).annotate(queue=Cast(Value(None), BigIntegerField()), stands=Value(True))
        rows = rows.union(deputised.values_list("role", "queue", "stands"), all=True)
    found = list(rows)
    hats: list[tuple[str, int | None]] = [row[:2] for row in found if not row[2]]
    return hats, frozenset(Role(role) for role, _, stands in found if stands)


def administrators_besides(user_id: int) -> int:
    """How many active administrators there are, not counting this person."""
    rows = StaffRole.objects.filter(role=Role.ADMINISTRATOR.value, user__is_active=True)
    return rows.exclude(user=user_id).count()


def owners_of(address: str) -> list[Owner]:
    """Everybody active who registered ``address``, compared without case."""
    return _owners(
        dict(
            Address.objects.filter(
                address=address.lower(),
                retired_at=None,
                user__is_active=True,
            ).values_list("user_id", "user__name")
        )
    )


def owners_of_phone(number: str) -> list[Owner]:
    """Everybody active who registered this telephone, as stored (lib.phones.parse_phone).

    It says whose number it is, never who is calling: a telephone alone authorises nothing (K5).
    """
    return _owners(
        dict(
            Phone.objects.filter(number=number, retired_at=None, user__is_active=True).values_list(
                "user_id", "user__name"
            )
        )
    )


def _owners(names: dict[int, str]) -> list[Owner]:
    organisations = defaultdict(set)
    for user_id, organisation_id in Membership.objects.filter(
        user__in=names, ended_at=None, organisation__active=True
    ).values_list("user_id", "organisation_id"):
        organisations[user_id].add(organisation_id)
    return [
        Owner(user_id=pk, name=name, organisations=frozenset(organisations[pk]))
        for pk, name in sorted(names.items())
    ]


def primary_addresses(user_ids: Collection[int]) -> dict[int, str]:
    """Where each active person gets mail; people without a registered address are missing."""
    return dict(
        Address.objects.filter(
            user__in=user_ids, user__is_active=True, retired_at=None, primary=True
        ).values_list("user_id", "address")
    )


def reachable_as(typed: str) -> list[User]:
    """The active people with this registered address, or this user code, as a person types it."""
    active = User.objects.filter(is_active=True)
    if "@" not in typed:
        return list(active.filter(code=normalise_code(typed)))
    mine = Address.objects.filter(user=OuterRef("pk"), address=typed.lower(), retired_at=None)
    return list(active.filter(Exists(mine)).order_by("pk"))


def person_facts(user_id: int | None, organisation_id: int | None) -> PersonFacts:
    """What the gate asks about a person who wants something for an organisation (S3).

    One statement.
    """
    acting = Membership.objects.filter(
        user=OuterRef("pk"),
        organisation=organisation_id,
        ended_at=None,
        organisation__active=True,
    )
    found = (
        User.objects.filter(pk=user_id)
        .values_list("is_active", Exists(acting), Subquery(acting.values("unit")[:1]))
        .first()
        if user_id
        else None
    )
    active, member, unit = found or (False, False, None)
    return PersonFacts(
        registered=member,
        active=active,
        organisation=organisation_id,
        unit=unit,
    )


def colleague_owning(address: str, *, name: str, organisation_id: int) -> int | None:
    """Whom somebody means who adds a colleague with this name and address; None: nobody known.

    Who owns the address and is called so, else its only owner, unless that is a colleague already:
    then the mailbox is shared, and the name is somebody new.
    """
    owners = owners_of(address)
    named = [owner for owner in owners if fold(owner.name) == fold(name)]
    if named:
        return named[0].user_id
    free = [owner for owner in owners if organisation_id not in owner.organisations]
    return free[0].user_id if len(owners) == len(free) == 1 else None
