"""What may be chosen on the opening page: products, and services with what covers them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from balcao.entitlements.queries import LicenceRow
from balcao.policy.book import Policy, Verdict, scope_of
from balcao.tickets import queries
from balcao.tickets.queries import Choices
from balcao.web import format
from balcao.web.guards import PageRequest

_GROUPS: tuple[tuple[Verdict | None, str | Promise], ...] = (
    (Verdict.ALLOW, gettext_lazy("Covered by your contract")),
    (Verdict.ASK, gettext_lazy("To be confirmed with sales")),
    (Verdict.REFUSE, gettext_lazy("Not covered by your contract")),
    (None, gettext_lazy("It depends on the company")),
)


@dataclass(frozen=True, slots=True)
class About:
    """One card: a product of an organisation, or the organisation with no product named."""

    value: str
    label: str
    text: str
    expired: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Services with the same answer of the scope table: (slug, name) pairs."""

    label: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Offers:
    """What may be chosen: per organisation its products, and the services as (slug, name)."""

    choices: tuple[Choices, ...]
    services: list[tuple[str, str]]
    groups: tuple[Group, ...]


def offers(request: PageRequest) -> Offers:
    """What this customer may choose now."""
    choices, rows = queries.opening_choices(request.actor, policy=request.policy, now=request.now)
    portuguese = (get_language() or "").startswith("pt")
    named = [(row.slug, row.name if portuguese else row.name_en) for row in rows]
    return Offers(choices, named, _groups(choices, named, policy=request.policy))


def _groups(
    choices: Sequence[Choices], named: Sequence[tuple[str, str]], *, policy: Policy
) -> tuple[Group, ...]:
    """The services by what the scope table says of them under what covers the customer.

    None at all while nothing covers them: then the answer is not about the service.
    """
    kinds = {one.coverage.kind for one in choices if one.coverage.covered and one.coverage.kind}
    if not kinds:
        return ()
    found: dict[Verdict | None, list[tuple[str, str]]] = {}
    for slug, name in named:
        said = {scope_of(policy, kind, slug) for kind in kinds}
        found.setdefault(said.pop() if len(said) == 1 else None, []).append((slug, name))
    return tuple(
        Group(str(label), tuple(found[verdict])) for verdict, label in _GROUPS if verdict in found
    )


def abouts(choices: tuple[Choices, ...]) -> list[About]:
    """The cards to choose from: valid licences, expired ones, and none in particular."""
    several = len(choices) > 1
    products, others = [], []
    for choice in choices:
        name = choice.organisation if several else ""
        products += [_licence_card(choice.organisation_id, row, name) for row in choice.licences]
        label = _("Another product, or none in particular")
        others.append(About(f"{choice.organisation_id}-", label, name, expired=False))
    return sorted(products, key=lambda card: card.expired) + others


def _licence_card(organisation_id: int, row: LicenceRow, organisation: str) -> About:
    if row.valid_until is None:
        until = _("Valid with no end date")
    else:
        text = _("Valid until %(date)s") if row.valid else _("Not valid since %(date)s")
        until = text % {"date": format.day(row.valid_until)}
    licence = _("licence %(key)s") % {"key": row.masked_key}
    text = " · ".join(part for part in (organisation, row.unit, until, licence) if part)
    return About(f"{organisation_id}-{row.id}", row.product, text, expired=not row.valid)


def only(choices: tuple[Choices, ...], cards: list[About]) -> str:
    """The card that needs no choosing: the one valid product, or the company without products."""
    products = [card for card in cards if not card.value.endswith("-")]
    if len(choices) == 1 and len(products) == 1 and not products[0].expired:
        return products[0].value
    return cards[0].value if len(cards) == 1 else ""
