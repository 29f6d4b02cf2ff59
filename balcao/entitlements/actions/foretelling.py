"""Ends foretold: when each contract and licence is looked at, and raising what is due (S5, P5)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from balcao.entitlements.models import Contract, Licence
from balcao.entitlements.queries import contract_facts, licence_facts
from balcao.events.actions import emit
from balcao.policy.access import SYSTEM
from balcao.policy.book import Policy
from balcao.policy.entitlement import (
    ACTIVE,
    SUSPENDED,
    VALID,
    contract_state,
    licence_state,
    local_day,
)
from balcao.policy.foretelling import next_look, own_end, step_due
from balcao.rulebook import queries as rulebook

BATCH = 500


def plan(row: Contract | Licence, *, policy: Policy, now: datetime, replaced: bool = False) -> None:
    """Set, unsaved, when the ticker looks at the row. Nobody is told of what was replaced."""
    ends = None if replaced else _end_of(row)
    row.next_at = _next(row, ends, told=_told(row, ends), policy=policy, now=now)


def _end_of(row: Contract | Licence) -> date | None:
    """The end that is foretold by the row itself."""
    if isinstance(row, Contract):
        return row.ends
    return own_end(row.valid_until, contract_facts(row.contract) if row.contract else None)


def _told(row: Contract | Licence, ends: date | None) -> int | None:
    """The last step told for this end; another end begins anew."""
    return row.warned_days if row.warned_end == ends else None


def _next(
    row: Contract | Licence, ends: date | None, *, told: int | None, policy: Policy, now: datetime
) -> datetime | None:
    return next_look(
        ends,
        told=told,
        warn_days=policy.entitlement.warn_days,
        now=now,
        timezone=policy.timezone,
    )


def plan_lines(contract: Contract, *, policy: Policy, now: datetime) -> None:
    """Plan the contract's licences anew, after its end changed or it was replaced."""
    lines = _unreplaced_licences().filter(contract=contract).select_related("contract")
    _replan(lines, policy=policy, now=now)


def plan_all(now: datetime) -> None:
    """Plan everything that has not ended anew, after the policy changed.

    What was told stays told, and a step whose day has begun passes in silence.
    """
    policy = rulebook.current()
    today = local_day(now, policy.timezone)
    contracts = _unreplaced_contracts().filter(Q(ends__gte=today) | Q(next_at__isnull=False))
    licences = (
        _unreplaced_licences()
        .filter(Q(valid_until__gte=today) | Q(next_at__isnull=False))
        .select_related("contract")
    )
    _replan(contracts, policy=policy, now=now)
    _replan(licences, policy=policy, now=now)


def _replan(
    table: QuerySet[Contract] | QuerySet[Licence], *, policy: Policy, now: datetime
) -> None:
    ids = list(table.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            for row in table.filter(pk__in=ids[start : start + BATCH]):
                before = row.next_at
                plan(row, policy=policy, now=now)
                if row.next_at != before:
                    table.filter(pk=row.pk, revision=row.revision).update(next_at=row.next_at)


def _unreplaced_contracts() -> QuerySet[Contract]:
    return Contract.objects.filter(~Exists(Contract.objects.filter(replaces=OuterRef("pk"))))


def _unreplaced_licences() -> QuerySet[Licence]:
    return Licence.objects.filter(~Exists(Licence.objects.filter(replaces=OuterRef("pk"))))


def foretell_ends(now: datetime, *, limit: int = 100) -> int:
    """Foretell every end whose moment has come; how many. Called by the ticker each second.

    The conditional UPDATE makes each step happen once, whatever the number of tickers and however
    the clock jumps (P5). A suspended contract, and a licence under one, passes its step in silence.
    """
    due = Q(next_at__lte=now)
    contracts = list(Contract.objects.filter(due).order_by("next_at")[:limit])
    licences = list(
        Licence.objects.filter(due)
        .select_related("contract", "product")
        .order_by("next_at")[:limit]
    )
    if not contracts and not licences:
        return 0
    policy = rulebook.current()
    rows: list[Contract | Licence] = [*contracts, *licences]
    return sum(_foretell(row, policy=policy, now=now) for row in rows)


@transaction.atomic
def _foretell(row: Contract | Licence, *, policy: Policy, now: datetime) -> int:
    """Whether the row's end was told now, as a number."""
    ends, today = _end_of(row), local_day(now, policy.timezone)
    told = _told(row, ends)
    step = None
    if ends is not None and _counts(row, today):
        step = step_due(ends, told=told, warn_days=policy.entitlement.warn_days, today=today)
    told = told if step is None else step
    changed = (
        type(row)
        ._default_manager.filter(pk=row.pk, next_at=row.next_at)
        .update(
            next_at=_next(row, ends, told=told, policy=policy, now=now),
            warned_days=told,
            warned_end=ends if told is not None else None,
        )
    )
    if not changed or step is None or ends is None:
        return 0
    emit(
        "contract.end_foretold" if isinstance(row, Contract) else "licence.end_foretold",
        row,
        actor=SYSTEM,
        now=now,
        data={"ends": ends.isoformat(), "step": step, "left": (ends - today).days},
    )
    return 1


def _counts(row: Contract | Licence, today: date) -> bool:
    """Whether the row gives anything whose end could be missed."""
    if isinstance(row, Contract):
        return contract_state(contract_facts(row), today) == ACTIVE
    contract = contract_facts(row.contract) if row.contract else None
    if contract is not None and contract_state(contract, today) == SUSPENDED:
        return False
    return licence_state(licence_facts(row), [contract] if contract else [], today) == VALID
