"""What an organisation is entitled to, as one card for its people and for the staff."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from balcao.entitlements.models import Contract, Licence, Product
from balcao.entitlements.queries.facts import (
    contract_facts,
    licence_facts,
    mask,
)
from balcao.events.statements import Slot, Statement, among
from balcao.people.models import Membership, Organisation, Unit
from balcao.policy.access import Actor
from balcao.policy.book import Policy
from balcao.policy.entitlement import (
    ENDED,
    VALID,
    ContractFacts,
    Coverage,
    LicenceFacts,
    contract_state,
    coverage,
    licence_state,
    local_day,
)


@dataclass(frozen=True, slots=True)
class ContractLine:
    """A contract on the card. ``state``: see policy.entitlement; ``units``: names, none means all.

    ``suspended_from`` and ``suspended_until`` are of a suspension that runs or is to come.
    """

    id: int
    kind: str
    reference: str
    starts: date
    ends: date | None
    state: str
    suspended_from: date | None
    suspended_until: date | None
    suspension_reason: str
    units: tuple[str, ...]
    replaced: bool


@dataclass(frozen=True, slots=True)
class LicenceLine:
    """A licence on the card, its key masked. ``state``: see policy.entitlement.

    ``technical_until``: declared technical validity of the version (Lei 9.609/1998).
    """

    id: int
    product: str
    masked_key: str
    version: str
    extensions: int | None
    equipment: str
    unit: str
    contract: str
    valid_from: date
    valid_until: date | None
    technical_until: date | None
    state: str
    replaced: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One organisation's contracts and licences, what counts first, and what covers at a moment.

    ``past`` ones have ended or were replaced. ``facts`` are what the policy judged.
    """

    organisation_id: int
    organisation: str
    coverage: Coverage
    contracts: tuple[ContractLine, ...]
    licences: tuple[LicenceLine, ...]
    facts: tuple[tuple[ContractFacts, ...], tuple[LicenceFacts, ...]]

    @property
    def current_contracts(self) -> tuple[ContractLine, ...]:
        """Those that neither ended nor were replaced."""
        return tuple(row for row in self.contracts if not _is_past(row))

    @property
    def past_contracts(self) -> tuple[ContractLine, ...]:
        """The others."""
        return tuple(row for row in self.contracts if _is_past(row))

    @property
    def current_licences(self) -> tuple[LicenceLine, ...]:
        """Those that neither ended nor were replaced."""
        return tuple(row for row in self.licences if not _is_past(row))

    @property
    def expired_licences(self) -> tuple[LicenceLine, ...]:
        """Those that ended and were not replaced: what can be renewed."""
        return tuple(row for row in self.licences if _is_past(row) and not row.replaced)

    @property
    def past_licences(self) -> tuple[LicenceLine, ...]:
        """Those that another one replaced."""
        return tuple(row for row in self.licences if row.replaced)

    @property
    def products(self) -> str:
        """Those with a valid licence while something covers; else the one whose licence lapsed."""
        if not self.coverage.covered:
            return self.coverage.licence.product if self.coverage.licence else ""
        valid = (row.product for row in self.licences if row.state == VALID)
        return ", ".join(dict.fromkeys(valid))


def _is_past(row: ContractLine | LicenceLine) -> bool:
    return row.replaced or row.state == ENDED


def cards_of(actor: Actor, *, policy: Policy, now: datetime) -> tuple[Card, ...]:
    """The cards of the actor's organisations, as each covers the actor.

    Three statements.
    """
    rows = Organisation.objects.filter(pk__in=actor.organisations).order_by("name", "pk")
    names = dict(rows.values_list("pk", "name"))
    contracts, licences = _contracts(names, actor.id), _licences(names)
    return tuple(
        _card((pk, name), contracts[pk], licences[pk], policy=policy, now=now)
        for pk, name in names.items()
    )


def card_of(
    organisation: tuple[int, str],
    *,
    policy: Policy,
    now: datetime,
    licence_id: int | None = None,
    person_id: int | None = None,
) -> Card:
    """The card of one organisation (id and name), as it covers ``person_id`` or anybody.

    ``licence_id``: the one that a ticket is about. Two statements.
    """
    pk, _name = organisation
    contracts, licences = _contracts([pk], person_id)[pk], _licences([pk])[pk]
    return _card(organisation, contracts, licences, policy=policy, now=now, licence_id=licence_id)


@dataclass(slots=True)
class _Paper:
    """A contract as it was read. ``units``: id -> name of those it names."""

    row: Contract
    replaced: bool
    person_unit: int | None
    units: dict[int, str]


def _contracts(
    organisations: Collection[int], person_id: int | None
) -> defaultdict[int, list[_Paper]]:
    """With the units each names, and the only unit the person acts for there. One statement."""
    papers: dict[int, _Paper] = {}
    for *columns, replaced, person_unit, unit, unit_name in _CONTRACTS.rows(
        tuple(organisations), person_id
    ):
        row = Contract.from_db(None, _CONTRACT_FIELDS, columns)
        paper = papers.setdefault(row.pk, _Paper(row, replaced, person_unit, {}))
        if unit is not None:
            paper.units[unit] = unit_name
    found: defaultdict[int, list[_Paper]] = defaultdict(list)
    for paper in papers.values():
        found[paper.row.organisation_id].append(paper)
    return found


_CONTRACT_FIELDS = [field.attname for field in Contract._meta.concrete_fields]


def _all_contracts(organisations: list[Slot], person: Slot) -> QuerySet[Any, Any]:
    acting = Membership.objects.filter(
        user=person, organisation=OuterRef("organisation"), ended_at=None
    )
    rows = Contract.objects.filter(among("organisation", organisations)).order_by("pk")
    return rows.values_list(
        *_CONTRACT_FIELDS,
        Exists(Contract.objects.filter(replaces=OuterRef("pk"))),
        Subquery(acting.values("unit")[:1]),
        "units__pk",
        "units__name",
    )


_CONTRACTS = Statement(_all_contracts, int, int)


def _licences(organisations: Collection[int]) -> defaultdict[int, list[Licence]]:
    """With their products and units. One statement."""
    found: defaultdict[int, list[Licence]] = defaultdict(list)
    for *columns, replaced, product, unit in _LICENCES.rows(tuple(organisations)):
        row = Licence.from_db(None, _LICENCE_FIELDS, columns)
        row.product = Product(pk=row.product_id, name=product)
        row.unit = Unit(pk=row.unit_id, name=unit) if row.unit_id else None
        setattr(row, "replaced", replaced)  # noqa: B010 - beside the columns
        found[row.organisation_id].append(row)
    return found


_LICENCE_FIELDS = [field.attname for field in Licence._meta.concrete_fields]
_LICENCES = Statement(
    lambda organisations: (
        Licence.objects.filter(among("organisation", organisations))
        .order_by("pk")
        .values_list(
            *_LICENCE_FIELDS,
            Exists(Licence.objects.filter(replaces=OuterRef("pk"))),
            "product__name",
            "unit__name",
        )
    ),
    int,
)


def _card(
    organisation: tuple[int, str],
    papers: list[_Paper],
    licences: list[Licence],
    *,
    policy: Policy,
    now: datetime,
    licence_id: int | None = None,
) -> Card:
    # Without a contract there is none that could name units.
    unit = papers[0].person_unit if papers else None
    today = local_day(now, policy.timezone)
    of_contracts = tuple(contract_facts(paper.row, units=paper.units) for paper in papers)
    of_licences = tuple(licence_facts(row) for row in licences)
    references = {paper.row.pk: paper.row.reference for paper in papers}
    contracts = [
        _contract(paper, fact, today) for paper, fact in zip(papers, of_contracts, strict=True)
    ]
    lines = [
        _licence(row, licence_state(fact, of_contracts, today), references)
        for row, fact in zip(licences, of_licences, strict=True)
    ]
    return Card(
        organisation_id=organisation[0],
        organisation=organisation[1],
        coverage=coverage(
            of_contracts, of_licences, policy=policy, now=now, licence_id=licence_id, unit=unit
        ),
        contracts=tuple(sorted(contracts, key=_latest_first)),
        licences=tuple(sorted(lines, key=lambda line: (line.product.casefold(), line.id))),
        facts=(of_contracts, of_licences),
    )


def _latest_first(line: ContractLine) -> tuple[int, int]:
    return (-(line.ends or date.max).toordinal(), line.id)


def _contract(paper: _Paper, facts: ContractFacts, today: date) -> ContractLine:
    row = paper.row
    over = row.suspended_until is not None and row.suspended_until < today
    return ContractLine(
        id=row.pk,
        kind=row.kind,
        reference=row.reference,
        starts=row.starts,
        ends=row.ends,
        state=contract_state(facts, today),
        suspended_from=None if over else row.suspended_from,
        suspended_until=None if over else row.suspended_until,
        suspension_reason="" if over else row.suspension_reason,
        units=() if row.all_units else tuple(sorted(paper.units.values())),
        replaced=paper.replaced,
    )


def _licence(row: Licence, state: str, references: dict[int, str]) -> LicenceLine:
    return LicenceLine(
        id=row.pk,
        product=row.product.name,
        masked_key=mask(row.key),
        version=row.version,
        extensions=row.extensions,
        equipment=row.equipment,
        unit=row.unit.name if row.unit else "",
        contract=references.get(row.contract_id or 0, ""),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        technical_until=row.technical_until,
        state=state,
        replaced=getattr(row, "replaced"),  # noqa: B009 - an annotation
    )
