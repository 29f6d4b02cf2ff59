"""People: who they are, their telephones, and whether they may come in."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from balcao.events.actions import emit
from balcao.lib.folding import fold
from balcao.lib.phones import parse_phone
from balcao.people.actions.refusal import Conflict, forbid, require
from balcao.people.actions.sessions import expire
from balcao.people.models import Address, Phone, StaffRole, User
from balcao.people.queries import administrators_besides
from balcao.policy.access import Actor, Role
from balcao.policy.numbers import make_code
from balcao.policy.register import keeps_customers, keeps_person
from balcao.policy.team import why_not_hats


@transaction.atomic
def register_person(
    *,
    actor: Actor,
    now: datetime,
    name: str,
    password: str | None = None,
    code: str | None = None,
    address: str | None = None,
    phone: str | None = None,
    language: str = "pt-br",
    roles: Iterable[Role] = (),
) -> User:
    """A new person with a user code of their own (S4). Without a password nobody can sign in.

    The first address is on file at once (S8), and proved when the invitation is used. Raises
    NotAllowed, ValueError for a telephone that is none, IntegrityError for a taken ``code``.
    """
    hats = frozenset(roles)
    require(keeps_person(actor, staff=True) if hats else keeps_customers(actor))
    return create_person(
        actor=actor,
        now=now,
        name=name,
        password=password,
        code=code,
        address=address,
        phone=phone,
        language=language,
        hats=hats,
    )


def create_person(
    *,
    actor: Actor,
    now: datetime,
    name: str,
    password: str | None = None,
    code: str | None = None,
    address: str | None = None,
    phone: str | None = None,
    language: str = "pt-br",
    hats: frozenset[Role] = frozenset(),
) -> User:
    """`register_person` for an action that asked already whether ``actor`` may."""
    user = User(name=name, folded=fold(name)[:120], language=language, created_at=now)
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    _save_with_code(user, code)
    if address:
        Address.objects.create(
            user=user,
            address=address.lower(),
            verified_at=now if actor.kind == "system" else None,
        )
    if phone:
        Phone.objects.create(user=user, number=parse_phone(phone))
    StaffRole.objects.bulk_create(StaffRole(user=user, role=role.value) for role in sorted(hats))
    emit("person.registered", user, actor=actor, now=now)
    return user


def _save_with_code(user: User, code: str | None) -> None:
    for _ in range(5):
        user.code = code or make_code(secrets.token_bytes(16))
        try:
            with transaction.atomic():
                user.save(force_insert=True)
            return
        except IntegrityError:
            if code:
                raise
    raise RuntimeError("five random user codes in a row were taken")


@transaction.atomic
def rename_person(*, actor: Actor, now: datetime, user_id: int, name: str) -> None:
    """Correct somebody's name. The same name changes nothing. Raises NotAllowed."""
    require(keeps_person(actor, staff=is_staff(user_id)))
    rows = User.objects.filter(pk=user_id)
    if rows.exclude(name=name).update(name=name, folded=fold(name)[:120]):
        emit("person.renamed", rows.get(), actor=actor, now=now)


def is_staff(user_id: int) -> bool:
    """Whether the person wears a hat of the staff."""
    return StaffRole.objects.filter(user=user_id).exists()


@transaction.atomic
def add_phone(*, actor: Actor, now: datetime, user_id: int, number: str) -> Phone:
    """Register a telephone, its ninth digit included (K5). One already there stays as it is.

    A number never proves who calls. Raises NotAllowed, ValueError when it is none.
    """
    require(actor.id == user_id or keeps_person(actor, staff=is_staff(user_id)))
    number = parse_phone(number)
    user = User.objects.get(pk=user_id)
    known = Phone.objects.filter(user=user, number=number, retired_at=None).first()
    if known:
        return known
    phone = Phone.objects.create(user=user, number=number)
    emit("person.phone_added", user, actor=actor, now=now, data={"phone": phone.pk})
    return phone


@transaction.atomic
def retire_phone(*, actor: Actor, now: datetime, user_id: int, phone_id: int) -> None:
    """The number finds this person no longer; its next owner registers it anew (K5)."""
    require(actor.id == user_id or keeps_person(actor, staff=is_staff(user_id)))
    rows = Phone.objects.filter(pk=phone_id, user=user_id, retired_at=None)
    if rows.update(retired_at=now):
        user = User.objects.get(pk=user_id)
        emit("person.phone_retired", user, actor=actor, now=now, data={"phone": phone_id})


@transaction.atomic
def deactivate(
    *, actor: Actor, now: datetime, user: User, successors: Mapping[int, int] | None = None
) -> None:
    """From the next request on ``user`` can do nothing, by any door (M4).

    ``successors``: organisation -> the colleague who goes on with the person's open tickets there.
    Raises NotAllowed, Conflict (``own_roles``, ``last_administrator``).
    """
    staff = is_staff(user.pk)
    require(keeps_person(actor, staff=staff))
    hold_administrators(user.pk)
    if actor.id == user.pk:
        raise Conflict("own_roles")
    if staff:
        forbid(
            why_not_hats(
                actor,
                person=user.pk,
                before=hats_of(user.pk),
                after=frozenset(),
                others=administrators_besides(user.pk),
            )
        )
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        expire(user.pk)
        for organisation, colleague in (successors or {}).items():
            data = {"organisation": organisation, "to": colleague}
            emit("person.handed_over", user, actor=actor, now=now, data=data)
        emit("person.deactivated", user, actor=actor, now=now)


@transaction.atomic
def reactivate(*, actor: Actor, now: datetime, user: User) -> None:
    """The person may come in again, with the hats and memberships they had. Raises NotAllowed."""
    require(keeps_person(actor, staff=is_staff(user.pk)) and actor.id != user.pk)
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        emit("person.reactivated", user, actor=actor, now=now)


def hats_of(user_id: int) -> frozenset[Role]:
    """The staff's hats that the person wears, deactivated or not."""
    rows = StaffRole.objects.filter(user=user_id).values_list("role", flat=True)
    return frozenset(Role(role) for role in rows)


def hold_administrators(user_id: int) -> None:
    """Two administrators who take each other's hat at the same time wait here for each other."""
    concerned = StaffRole.objects.filter(role=Role.ADMINISTRATOR.value).values_list(
        "user", flat=True
    )
    rows = User.objects.select_for_update().filter(pk__in={user_id, *concerned}).order_by("pk")
    list(rows.values_list("pk", flat=True))
