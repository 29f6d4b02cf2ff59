"""How often each rule said no."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from balcao.tickets.models import How, Objection

# The contract is the other half of S5, and stands under its mode (R6, R36).
_UNDER = {"S2": "S5"}
_NO = (How.REFUSED, How.WARNED, How.OBSERVED)


@dataclass(frozen=True, slots=True)
class Said:
    """How often a rule refused, and how often it would have in a stricter mode (R36)."""

    refused: int
    noticed: int


def said_no(*, days: int, now: datetime) -> Mapping[str, Said]:
    """Rule -> how often it refused, or only warned or observed, in the last ``days`` days.

    Numbers by rule and nothing about anybody, for all who read the book. One statement.
    """
    found = (
        Objection.objects.filter(how__in=_NO, at__gt=now - timedelta(days=days), at__lte=now)
        .order_by()
        .values_list("rule", "how")
        .annotate(found=Count("pk"))
    )
    counts: Counter[tuple[str, bool]] = Counter()
    for rule, how, count in found:
        counts[_UNDER.get(rule, rule), how == How.REFUSED] += count
    return {
        rule: Said(refused=counts[rule, True], noticed=counts[rule, False])
        for rule in sorted({rule for rule, _refused in counts})
    }
