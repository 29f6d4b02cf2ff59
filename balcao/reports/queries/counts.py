"""How often each rule said no."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from balcao.reports.queries.decisions import taken_since

_NEWEST = 5000
# The contract is the other half of S5, and stands under its mode (R6, R36).
_UNDER = {"S2": "S5"}


@dataclass(frozen=True, slots=True)
class Said:
    """How often a rule refused, and how often it would have in a milder mode (R36)."""

    refused: int
    noticed: int


def said_no(*, days: int, now: datetime) -> Mapping[str, Said]:
    """Settable rule -> how often it refused, or would have, in the last ``days`` days.

    The newest 5,000 decisions are counted.
    """
    refused: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    rows = taken_since(now - timedelta(days=days), now=now).order_by("-at", "-pk")
    for verdict, rules, outcome in rows.values_list("verdict", "rules", "outcome")[:_NEWEST]:
        if verdict == "refuse":
            refused.update({_UNDER.get(rule, rule) for rule in rules})
        findings = [*outcome.get("warnings", ()), *outcome.get("observed", ())]
        named = (str(finding["rule"]) for finding in findings)
        noticed.update({_UNDER.get(rule, rule) for rule in named})
    return {
        rule: Said(refused=refused[rule], noticed=noticed[rule])
        for rule in sorted({*refused, *noticed})
    }
