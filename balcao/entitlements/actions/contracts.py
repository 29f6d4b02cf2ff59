"""Contracts: registered, changed, renewed, suspended and ended by sales (S2, R6, M2)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from balcao.entitlements.actions.changing import once, put, write, write_once
from balcao.entitlements.actions.foretelling import plan, plan_lines
from balcao.entitlements.models import Contract, EndReason, Licence, SuspensionReason
from balcao.events.actions import emit
from balcao.people.actions.refusal import Conflict, forbid, require
from balcao.people.models import Organisation, Unit
from balcao.policy import keeping
from balcao.policy.access import Actor, Duty
from balcao.policy.entitlement import local_day
from balcao.rulebook import queries as rulebook


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """What a contract says. ``ends``: last covered day; ``units``: None covers all of them."""

    kind: str
    reference: str
    starts: date
    ends: date | None
    units: frozenset[int] | None = None


def register_contract(
    *,
    actor: Actor,
    now: datetime,
    organisation: Organisation,
    kind: str,
    reference: str,
    starts: date,
    ends: date | None,
    suspended: bool = False,
    replaces_id: int | None = None,
) -> Contract:
    """`add_contract` for all units; ``suspended`` suspends it from today on."""
    return add_contract(
        actor=actor,
        now=now,
        organisation_id=organisation.pk,
        terms=ContractTerms(kind, reference, starts, ends),
        suspended=suspended,
        replaces_id=replaces_id,
    )


@transaction.atomic
def add_contract(
    *,
    actor: Actor,
    now: datetime,
    organisation_id: int,
    terms: ContractTerms,
    replaces_id: int | None = None,
    suspended: bool = False,
) -> Contract:
    """A support contract of one of the four kinds (S2).

    ``replaces_id``: the contract it follows, whose end is then foretold no more. ``suspended``
    suspends it from today. Raises Conflict when the terms do not fit or the reference is taken,
    NotAllowed.
    """
    require(keeping.may_keep(actor, Duty.KEEP_ENTITLEMENTS))
    _require_terms(terms, organisation_id)
    policy = rulebook.current()
    contract = Contract(
        organisation_id=organisation_id,
        kind=terms.kind,
        reference=terms.reference,
        starts=terms.starts,
        ends=terms.ends,
        all_units=terms.units is None,
        replaces_id=replaces_id,
    )
    if suspended:
        contract.suspended_from = local_day(now, policy.timezone)
        contract.suspension_reason = SuspensionReason.OTHER
    plan(contract, policy=policy, now=now)
    replaced = _replaced(contract)
    once(contract, "reference_taken")
    contract.units.set(terms.units or ())
    emit(
        "contract.registered",
        contract,
        actor=actor,
        now=now,
        data={
            "organisation": organisation_id,
            "kind": terms.kind,
            "starts": terms.starts.isoformat(),
            "ends": terms.ends.isoformat() if terms.ends else None,
            "suspended": suspended,
        },
    )
    if replaced:
        replaced.next_at = None
        write(replaced, "next_at")
        plan_lines(replaced, policy=policy, now=now)
        emit("contract.replaced", replaced, actor=actor, now=now, data={"contract": contract.pk})
    return contract


def _require_terms(terms: ContractTerms, organisation_id: int) -> None:
    forbid(
        keeping.why_not_terms(
            terms.starts, terms.ends, units=terms.units, of_organisation=_units_of(organisation_id)
        )
    )


def _units_of(organisation_id: int) -> frozenset[int]:
    return frozenset(Unit.objects.filter(organisation=organisation_id).values_list("pk", flat=True))


def _replaced(contract: Contract) -> Contract | None:
    if contract.replaces_id is None:
        return None
    old = Contract.objects.get(pk=contract.replaces_id)
    if old.organisation_id != contract.organisation_id:
        raise Conflict(keeping.FOREIGN_CONTRACT)
    if Contract.objects.filter(replaces=old).exists():
        raise Conflict(keeping.REPLACED)
    return old


def _is_replaced(contract: Contract) -> bool:
    return Contract.objects.filter(replaces=contract).exists()


@transaction.atomic
def change_contract(
    *,
    actor: Actor,
    now: datetime,
    contract_id: int,
    terms: ContractTerms,
    seen: int | None = None,
) -> Contract:
    """Correct what was registered. The same terms change nothing. Raises Conflict, NotAllowed.

    ``seen``: the revision the person was looking at.
    """
    require(keeping.may_keep(actor, Duty.KEEP_ENTITLEMENTS))
    row = Contract.objects.get(pk=contract_id)
    _require_terms(terms, row.organisation_id)
    before = None if row.all_units else frozenset(row.units.values_list("pk", flat=True))
    change = put(
        row,
        {
            "kind": terms.kind,
            "reference": terms.reference,
            "starts": terms.starts,
            "ends": terms.ends,
        },
    ).with_units(before, terms.units)
    if not change:
        return row
    row.all_units = terms.units is None
    policy = rulebook.current()
    plan(row, policy=policy, now=now, replaced=_is_replaced(row))
    write_once(
        row,
        *("kind", "reference", "starts", "ends", "all_units", "next_at"),
        seen=seen,
        code="reference_taken",
    )
    row.units.set(terms.units or ())
    plan_lines(row, policy=policy, now=now)
    emit("contract.changed", row, actor=actor, now=now, data=change.told())
    return row


@transaction.atomic
def renew_contract(
    *,
    actor: Actor,
    now: datetime,
    contract_id: int,
    until: date | None,
    with_licences: bool = True,
    seen: int | None = None,
) -> Contract:
    """A later end, None for none. ``with_licences``: its licences that end on the same day, too.

    Raises Conflict, NotAllowed.
    """
    require(keeping.may_keep(actor, Duty.KEEP_ENTITLEMENTS))
    row = Contract.objects.get(pk=contract_id)
    old, policy = row.ends, rulebook.current()
    forbid(keeping.why_not_renew(old, until, replaced=_is_replaced(row)))
    row.ends, row.end_reason = until, ""
    plan(row, policy=policy, now=now)
    write(row, "ends", "end_reason", "next_at", seen=seen)
    emit("contract.renewed", row, actor=actor, now=now, data=_span(old, until))
    if with_licences:
        for line in Licence.objects.filter(contract=row, valid_until=old, replacement=None):
            line.valid_until = until
            write(line, "valid_until")
            emit("licence.renewed", line, actor=actor, now=now, data=_span(old, until))
    plan_lines(row, policy=policy, now=now)
    return row


def _span(old: date | None, new: date | None) -> dict[str, object]:
    return {"ended": old.isoformat() if old else None, "until": new.isoformat() if new else None}


@transaction.atomic
def suspend_contract(
    *,
    actor: Actor,
    now: datetime,
    contract_id: int,
    first: date,
    last: date | None,
    reason: SuspensionReason,
    seen: int | None = None,
) -> Contract:
    """No new tickets from day ``first`` to day ``last``, both included; None until it is resumed.

    The reason is a code, and no text about it speaks of a debt. Open tickets finish (R7). Raises
    Conflict, NotAllowed.
    """
    require(keeping.may_keep(actor, Duty.KEEP_ENTITLEMENTS))
    row = Contract.objects.get(pk=contract_id)
    today = local_day(now, rulebook.current().timezone)
    forbid(
        keeping.why_not_suspend(
            row.ends, first, last, suspended=_is_suspended(row, today), today=today
        )
    )
    row.suspended_from, row.suspended_until, row.suspension_reason = first, last, reason
    write(row, "suspended_from", "suspended_until", "suspension_reason", seen=seen)
    data = {
        "first": first.isoformat(),
        "last": last.isoformat() if last else None,
        "reason": reason.value,
    }
    emit("contract.suspended", row, actor=actor, now=now, data=data)
    return row


def _is_suspended(row: Contract, today: date) -> bool:
    """Now or from a day to come."""
    over = row.suspended_until is not None and row.suspended_until < today
    return row.suspended_from is not None and not over


@transaction.atomic
def resume_contract(
    *, actor: Actor, now: datetime, contract_id: int, seen: int | None = None
) -> Contract:
    """The contract covers again from today; a suspension to come is called off. Raises Conflict."""
    require(keeping.may_keep(actor, Duty.KEEP_ENTITLEMENTS))
    row = Contract.objects.get(pk=contract_id)
    policy = rulebook.current()
    if not _is_suspended(row, local_day(now, policy.timezone)):
        raise Conflict(keeping.NOT_SUSPENDED)
    row.suspended_from = row.suspended_until = None
    row.suspension_reason = ""
    plan(row, policy=policy, now=now, replaced=_is_replaced(row))
    write(row, "suspended_from", "suspended_until", "suspension_reason", "next_at", seen=seen)
    emit("contract.resumed", row, actor=actor, now=now)
    return row


@transaction.atomic
def end_contract(
    *,
    actor: Actor,
    now: datetime,
    contract_id: int,
    on: date,
    reason: EndReason,
    seen: int | None = None,
) -> Contract:
    """End before its time: ``on`` is the last covered day. Open tickets finish (R7).

    Raises Conflict, NotAllowed.
    """
    require(keeping.may_keep(actor, Duty.KEEP_ENTITLEMENTS))
    row = Contract.objects.get(pk=contract_id)
    policy = rulebook.current()
    today = local_day(now, policy.timezone)
    forbid(keeping.why_not_end(row.starts, row.ends, on, today=today))
    old = row.ends
    row.ends, row.end_reason = on, reason
    plan(row, policy=policy, now=now, replaced=_is_replaced(row))
    write(row, "ends", "end_reason", "next_at", seen=seen)
    plan_lines(row, policy=policy, now=now)
    emit(
        "contract.ended",
        row,
        actor=actor,
        now=now,
        data={**_span(old, on), "reason": reason.value},
    )
    return row
