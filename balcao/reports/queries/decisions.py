"""Walking the decisions on record, and judging one again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from balcao.policy import gate
from balcao.policy.book import Policy
from balcao.tickets.models import Decision

_CHUNK = 2500


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gate said: verdict, the rules that decided and the code of the reason, if any."""

    verdict: str
    rules: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision on record. Organisation, person and ticket are ids; None: not known or erased."""

    id: int
    at: datetime
    act: str
    door: str
    answer: Answer
    policy_version: int
    facts: dict[str, Any]
    organisation: int | None
    person: int | None
    ticket: int | None


def taken_since(since: datetime, *, now: datetime) -> QuerySet[Decision]:
    """The decisions taken from ``since`` to ``now``."""
    return Decision.objects.filter(at__gte=since, at__lte=now)


def walk(decisions: QuerySet[Decision]) -> Iterator[Taken]:
    """Newest first, a few thousand in memory at a time, whatever their number."""
    rows = decisions.order_by("-at", "-pk").values_list(
        "pk",
        "at",
        "act",
        "door",
        "verdict",
        "rules",
        "reason",
        "policy_version",
        "facts",
        "organisation_id",
        "actor_id",
        "ticket_id",
    )
    part = list(rows[:_CHUNK])
    while part:
        for row in part:
            yield _taken(row)
        pk, at = part[-1][:2]
        part = list(rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))[:_CHUNK])


def _taken(row: Sequence[Any]) -> Taken:
    pk, at, act, door, verdict, rules, reason, version, facts, organisation, person, ticket = row
    return Taken(
        id=pk,
        at=at,
        act=act,
        door=door,
        answer=Answer(verdict=verdict, rules=tuple(rules), reason=reason),
        policy_version=version,
        facts=facts,
        organisation=organisation,
        person=person,
        ticket=ticket,
    )


def judge(taken: Taken, policy: Policy) -> Answer | None:
    """The same question on the same facts at the same moment, under ``policy``.

    None: the facts are no longer kept, or were written by a release that knew other ones.
    """
    try:
        request, facts = gate.facts_from_data(taken.facts)
    except (KeyError, TypeError, ValueError):
        return None
    decision = gate.decide(request, facts, policy, taken.at)
    return Answer(
        verdict=decision.verdict.value, rules=decision.rules, reason=decision.reason or ""
    )
