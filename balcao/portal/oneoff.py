"""Chamados avulsos: what one is, by the policy in force, and who sells it (S23-S43)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import get_language

from balcao.entitlements.queries import ServiceRow, services
from balcao.policy.book import ONEOFF_KINDS, Policy, Verdict, scope_of
from balcao.portal import parts
from balcao.web.guards import PageRequest, guard
from balcao.web.words.hours import week


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of one-off and what the scope table says of each service, by name."""

    code: str
    covered: tuple[str, ...]
    asked: tuple[str, ...]
    excluded: tuple[str, ...]


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
    for row in rows:
        verdict = scope_of(policy, code, row.slug)
        found[verdict].append(row.name if portuguese else row.name_en)
    return Kind(
        code=code,
        covered=tuple(found[Verdict.ALLOW]),
        asked=tuple(found[Verdict.ASK]),
        excluded=tuple(found[Verdict.REFUSE]),
    )
