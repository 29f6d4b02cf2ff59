"""What a one-off would be bought for, before it is charged."""

from dataclasses import dataclass
from datetime import date, datetime

from balcao.entitlements.models import Contract
from balcao.entitlements.queries import facts_for_organisation
from balcao.policy import sale as policy
from balcao.policy.access import Actor
from balcao.policy.book import Policy
from balcao.policy.sale import Purpose
from balcao.sales.queries.access import require_view


@dataclass(frozen=True, slots=True)
class PurposeCard:
    """What the scope says, and what covers it anyway: ``contract`` is its number, if any (R34)."""

    purpose: Purpose
    contract: str
    contract_kind: str
    until: date | None

    @property
    def covered_already(self) -> bool:
        """The customer need not buy anything for it."""
        return bool(self.contract_kind)


def purpose_of(
    actor: Actor,
    *,
    kind: str,
    service: str,
    organisation_id: int | None,
    policy_now: Policy,
    now: datetime,
) -> PurposeCard:
    """Whether a service may be sold under a kind of one-off. None of a customer's: no statement."""
    require_view(actor)
    found = policy.purpose(policy_now, kind=kind, service=service)
    if organisation_id is None:
        return PurposeCard(found, "", "", None)
    contracts, licences = facts_for_organisation(organisation_id)
    cover = policy.covered_already(
        contracts,
        licences,
        organisation=organisation_id,
        service=service,
        policy=policy_now,
        now=now,
    )
    if cover is None or cover.kind is None:
        return PurposeCard(found, "", "", None)
    rows = Contract.objects.filter(pk=cover.contract.id if cover.contract else 0)
    reference = rows.values_list("reference", flat=True).first()
    return PurposeCard(found, reference or "", cover.kind, cover.until)
