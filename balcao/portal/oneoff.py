"""Chamados avulsos: what one is, by the policy in force, and who sells it (S23-S43)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from balcao.entitlements.queries import ServiceRow, services
from balcao.policy.book import ONEOFF_KINDS, Policy, Verdict, scope_of
from balcao.portal import parts
from balcao.web.guards import PageRequest, guard
from balcao.web.words.hours import week

# No slug of a service looks like this: what the table says of one that nobody listed.
_UNLISTED = "*"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of one-off and what the scope table says: services by name, and all the others."""

    code: str
    covered: str
    asked: str
    excluded: str


@guard("portal")
def oneoff(request: PageRequest) -> HttpResponse:
    """Nothing bought yet; in plain words what it would be."""
    policy, rows = request.policy, services()
    context = {
        "kinds": [_kind(policy, rows, code) for code in ONEOFF_KINDS],
        "months": policy.oneoff.months,
        "same_problem_days": policy.oneoff.same_problem_days,
        "hours": week(policy.calendar),
        "support_phone": policy.company.support_phone,
        "support_address": policy.company.support_address,
    }
    return parts.show(request, "portal/oneoff.html", context, place="oneoff")


def _kind(policy: Policy, rows: Sequence[ServiceRow], code: str) -> Kind:
    portuguese = (get_language() or "").startswith("pt")
    found: dict[Verdict, list[str]] = {verdict: [] for verdict in Verdict}
    rest = scope_of(policy, code, _UNLISTED)
    for row in rows:
        verdict = scope_of(policy, code, row.slug)
        if verdict is not rest:
            found[verdict].append(row.name if portuguese else row.name_en)
    found[rest].append(_("all the others") if any(found.values()) else _("all"))
    said = {verdict: ", ".join(names) for verdict, names in found.items()}
    return Kind(code, said[Verdict.ALLOW], said[Verdict.ASK], said[Verdict.REFUSE])
