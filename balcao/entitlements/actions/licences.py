"""Licences, and the lines of contracts: kept by sales (S5, R6, M2)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from balcao.entitlements.actions.changing import once, put, write, write_once
from balcao.entitlements.actions.foretelling import plan
from balcao.entitlements.models import Contract, EndReason, Licence, Product
from balcao.events.actions import emit
from balcao.people.actions.refusal import Conflict, forbid, require
from balcao.people.models import Organisation, Unit
from balcao.policy import access, keeping
from balcao.policy.access import Actor, Duty
from balcao.policy.entitlement import local_day
from balcao.rulebook import queries as rulebook


@dataclass(frozen=True, slots=True)
class LicenceTerms:
    """What a licence says. ``valid_until``: last valid day, None for perpetual.

    ``technical_until``: declared technical validity of the version (Lei 9.609/1998).
    """

    product_id: int
    key: str
    valid_from: date
    valid_until: date | None
    contract_id: int | None = None
    unit_id: int | None = None
    version: str = ""
    extensions: int | None = None
    equipment: str = ""
    technical_until: date | None = None


_FIELDS = (
    *("product_id", "key", "valid_from", "valid_until", "contract_id", "unit_id"),
    *("version", "extensions", "equipment", "technical_until"),
)


def register_licence(
    *,
    actor: Actor,
    now: datetime,
    organisation: Organisation,
    product: Product,
    key: str,
    valid_from: date,
    valid_until: date | None,
    contract: Contract | None = None,
    version: str = "",
    extensions: int | None = None,
    replaces_id: int | None = None,
) -> Licence:
    """`add_licence` for whoever has the rows at hand."""
    terms = LicenceTerms(
        product_id=product.pk,
        key=key,
        valid_from=valid_from,
        valid_until=valid_until,
        contract_id=contract.pk if contract else None,
        version=version,
        extensions=extensions,
    )
    return add_licence(
        actor=actor,
        now=now,
        organisation_id=organisation.pk,
        terms=terms,
        replaces_id=replaces_id,
    )


@transaction.atomic
def add_licence(
    *,
    actor: Actor,
    now: datetime,
    organisation_id: int,
    terms: LicenceTerms,
    replaces_id: int | None = None,
) -> Licence:
    """A licence, or the line of a contract (R6).

    ``replaces_id``: the licence it follows, whose end is then foretold no more. Raises Conflict
    when the terms do not fit or the key is taken, NotAllowed.
    """
    require(keeping.may_keep(actor, Duty.KEEP_ENTITLEMENTS))
    licence = Licence(organisation_id=organisation_id, replaces_id=replaces_id)
    put(licence, {name: getattr(terms, name) for name in _FIELDS})
    _require_terms(licence)
    plan(licence, policy=rulebook.current(), now=now)
    replaced = _replaced(licence)
    once(licence, "key_taken")
    emit(
        "licence.registered",
        licence,
        actor=actor,
        now=now,
        data={
            "organisation": organisation_id,
            "product": terms.product_id,
            "contract": terms.contract_id,
            "starts": terms.valid_from.isoformat(),
            "ends": terms.valid_until.isoformat() if terms.valid_until else None,
        },
    )
    if replaced:
        replaced.next_at = None
        write(replaced, "next_at")
        emit("licence.replaced", replaced, actor=actor, now=now, data={"licence": licence.pk})
    return licence


def _require_terms(row: Licence) -> None:
    contract = row.contract
    units = Unit.objects.filter(organisation=row.organisation_id).values_list("pk", flat=True)
    named = None
    if contract is not None and not contract.all_units:
        named = frozenset(contract.units.values_list("pk", flat=True))
    forbid(
        keeping.why_not_licence(
            row.valid_from,
            row.valid_until,
            unit=row.unit_id,
            of_organisation=frozenset(units) if row.unit_id else frozenset(),
            contract_is_own=contract is None or contract.organisation_id == row.organisation_id,
            contract_units=named,
        )
    )


def _replaced(licence: Licence) -> Licence | None:
    if licence.replaces_id is None:
        return None
    old = Licence.objects.get(pk=licence.replaces_id)
    if old.organisation_id != licence.organisation_id:
        raise Conflict(keeping.FOREIGN_CONTRACT)
    if _is_replaced(old):
        raise Conflict(keeping.REPLACED)
    return old


def _is_replaced(licence: Licence) -> bool:
    return Licence.objects.filter(replaces=licence).exists()


@transaction.atomic
def change_licence(
    *,
    actor: Actor,
    now: datetime,
    licence_id: int,
    terms: LicenceTerms,
    seen: int | None = None,
) -> Licence:
    """Correct what was registered. The same terms change nothing. Raises Conflict, NotAllowed.

    ``seen``: the revision the person was looking at.
    """
    require(keeping.may_keep(actor, Duty.KEEP_ENTITLEMENTS))
    row = Licence.objects.get(pk=licence_id)
    change = put(row, {name: getattr(terms, name) for name in _FIELDS})
    if not change:
        return row
    _require_terms(row)
    plan(row, policy=rulebook.current(), now=now, replaced=_is_replaced(row))
    write_once(row, *_FIELDS, "next_at", seen=seen, code="key_taken")
    emit("licence.changed", row, actor=actor, now=now, data=change.told())
    return row


@transaction.atomic
def renew_licence(
    *,
    actor: Actor,
    now: datetime,
    licence_id: int,
    until: date | None,
    seen: int | None = None,
) -> Licence:
    """A later last valid day, None for perpetual. Raises Conflict, NotAllowed."""
    require(keeping.may_keep(actor, Duty.KEEP_ENTITLEMENTS))
    row = Licence.objects.select_related("contract").get(pk=licence_id)
    old = row.valid_until
    forbid(keeping.why_not_renew(old, until, replaced=_is_replaced(row)))
    row.valid_until, row.end_reason = until, ""
    plan(row, policy=rulebook.current(), now=now)
    write(row, "valid_until", "end_reason", "next_at", seen=seen)
    emit(
        "licence.renewed",
        row,
        actor=actor,
        now=now,
        data={
            "ended": old.isoformat() if old else None,
            "until": until.isoformat() if until else None,
        },
    )
    return row


@transaction.atomic
def end_licence(
    *,
    actor: Actor,
    now: datetime,
    licence_id: int,
    on: date,
    reason: EndReason,
    seen: int | None = None,
) -> Licence:
    """End before its time: ``on`` is the last valid day. Raises Conflict, NotAllowed."""
    require(keeping.may_keep(actor, Duty.KEEP_ENTITLEMENTS))
    row = Licence.objects.select_related("contract").get(pk=licence_id)
    policy = rulebook.current()
    today = local_day(now, policy.timezone)
    forbid(keeping.why_not_end(row.valid_from, row.valid_until, on, today=today))
    old = row.valid_until
    row.valid_until, row.end_reason = on, reason
    plan(row, policy=policy, now=now, replaced=_is_replaced(row))
    write(row, "valid_until", "end_reason", "next_at", seen=seen)
    emit(
        "licence.ended",
        row,
        actor=actor,
        now=now,
        data={
            "ended": old.isoformat() if old else None,
            "until": on.isoformat(),
            "reason": reason.value,
        },
    )
    return row


@transaction.atomic
def show_key(*, actor: Actor, now: datetime, licence_id: int) -> str:
    """The whole key of a licence, for staff who asked to see it; on record. Raises NotAllowed."""
    require(access.may(actor, Duty.VIEW_CUSTOMERS))
    row = Licence.objects.get(pk=licence_id)
    emit("licence.key_shown", row, actor=actor, now=now)
    return row.key
