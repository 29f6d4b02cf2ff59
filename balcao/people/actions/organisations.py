"""Organisations and their branches."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from balcao.events.actions import emit
from balcao.lib.folding import fold
from balcao.lib.phones import parse_phone
from balcao.lib.tax_ids import parse_tax_id
from balcao.people.actions.refusal import Conflict, require
from balcao.people.models import Organisation, Unit
from balcao.policy.access import Actor
from balcao.policy.register import keeps_colleagues, keeps_customers, unit_belongs


@transaction.atomic
def register_organisation(
    *,
    actor: Actor,
    now: datetime,
    name: str,
    tax_id: str | None = None,
    reference: str | None = None,
    phone: str = "",
    units: Iterable[str] = (),
    members_see_all: bool = False,
) -> Organisation:
    """A new customer. ``tax_id``: CNPJ or CPF; ``units``: names of branches.

    Raises NotAllowed, Conflict (``tax_id_taken``, ``reference_taken``), and ValueError for a tax
    number or telephone that is none.
    """
    require(keeps_customers(actor))
    organisation = Organisation(members_see_all=members_see_all, created_at=now)
    _fill(organisation, name=name, tax_id=tax_id, reference=reference, phone=phone)
    _save(organisation)
    Unit.objects.bulk_create(Unit(organisation=organisation, name=unit) for unit in units)
    emit("organisation.registered", organisation, actor=actor, now=now)
    return organisation


@transaction.atomic
def change_organisation(
    *,
    actor: Actor,
    now: datetime,
    organisation_id: int,
    name: str,
    tax_id: str | None,
    reference: str | None,
    phone: str,
) -> Organisation:
    """Rename it, correct its tax number, reference or telephone; the same changes nothing.

    Raises NotAllowed, Conflict (``tax_id_taken``, ``reference_taken``, ``other_root`` when a branch
    would no longer share the root) and ValueError as `register_organisation`.
    """
    require(keeps_customers(actor))
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    before = _values(organisation)
    _fill(organisation, name=name, tax_id=tax_id, reference=reference, phone=phone)
    after = _values(organisation)
    fields = [field for field, value in after.items() if value != before[field]]
    if not fields:
        return organisation
    for unit in organisation.units.all():
        if not unit_belongs(organisation.tax_id, unit.tax_id, allowed=unit.other_root):
            raise Conflict("other_root")
    _save(organisation)
    data = {"fields": fields}
    emit("organisation.changed", organisation, actor=actor, now=now, data=data)
    return organisation


def _fill(
    organisation: Organisation, *, name: str, tax_id: str | None, reference: str | None, phone: str
) -> None:
    organisation.name = name
    organisation.folded = fold(name)[:200]
    organisation.tax_id = parse_tax_id(tax_id) if tax_id else None
    organisation.reference = reference or None
    organisation.phone = parse_phone(phone) if phone else ""


def _values(organisation: Organisation) -> dict[str, str | None]:
    return {
        field: getattr(organisation, field) for field in ("name", "tax_id", "reference", "phone")
    }


def _save(organisation: Organisation) -> None:
    others = Organisation.objects.exclude(pk=organisation.pk)
    if organisation.tax_id and others.filter(tax_id=organisation.tax_id).exists():
        raise Conflict("tax_id_taken")
    if organisation.reference and others.filter(reference=organisation.reference).exists():
        raise Conflict("reference_taken")
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError as error:
        raise Conflict("tax_id_taken") from error


@transaction.atomic
def deactivate_organisation(*, actor: Actor, now: datetime, organisation_id: int) -> None:
    """From the next request on nobody acts for it; open tickets stay with the staff."""
    _switch(actor, now, organisation_id, active=False)


@transaction.atomic
def reactivate_organisation(*, actor: Actor, now: datetime, organisation_id: int) -> None:
    """It is a customer again, and its people act for it as before."""
    _switch(actor, now, organisation_id, active=True)


def _switch(actor: Actor, now: datetime, organisation_id: int, *, active: bool) -> None:
    require(keeps_customers(actor))
    rows = Organisation.objects.filter(pk=organisation_id)
    if rows.exclude(active=active).update(active=active):
        emit(
            "organisation.reactivated" if active else "organisation.deactivated",
            rows.get(),
            actor=actor,
            now=now,
        )


@transaction.atomic
def let_members_see_all(
    *, actor: Actor, now: datetime, organisation_id: int, allowed: bool
) -> None:
    """Whether colleagues see each other's tickets, from the next request on."""
    require(keeps_colleagues(actor, organisation_id))
    rows = Organisation.objects.filter(pk=organisation_id)
    if rows.exclude(members_see_all=allowed).update(members_see_all=allowed):
        data = {"fields": ["members_see_all"]}
        emit("organisation.changed", rows.get(), actor=actor, now=now, data=data)


@transaction.atomic
def save_unit(
    *,
    actor: Actor,
    now: datetime,
    organisation_id: int,
    name: str,
    tax_id: str | None = None,
    other_root: bool = False,
    active: bool = True,
    unit_id: int | None = None,
) -> Unit:
    """Add a branch, or change the one with ``unit_id``. One that closed (not ``active``) cannot be
    chosen any more, and stays where it was named.

    Raises NotAllowed, Conflict (``tax_id_taken``, ``other_root``: the number does not share the
    organisation's root and nobody said that this is right), ValueError for a number that is none.
    """
    require(keeps_customers(actor))
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    unit = organisation.units.get(pk=unit_id) if unit_id else Unit(organisation=organisation)
    unit.name = name
    unit.tax_id = parse_tax_id(tax_id) if tax_id else None
    unit.other_root, unit.active = other_root, active
    if not unit_belongs(organisation.tax_id, unit.tax_id, allowed=other_root):
        raise Conflict("other_root")
    same = Unit.objects.filter(~Q(pk=unit.pk), tax_id=unit.tax_id)
    if unit.tax_id and same.exists():
        raise Conflict("tax_id_taken")
    unit.save()
    emit(
        "organisation.unit_changed" if unit_id else "organisation.unit_added",
        organisation,
        actor=actor,
        now=now,
        data={"unit": unit.pk},
    )
    return unit
