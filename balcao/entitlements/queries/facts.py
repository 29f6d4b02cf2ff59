"""Reading what an organisation is entitled to, as the policy judges it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    DateField,
    QuerySet,
    Value,
    prefetch_related_objects,
)
from django.db.models.functions import Cast

from balcao.entitlements.models import Contract, Licence, Service
from balcao.events.statements import Slot, Statement
from balcao.people.models import Membership
from balcao.policy.access import Actor
from balcao.policy.book import Policy
from balcao.policy.entitlement import (
    ContractFacts,
    Coverage,
    LicenceFacts,
    coverage,
    valid_licences,
)


@dataclass(frozen=True, slots=True)
class LicenceRow:
    """A licence as its customer sees it: the key masked, dates in the policy's time zone."""

    id: int
    product: str
    masked_key: str
    version: str
    valid_until: date | None
    valid: bool
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service as a customer chooses it, in both languages."""

    slug: str
    name: str
    name_en: str


def facts_for_organisation(
    organisation_id: int,
) -> tuple[tuple[ContractFacts, ...], tuple[LicenceFacts, ...]]:
    """Contracts and licences as the policy judges them. One statement."""
    contracts: dict[int, ContractFacts] = {}
    licences: list[LicenceFacts] = []
    for row in sorted(map(_Had._make, _HAD.rows(organisation_id)), key=lambda row: row[:2]):
        if row.source == _LICENCE:
            licences.append(_licence_of(row))
        else:
            contracts[row.id] = _contract_of(row, contracts.get(row.id))
    return tuple(contracts.values()), tuple(licences)


_CONTRACT, _LICENCE = 0, 1


class _Had(NamedTuple):
    """A contract, once for each unit that it names, or a licence. Told apart by ``source``."""

    source: int
    id: int
    named: str
    begins: date | None
    ends: date | None
    suspended_from: date | None
    suspended_until: date | None
    whole: bool
    unit: int | None
    contract: int | None


def _contract_of(row: _Had, before: ContractFacts | None) -> ContractFacts:
    assert row.begins is not None
    units = frozenset() if row.unit is None else frozenset({row.unit})
    if before is not None and before.units is not None:
        units |= before.units
    return ContractFacts(
        id=row.id,
        kind=row.named,
        starts=row.begins,
        ends=row.ends,
        suspended=row.suspended_from is not None,
        suspended_from=row.suspended_from,
        suspended_until=row.suspended_until,
        units=None if row.whole else units,
    )


def _licence_of(row: _Had) -> LicenceFacts:
    assert row.begins is not None
    return LicenceFacts(
        id=row.id,
        product=row.named,
        valid_from=row.begins,
        valid_until=row.ends,
        contract=row.contract,
        unit=row.unit,
    )


def _had(organisation: Slot) -> QuerySet[Any, Any]:
    no_day, no_id = Cast(Value(None), DateField()), Cast(Value(None), BigIntegerField())
    contracts = (
        Contract.objects.filter(organisation=organisation)
        .annotate(source=Value(_CONTRACT), other=no_id)
        .values_list(
            *("source", "pk", "kind", "starts", "ends", "suspended_from", "suspended_until"),
            *("all_units", "units", "other"),
        )
    )
    licences = (
        Licence.objects.filter(organisation=organisation)
        .annotate(source=Value(_LICENCE), from_day=no_day, until_day=no_day, whole=Value(False))
        .values_list(
            *("source", "pk", "product__name", "valid_from", "valid_until", "from_day"),
            *("until_day", "whole", "unit_id", "contract_id"),
        )
    )
    return contracts.union(licences, all=True)


_HAD = Statement(_had, int)


def with_units(contracts: Iterable[Contract]) -> list[Contract]:
    """The contracts, the units of those that name some already read: at most one statement more."""
    rows = list(contracts)
    prefetch_related_objects([row for row in rows if not row.all_units], "units")
    return rows


def units_of(actor: Actor) -> dict[int, int | None]:
    """Organisation -> the only unit of it the actor acts for, None for all of it. One statement."""
    return dict(
        Membership.objects.filter(
            user=actor.id, ended_at=None, organisation__in=actor.organisations
        ).values_list("organisation_id", "unit_id")
    )


def licences_of(organisation_id: int, *, policy: Policy, now: datetime) -> list[LicenceRow]:
    """The organisation's licences, those valid at ``now`` first."""
    return list(registers_of([organisation_id], policy=policy, now=now)[organisation_id].licences)


@dataclass(frozen=True, slots=True)
class Register:
    """What one organisation has: its coverage at a moment and its licences, valid ones first."""

    coverage: Coverage
    licences: tuple[LicenceRow, ...]


def registers_of(
    organisation_ids: Collection[int],
    *,
    policy: Policy,
    now: datetime,
    actor: Actor | None = None,
) -> dict[int, Register]:
    """The registers of several organisations by id, as they cover ``actor`` or anybody.

    Whatever their number in two statements, and two for the units where a contract names some.
    """
    contracts: defaultdict[int, list[ContractFacts]] = defaultdict(list)
    found = Contract.objects.filter(organisation__in=organisation_ids).order_by("pk")
    rows = with_units(found)
    named = actor is not None and not all(row.all_units for row in rows)
    units = units_of(actor) if actor and named else {}
    for contract in rows:
        contracts[contract.organisation_id].append(contract_facts(contract))
    licences: defaultdict[int, list[Licence]] = defaultdict(list)
    for licence in (
        Licence.objects.filter(organisation__in=organisation_ids)
        .select_related("product", "unit")
        .order_by("pk")
    ):
        licences[licence.organisation_id].append(licence)
    return {
        pk: _register(contracts[pk], licences[pk], policy=policy, now=now, unit=units.get(pk))
        for pk in organisation_ids
    }


def _register(
    contracts: list[ContractFacts],
    rows: list[Licence],
    *,
    policy: Policy,
    now: datetime,
    unit: int | None,
) -> Register:
    facts = [licence_facts(row) for row in rows]
    valid = valid_licences(contracts, facts, policy=policy, now=now)
    ordered = sorted(rows, key=lambda row: (row.pk not in valid, row.product.name, row.pk))
    return Register(
        coverage=coverage(contracts, facts, policy=policy, now=now, unit=unit),
        licences=tuple(_licence_row(row, valid=row.pk in valid) for row in ordered),
    )


def contract_facts(row: Contract, *, units: Collection[int] | None = None) -> ContractFacts:
    """A contract as the policy judges it. ``units``: the ids of those it names, where they were
    read apart; otherwise one statement, unless they were read with it.
    """
    named = [unit.pk for unit in row.units.all()] if units is None and not row.all_units else units
    return ContractFacts(
        id=row.pk,
        kind=row.kind,
        starts=row.starts,
        ends=row.ends,
        suspended=row.suspended_from is not None,
        suspended_from=row.suspended_from,
        suspended_until=row.suspended_until,
        units=None if row.all_units else frozenset(named or ()),
    )


def licence_facts(row: Licence) -> LicenceFacts:
    """A licence, its product already read, as the policy judges it."""
    return LicenceFacts(
        id=row.pk,
        product=row.product.name,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        contract=row.contract_id,
        unit=row.unit_id,
    )


def _licence_row(row: Licence, *, valid: bool) -> LicenceRow:
    return LicenceRow(
        id=row.pk,
        product=row.product.name,
        masked_key=mask(row.key),
        version=row.version,
        valid_until=row.valid_until,
        valid=valid,
        unit=row.unit.name if row.unit else "",
    )


def find_licence(key: str, *, organisations: Collection[int]) -> tuple[int, int] | None:
    """The ids of the licence with this key and of its organisation, if that is one of these."""
    return (
        Licence.objects.filter(key__iexact=key.strip(), organisation__in=organisations)
        .values_list("pk", "organisation_id")
        .first()
    )


def mask(key: str) -> str:
    """Enough of a licence key to recognise it, not enough to use it."""
    return f"…{key[-4:]}"


def services() -> list[ServiceRow]:
    """The catalogue as a customer chooses from it."""
    return [
        ServiceRow(slug=row.slug, name=row.name, name_en=row.name_en or row.name)
        for row in Service.objects.filter(active=True).order_by("place", "name")
    ]
