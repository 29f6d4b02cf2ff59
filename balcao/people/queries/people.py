"""Reading people: who is asking, who owns an address."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import (
    BigIntegerField,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast

from balcao.events.statements import Slot, Statement, among
from balcao.lib.folding import fold
from balcao.people.models import Address, Deputy, Membership, Organisation, Phone, StaffRole, User
from balcao.policy.access import Actor, Role
from balcao.policy.gate import PersonFacts
from balcao.policy.numbers import normalise_code


@dataclass(frozen=True, slots=True)
class Owner:
    """An active person who owns a registered address, and the organisations they act for.

    ``units``: of an organisation for which they act for one unit alone.
    """

    user_id: int
    name: str
    organisations: frozenset[int]
    units: frozenset[tuple[int, int]] = frozenset()


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
    hats = [_Hat(*row) for row in _NAMED_HATS.rows(user_id, now)]
    name = next((hat.role for hat in hats if hat.source == _NAME), None)
    return None if name is None else _wearing(user_id, name, hats, active=True)


def actor_by_code(code: str, *, now: datetime | None = None) -> Actor | None:
    """Who signs in with this user code, as a person types it; None for an unknown or ended one."""
    user = User.objects.filter(code=normalise_code(code), is_active=True).first()
    return actor_for(user, now=now) if user else None


def actor_of(owner: Owner, *, now: datetime | None = None) -> Actor:
    """Who the owner of an address is now. One statement."""
    return _with_hats(owner.user_id, owner.name, active=True, now=now)


def actor_for(user: User, *, now: datetime | None = None) -> Actor:
    """The person with all their hats (roles add up). One statement.

    Without ``now`` nobody is a deputy: who stands in for whom depends on the moment.
    """
    return _with_hats(user.pk, user.name, active=user.is_active, now=now)


def _with_hats(user_id: int, name: str, *, active: bool, now: datetime | None) -> Actor:
    return _wearing(user_id, name, list(_hats(user_id, now)), active=active)


def _wearing(user_id: int, name: str, found: list["_Hat"], *, active: bool) -> Actor:
    own = [row for row in found if row.source == _OWN]
    acts_for = [row for row in found if row.source == _MEMBER]
    roles = {Role(row.role) for row in own}
    admin_of = frozenset(row.of for row in acts_for if row.is_admin)
    if acts_for:
        roles.add(Role.CONTACT)
    if admin_of:
        roles.add(Role.ORG_ADMIN)
    stands_in = frozenset(Role(row.role) for row in found if row.source == _DEPUTY)
    return Actor(
        kind="user",
        id=user_id,
        label=name,
        roles=frozenset(roles) if active else frozenset(),
        organisations=frozenset(row.of for row in acts_for),
        admin_of=admin_of,
        sees_all_of=frozenset(row.of for row in acts_for if row.sees_all),
        units=frozenset((row.of, row.unit) for row in acts_for if row.unit is not None),
        queues=frozenset(row.of for row in own if row.of is not None),
        deputy_for=stands_in if own and active else frozenset(),
    )


_OWN, _DEPUTY, _MEMBER, _NAME = 0, 1, 2, 3


class _Hat(NamedTuple):
    """One hat: a role beside a queue (``of``), one stood in for, or acting for a company (``of``),
    perhaps bound to one of its units. Or what an active person is called, for a ``role``.

    Told apart by ``source``.
    """

    source: int
    role: str
    of: Any
    is_admin: bool
    sees_all: bool
    unit: int | None


def _hats(user_id: int, now: datetime | None) -> Iterator[_Hat]:
    """The person's own roles beside their queues, the organisations they act for, and the roles
    they stand in for at ``now``.

    Those of others count only while who named this person their deputy still wears them.
    """
    return (_Hat(*row) for row in _HATS.rows(user_id, now))


def _all_hats(user: Slot, now: Slot) -> QuerySet[Any, Any]:
    own, *others = _each_hat(user, now)
    return own.union(*others, all=True)


def _named_hats(user: Slot, now: Slot) -> QuerySet[Any, Any]:
    """The same with the person's name, if they are active."""
    nothing = Cast(Value(None), BigIntegerField())
    active = User.objects.filter(pk=user, is_active=True).annotate(
        source=Value(_NAME), of=nothing, admin=Value(False), sees=Value(False), at=nothing
    )
    named = active.values_list("source", "name", "of", "admin", "sees", "at")
    return named.union(*_each_hat(user, now), all=True)


def _each_hat(user: Slot, now: Slot) -> tuple[QuerySet[Any, Any], ...]:
    nothing = Cast(Value(None), BigIntegerField())
    plain = {"admin": Value(False), "sees": Value(False), "at": nothing}
    own = (
        StaffRole.objects.filter(user=user)
        .annotate(source=Value(_OWN), **plain)
        .values_list("source", "role", "user__queues", "admin", "sees", "at")
    )
    members = (
        Membership.objects.filter(user=user, ended_at=None, organisation__active=True)
        .annotate(source=Value(_MEMBER), role=Cast(Value(""), CharField()))
        .values_list(
            *("source", "role", "organisation_id", "is_admin", "organisation__members_see_all"),
            "unit_id",
        )
    )
    others = (
        Deputy.objects.filter(
            deputy=user,
            starts_at__lte=now,
            ends_at__gt=now,
            giver__is_active=True,
            giver__staff_roles__role=F("role"),
        )
        .annotate(source=Value(_DEPUTY), of=nothing, **plain)
        .values_list("source", "role", "of", "admin", "sees", "at")
    )
    return own, members, others


_HATS = Statement(_all_hats, int, datetime)
_NAMED_HATS = Statement(_named_hats, int, datetime)


def organisations_of(user_id: int) -> frozenset[int]:
    """The organisations an active person acts for now. One statement."""
    rows = Membership.objects.filter(
        user=user_id, user__is_active=True, ended_at=None, organisation__active=True
    )
    return frozenset(rows.values_list("organisation_id", flat=True))


def names_of(user_ids: Collection[int]) -> dict[int, str]:
    """What these people are called, deactivated ones too. One statement."""
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "name"))


def id_of_code(code: str) -> int | None:
    """Whose user code it is, as a person types it; deactivated people too."""
    found = User.objects.filter(code=normalise_code(code)).values_list("pk", flat=True)
    return found.first()


def wearers_of(*roles: Role) -> list[int]:
    """Everybody active who wears one of these hats themself. One statement."""
    rows = StaffRole.objects.filter(role__in=roles, user__is_active=True).order_by("user_id")
    return list(rows.values_list("user_id", flat=True).distinct())


def administrators_besides(user_id: int) -> int:
    """How many active administrators there are, not counting this person."""
    rows = StaffRole.objects.filter(role=Role.ADMINISTRATOR.value, user__is_active=True)
    return rows.exclude(user=user_id).count()


def owners_of(address: str) -> list[Owner]:
    """Everybody active who registered ``address``, compared without case."""
    return _owners(dict(_OF_ADDRESS.rows(address.lower())))


_OF_ADDRESS = Statement(
    lambda address: Address.objects.filter(
        address=address, retired_at=None, user__is_active=True
    ).values_list("user_id", "user__name"),
    str,
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
    units: defaultdict[int, dict[int, int | None]] = defaultdict(dict)
    for user_id, organisation_id, unit_id in _ACTING.rows(tuple(names)):
        units[user_id][organisation_id] = unit_id
    return [
        Owner(
            user_id=pk,
            name=name,
            organisations=frozenset(units[pk]),
            units=frozenset((of, unit) for of, unit in units[pk].items() if unit is not None),
        )
        for pk, name in sorted(names.items())
    ]


_ACTING = Statement(
    lambda people: Membership.objects.filter(
        among("user", people), ended_at=None, organisation__active=True
    ).values_list("user_id", "organisation_id", "unit_id"),
    int,
)


def primary_addresses(user_ids: Collection[int]) -> dict[int, str]:
    """Where each active person gets mail; people without a registered address are missing."""
    return {pk: address for pk, _name, _language, address in reached(user_ids)}


def reached(user_ids: Collection[int]) -> list[tuple[int, str, str, str]]:
    """The same, each with name and language: id, name, language, address. One statement."""
    return _REACHED.rows(tuple(user_ids))


_REACHED = Statement(
    lambda people: Address.objects.filter(
        among("user", people), user__is_active=True, retired_at=None, primary=True
    ).values_list("user_id", "user__name", "user__language", "address"),
    int,
)


def reachable_as(typed: str) -> list[User]:
    """The active people with this registered address, or this user code, as a person types it."""
    active = User.objects.filter(is_active=True)
    if "@" not in typed:
        return list(active.filter(code=normalise_code(typed)))
    mine = Address.objects.filter(user=OuterRef("pk"), address=typed.lower(), retired_at=None)
    return list(active.filter(Exists(mine)).order_by("pk"))


def any_signs_in(people: Collection[int]) -> bool:
    """Whether one of them has a password: who was never invited, or did not answer, has none."""
    usable = ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return User.objects.filter(usable, pk__in=people, is_active=True).exists()


def person_facts(user_id: int | None, organisation_id: int | None) -> PersonFacts:
    """What the gate asks about a person who wants something for an organisation (S3).

    One statement.
    """
    found = next(iter(_FACTS.rows(user_id, organisation_id)), None) if user_id else None
    active, member, unit = found or (False, False, None)
    return PersonFacts(
        registered=member,
        active=active,
        organisation=organisation_id,
        unit=unit,
    )


def owner_facts(owner: Owner | None, organisation_id: int | None) -> PersonFacts:
    """The same of the owner of an address, who was just read. No statement."""
    return PersonFacts(
        registered=owner is not None and organisation_id in owner.organisations,
        active=owner is not None,
        organisation=organisation_id,
        unit=dict(owner.units).get(organisation_id or 0) if owner else None,
    )


def _facts(person: Slot, organisation: Slot) -> QuerySet[User, Any]:
    acting = Membership.objects.filter(
        user=OuterRef("pk"),
        organisation=organisation,
        ended_at=None,
        organisation__active=True,
    )
    return User.objects.filter(pk=person).values_list(
        "is_active", Exists(acting), Subquery(acting.values("unit")[:1])
    )


_FACTS = Statement(_facts, int, int)


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
