"""Who acts for whom."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from balcao.events.actions import emit
from balcao.people.actions.access import invite
from balcao.people.actions.persons import create_person
from balcao.people.actions.refusal import Conflict, require
from balcao.people.actions.sessions import expire
from balcao.people.models import Membership, Organisation, Unit, User
from balcao.people.queries import colleague_owning
from balcao.policy.access import Actor
from balcao.policy.register import keeps_colleagues, keeps_customers, may_end_admin


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
    """From now on ``user`` acts for ``organisation``. Raises NotAllowed, Conflict (``member``)."""
    require(keeps_customers(actor))
    return _join(actor, now, Membership(user=user, organisation=organisation), is_admin, unit)


def _join(
    actor: Actor, now: datetime, membership: Membership, is_admin: bool, unit: Unit | None
) -> Membership:
    user, organisation = membership.user, membership.organisation
    if unit is not None and unit.organisation_id != organisation.pk:
        raise Conflict("unit")
    if _current(organisation.pk).filter(user=user).exists():
        raise Conflict("member")
    membership.is_admin, membership.unit, membership.started_at = is_admin, unit, now
    membership.save(force_insert=True)
    emit("person.joined", user, actor=actor, now=now, data={"organisation": organisation.pk})
    if is_admin:
        data = {"organisation": organisation.pk, "admin": True}
        emit("person.admin_changed", user, actor=actor, now=now, data=data)
    return membership


@transaction.atomic
def add_colleague(
    *,
    actor: Actor,
    now: datetime,
    organisation_id: int,
    name: str,
    address: str,
    phone: str = "",
    unit_id: int | None = None,
    is_admin: bool = False,
    invited: bool = True,
) -> Membership:
    """A colleague, as the organisation's administrator knows them.

    When the address is already on file, its owner joins the organisation as they are: the
    administrator sees what was typed and nothing else of them. Otherwise they are registered; the
    address is proved by its owner, who uses the invitation that goes there; unless ``invited``
    nothing goes there, and nobody can sign in yet (R26).

    Raises NotAllowed, Conflict (``member``: somebody of this name and address is one), ValueError
    for a wrong telephone.
    """
    require(keeps_colleagues(actor, organisation_id))
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    unit = organisation.units.get(pk=unit_id) if unit_id else None
    owner = colleague_owning(address, name=name, organisation_id=organisation_id)
    if owner is None:
        user = create_person(actor=actor, now=now, name=name, address=address, phone=phone or None)
        membership = Membership(user=user, organisation=organisation)
    else:
        membership = Membership(
            user=User.objects.get(pk=owner),
            organisation=organisation,
            known_as=name,
            known_address=address.lower(),
        )
    _join(actor, now, membership, is_admin, unit)
    if membership.user.has_usable_password():
        data = {"organisation": organisation_id}
        emit("person.colleague_known", membership.user, actor=actor, now=now, data=data)
    elif invited:
        invite(actor=actor, now=now, user_id=membership.user_id)
    return membership


@transaction.atomic
def leave(
    *,
    actor: Actor,
    now: datetime,
    user: User,
    organisation: Organisation,
    successor_id: int | None = None,
    sure: bool = False,
) -> None:
    """From now on ``user`` no longer acts for ``organisation``.

    Their open tickets there go on with ``successor_id``, a colleague. Raises NotAllowed, Conflict
    (``last_admin`` unless ``sure``, ``successor`` when that is nobody who acts for it).
    """
    require(keeps_colleagues(actor, organisation.pk))
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    membership = _current(organisation.pk).filter(user=user).first()
    if membership is None:
        return
    if membership.is_admin:
        _keep_one_admin(actor, membership, sure=sure)
    if successor_id is not None:
        if successor_id == user.pk or not _active(organisation.pk, successor_id):
            raise Conflict("successor")
        data: dict[str, object] = {"organisation": organisation.pk, "to": successor_id}
        emit("person.handed_over", user, actor=actor, now=now, data=data)
    membership.ended_at = now
    membership.save(update_fields=["ended_at"])
    emit("person.left", user, actor=actor, now=now, data={"organisation": organisation.pk})


@transaction.atomic
def set_admin(
    *,
    actor: Actor,
    now: datetime,
    user_id: int,
    organisation_id: int,
    is_admin: bool,
    sure: bool = False,
) -> None:
    """Make or unmake an administrator of the organisation; the same changes nothing.

    Raises NotAllowed, Conflict (``last_admin`` unless the staff is ``sure``, ``no_member``).
    """
    require(keeps_colleagues(actor, organisation_id))
    Organisation.objects.select_for_update().get(pk=organisation_id)
    membership = _of(organisation_id, user_id)
    if membership.is_admin == is_admin:
        return
    if not is_admin:
        _keep_one_admin(actor, membership, sure=sure)
    expire(user_id)
    membership.is_admin = is_admin
    membership.save(update_fields=["is_admin"])
    data = {"organisation": organisation_id, "admin": is_admin}
    emit("person.admin_changed", membership.user, actor=actor, now=now, data=data)


@transaction.atomic
def set_unit(
    *, actor: Actor, now: datetime, user_id: int, organisation_id: int, unit_id: int | None
) -> None:
    """Say at which branch somebody works, or at none.

    Raises NotAllowed, Conflict (``no_member``).
    """
    require(keeps_colleagues(actor, organisation_id))
    membership = _of(organisation_id, user_id)
    if membership.unit_id == unit_id:
        return
    membership.unit = (
        Unit.objects.get(pk=unit_id, organisation=organisation_id) if unit_id else None
    )
    membership.save(update_fields=["unit"])
    data = {"organisation": organisation_id, "unit": unit_id}
    emit("person.unit_changed", membership.user, actor=actor, now=now, data=data)


def _keep_one_admin(actor: Actor, membership: Membership, *, sure: bool) -> None:
    others = _current(membership.organisation_id).filter(is_admin=True, user__is_active=True)
    count = others.exclude(pk=membership.pk).count()
    if not may_end_admin(actor, others=count, sure=sure or actor.kind == "system"):
        raise Conflict("last_admin")


def _current(organisation_id: int) -> QuerySet[Membership]:
    return Membership.objects.filter(organisation=organisation_id, ended_at=None)


def _active(organisation_id: int, user_id: int) -> bool:
    return _current(organisation_id).filter(user=user_id, user__is_active=True).exists()


def _of(organisation_id: int, user_id: int) -> Membership:
    membership = _current(organisation_id).filter(user=user_id).select_related("user").first()
    if membership is None:
        raise Conflict("no_member")
    return membership
