"""What an organisation is entitled to, as one card for its people and for the staff."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Subquery

from balcao.entitlements.models import Contract, Licence
from balcao.entitlements.queries.facts import (
    contract_facts,
    licence_facts,
    mask,
)
from balcao.people.models import Membership, Organisation
from balcao.policy.access import Actor
from balcao.policy.book import Policy
from balcao.policy.entitlement import (
    ENDED,
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
    def past_licences(self) -> tuple[LicenceLine, ...]:
        """The others."""
        return tuple(row for row in self.licences if _is_past(row))


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
    acting = Membership.objects.filter(
        user=person_id, organisation=OuterRef("organisation"), ended_at=None
    )
    rows = Contract.objects.filter(organisation__in=organisations).annotate(
        replaced=Exists(Contract.objects.filter(replaces=OuterRef("pk"))),
        person_unit=Subquery(acting.values("unit")[:1]),
        unit=F("units__pk"),
        unit_name=F("units__name"),
    )
    papers: dict[int, _Paper] = {}
    for row in rows.order_by("pk"):
        paper = papers.setdefault(row.pk, _Paper(row, row.replaced, row.person_unit, {}))
        if row.unit is not None:
            paper.units[row.unit] = row.unit_name
    found: defaultdict[int, list[_Paper]] = defaultdict(list)
    for paper in papers.values():
        found[paper.row.organisation_id].append(paper)
    return found


def _licences(organisations: Collection[int]) -> defaultdict[int, list[Licence]]:
    replaced = Exists(Licence.objects.filter(replaces=OuterRef("pk")))
    rows = Licence.objects.filter(organisation__in=organisations).order_by("pk")
    found: defaultdict[int, list[Licence]] = defaultdict(list)
    for row in rows.annotate(replaced=replaced).select_related("product", "unit"):
        found[row.organisation_id].append(row)
    return found


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
