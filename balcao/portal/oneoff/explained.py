"""What a one-off is and covers, by the policy in force (S23-S43)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from balcao.entitlements.queries import ServiceRow
from balcao.policy.book import Policy, Verdict, scope_of
from balcao.policy.sale import under
from balcao.portal.choices import Group
from balcao.tickets.queries import Oneoff
from balcao.web.guards import PageRequest
from balcao.web.words.hours import week

# No slug of a service looks like this: what the table says of one that nobody listed.
_UNLISTED = "*"
_GROUPS: tuple[tuple[Verdict, str | Promise], ...] = (
    (Verdict.ALLOW, gettext_lazy("Covered by your one-off request")),
    (Verdict.ASK, gettext_lazy("To be confirmed with sales")),
    (Verdict.REFUSE, gettext_lazy("Not covered by your one-off request")),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of one-off and what the scope table says: services by name, and all the others."""

    code: str
    covered: str
    asked: str
    excluded: str


def kind_of(policy: Policy, rows: Sequence[ServiceRow], code: str, *, agreed: str = "") -> Kind:
    """What a one-off of this kind covers, leaves to sales, and does not cover (S32-S36).

    ``agreed``: the service of which sales said that this very one covers it (R18).
    """
    found: dict[Verdict, list[str]] = {verdict: [] for verdict in Verdict}
    rest = scope_of(policy, code, _UNLISTED)
    for row in rows:
        verdict = under(policy, kind=code, service=row.slug, agreed=agreed)
        if verdict is not rest:
            found[verdict].append(name_of(row))
    found[rest].append(_("all the others") if any(found.values()) else _("all"))
    said = {verdict: ", ".join(names) for verdict, names in found.items()}
    return Kind(code, said[Verdict.ALLOW], said[Verdict.ASK], said[Verdict.REFUSE])


def groups_of(policy: Policy, rows: Sequence[ServiceRow], found: Oneoff) -> tuple[Group, ...]:
    """The services by what this one-off covers; what sales agreed to is covered (R18)."""
    said: dict[Verdict, list[tuple[str, str]]] = {}
    agreed = found.service_slug if found.agreed else ""
    for row in rows:
        verdict = under(policy, kind=found.row.kind, service=row.slug, agreed=agreed)
        said.setdefault(verdict, []).append((row.slug, name_of(row)))
    return tuple(
        Group(str(label), tuple(said[verdict])) for verdict, label in _GROUPS if verdict in said
    )


def name_of(row: ServiceRow) -> str:
    """The service in the reader's language."""
    return row.name if (get_language() or "").startswith("pt") else row.name_en


def ways(request: PageRequest) -> dict[str, object]:
    """How one is used (S25, S27): what the parts of the pages say about telephone and hours."""
    company = request.policy.company
    return {
        "hours": week(request.policy.calendar),
        "support_phone": company.support_phone,
        "support_address": company.support_address,
    }
