"""Registering people and organisations."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from balcao.events.actions import emit
from balcao.people.models import (
    Address,
    Membership,
    Organisation,
    Phone,
    StaffRole,
    Unit,
    User,
)
from balcao.policy.access import Actor, Role
from balcao.policy.numbers import make_code


@transaction.atomic
def register_organisation(
    *,
    actor: Actor,
    now: datetime,
    name: str,
    tax_id: str | None = None,
    units: Iterable[str] = (),
    members_see_all: bool = False,
) -> Organisation:
    """A new customer. ``tax_id``: CNPJ or CPF without punctuation; ``units``: names of branches."""
    organisation = Organisation.objects.create(
        name=name, tax_id=tax_id, members_see_all=members_see_all, created_at=now
    )
    Unit.objects.bulk_create(Unit(organisation=organisation, name=unit) for unit in units)
    emit("organisation.registered", organisation, actor=actor, now=now)
    return organisation


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
    """A new person with a user code of their own (S4). Without a password nobody can sign in."""
    user = User(name=name, language=language, created_at=now)
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    _save_with_code(user, code)
    if address:
        Address.objects.create(user=user, address=address.lower(), verified_at=now)
    if phone:
        Phone.objects.create(user=user, number=phone)
    StaffRole.objects.bulk_create(StaffRole(user=user, role=role.value) for role in roles)
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
def join(
    *,
    actor: Actor,
    now: datetime,
    user: User,
    organisation: Organisation,
    is_admin: bool = False,
    unit: Unit | None = None,
) -> Membership:
    """From now on ``user`` acts for ``organisation``."""
    membership = Membership.objects.create(
        user=user, organisation=organisation, is_admin=is_admin, unit=unit, started_at=now
    )
    emit("person.joined", user, actor=actor, now=now, data={"organisation": organisation.pk})
    return membership


@transaction.atomic
def leave(*, actor: Actor, now: datetime, user: User, organisation: Organisation) -> None:
    """From now on ``user`` no longer acts for ``organisation``."""
    Membership.objects.filter(user=user, organisation=organisation, ended_at=None).update(
        ended_at=now
    )
    emit("person.left", user, actor=actor, now=now, data={"organisation": organisation.pk})


@transaction.atomic
def add_address(
    *, actor: Actor, now: datetime, user: User, address: str, primary: bool = False
) -> Address:
    """From now on ``address`` identifies ``user`` (S8); ``primary`` makes it where mail goes."""
    if primary:
        Address.objects.filter(user=user, retired_at=None).update(primary=False)
    row = Address.objects.create(
        user=user, address=address.lower(), primary=primary, verified_at=now
    )
    emit("person.address_added", user, actor=actor, now=now, data={"address": row.pk})
    return row


@transaction.atomic
def retire_address(*, actor: Actor, now: datetime, user: User, address: str) -> None:
    """The address identifies nobody from now on."""
    Address.objects.filter(user=user, address=address.lower(), retired_at=None).update(
        retired_at=now
    )
    emit("person.address_retired", user, actor=actor, now=now)


@transaction.atomic
def deactivate(*, actor: Actor, now: datetime, user: User) -> None:
    """From the next request on ``user`` can do nothing, by any door (M4)."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    emit("person.deactivated", user, actor=actor, now=now)
