"""Reading what an organisation is entitled to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from balcao.entitlements.models import Contract, Licence, Service
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


@dataclass(frozen=True, slots=True)
class ServiceRow:
    slug: str
    name: str
    name_en: str


def facts_for_organisation(
    organisation_id: int,
) -> tuple[tuple[ContractFacts, ...], tuple[LicenceFacts, ...]]:
    """Contracts and licences as the policy judges them. Two statements."""
    contracts = tuple(
        ContractFacts(
            id=row.pk,
            kind=row.kind,
            starts=row.starts,
            ends=row.ends,
            suspended=row.suspended_at is not None,
        )
        for row in Contract.objects.filter(organisation=organisation_id).order_by("pk")
    )
    licences = tuple(
        LicenceFacts(
            id=row.pk,
            product=row.product.name,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            contract=row.contract_id,
        )
        for row in Licence.objects.filter(organisation=organisation_id)
        .select_related("product")
        .order_by("pk")
    )
    return contracts, licences


def coverage_for(
    organisation_id: int, *, policy: Policy, now: datetime, licence_id: int | None = None
) -> Coverage:
    """What covers the organisation at ``now`` (R6): the words of the coverage bar come from it."""
    contracts, licences = facts_for_organisation(organisation_id)
    return coverage(contracts, licences, policy=policy, now=now, licence_id=licence_id)


def licences_of(organisation_id: int, *, policy: Policy, now: datetime) -> list[LicenceRow]:
    """The organisation's licences, those valid at ``now`` first."""
    contracts, licences = facts_for_organisation(organisation_id)
    valid = valid_licences(contracts, licences, policy=policy, now=now)
    rows = [
        LicenceRow(
            id=row.pk,
            product=row.product.name,
            masked_key=mask(row.key),
            version=row.version,
            valid_until=row.valid_until,
            valid=row.pk in valid,
        )
        for row in Licence.objects.filter(organisation=organisation_id)
        .select_related("product")
        .order_by("product__name", "pk")
    ]
    return sorted(rows, key=lambda row: not row.valid)


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
