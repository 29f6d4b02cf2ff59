"""What covers a customer at a moment: contracts and licences (S2, S5, R6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from balcao.policy.book import Policy
from balcao.policy.reasons import (
    CONTRACT_ENDED,
    CONTRACT_MISSING,
    CONTRACT_OTHER_UNIT,
    CONTRACT_SUSPENDED,
    LICENCE_EXPIRED,
    LICENCE_MISSING,
)

# A finding, not a reason: another licence passes S5, but the product asked about is out of date.
CHOSEN_LICENCE_EXPIRED = "chosen_licence_expired"

# How a contract or a licence stands on a day.
FUTURE = "future"
ACTIVE = "active"
VALID = "valid"
SUSPENDED = "suspended"
LAPSED = "lapsed"
ENDED = "ended"

_KIND_OF_BARE_LICENCE = "licensing"


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """A contract. ``ends`` is the last covered day, local; None means open-ended.

    ``suspended``: it is suspended, from ``suspended_from`` to ``suspended_until`` where these are
    given (first and last day). ``units``: ids of the only units it covers; None covers all.
    """

    id: int
    kind: str
    starts: date
    ends: date | None
    suspended: bool
    suspended_from: date | None = None
    suspended_until: date | None = None
    units: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class LicenceFacts:
    """A licence, or the line of a rental, SaaS or service contract.

    ``valid_until`` is the last valid day, local; None means perpetual. ``contract`` is the id of
    the contract it belongs to, ``unit`` the unit it is used in; None is no unit in particular.
    """

    id: int
    product: str
    valid_from: date
    valid_until: date | None
    contract: int | None
    unit: int | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was found.

    Covered: ``contract`` and ``licence`` are what covers, ``until`` the last covered day (None: no
    end known). Not covered: ``reason`` is a code, ``since`` the last day that was covered, and
    ``contract`` or ``licence`` what lapsed. ``findings`` are remarks that refuse nothing; with
    ``chosen_licence_expired``, ``chosen`` is that licence.
    """

    kind: str | None
    contract: ContractFacts | None
    licence: LicenceFacts | None
    covered: bool
    until: date | None
    reason: str | None
    since: date | None
    findings: tuple[str, ...]
    chosen: LicenceFacts | None = None


def local_day(now: datetime, timezone: str) -> date:
    """The calendar day at ``now`` in ``timezone`` (an IANA name)."""
    return now.astimezone(ZoneInfo(timezone)).date()


def coverage(
    contracts: Sequence[ContractFacts],
    licences: Sequence[LicenceFacts],
    *,
    policy: Policy,
    now: datetime,
    licence_id: int | None = None,
    unit: int | None = None,
) -> Coverage:
    """Whether somebody of the organisation with these contracts and licences may open tickets (R6).

    ``entitlement.require`` says what is needed: an active contract, a valid licence, or both. Any
    valid licence passes S5; ``licence_id``, the one chosen, only decides which is named and, when
    it has expired, adds the finding ``chosen_licence_expired``. Days are whole days in the
    policy's time zone. A contract line lives no longer than its contract. When several things are
    missing the reason is an expired licence first, then the contract, then having no licence.

    ``unit`` is the unit of the person who asks; None acts for the whole organisation. A contract
    for named units covers the request unless that unit, or the chosen licence's, is another one:
    what nobody registered refuses nobody.
    """
    today = local_day(now, policy.timezone)
    chosen = next((row for row in licences if row.id == licence_id), None)
    about = {unit, chosen.unit if chosen else None} - {None}
    covering = [row for row in contracts if row.units is None or about <= row.units]
    active = [row for row in covering if contract_state(row, today) == ACTIVE]
    valid = [row for row in licences if licence_state(row, contracts, today) == VALID]
    licence = chosen if chosen in valid else _longest_licence(valid)
    contract = _contract_for(licence, active)
    findings = (CHOSEN_LICENCE_EXPIRED,) if chosen and _expired(chosen, today) else ()

    need_licence = policy.entitlement.require != "contract"
    need_contract = policy.entitlement.require != "licence"
    kind = contract.kind if contract else None
    lapsed = _lapsed_licence(licences, chosen, today)
    if need_licence and licence is None and lapsed is not None:
        return _no(LICENCE_EXPIRED, kind, contract, lapsed, lapsed.valid_until, findings)
    if need_contract and contract is None:
        return _no_contract(contracts, covering, licence, today, findings)
    if need_licence and licence is None:
        return _no(LICENCE_MISSING, kind, contract, None, None, findings)
    ends = [_last_active_day(contract, today)] if contract and need_contract else []
    ends += [_last_day(valid, contracts)] if need_licence else []
    return Coverage(
        kind=kind or _KIND_OF_BARE_LICENCE,
        contract=contract,
        licence=licence,
        covered=True,
        until=min((day for day in ends if day), default=None),
        reason=None,
        since=None,
        findings=findings,
        chosen=chosen if findings else None,
    )


def still_covered(
    contract: ContractFacts | None,
    licence: LicenceFacts | None,
    *,
    opened_at: datetime,
    excepted: bool,
    policy: Policy,
    now: datetime,
) -> Coverage:
    """How that stands at ``now`` under which a request was accepted at ``opened_at``.

    A licence that had expired by then did not let it in: another one did (R6), and the contract
    alone says how long; unless an exception did (``excepted``, R14). One that expired meanwhile
    lapsed (R7).
    """
    contracts = [contract] if contract else []
    if licence is None or excepted or not _expired(licence, local_day(opened_at, policy.timezone)):
        known = [licence] if licence else []
        licence_id = licence.id if licence else None
        return coverage(contracts, known, policy=policy, now=now, licence_id=licence_id)
    today, findings = local_day(now, policy.timezone), (CHOSEN_LICENCE_EXPIRED,)
    needed = policy.entitlement.require != "licence"
    if needed and (contract is None or contract_state(contract, today) != ACTIVE):
        return _no_contract(contracts, contracts, None, today, findings)
    return Coverage(
        kind=contract.kind if contract else _KIND_OF_BARE_LICENCE,
        contract=contract,
        licence=None,
        covered=True,
        until=_last_active_day(contract, today) if contract and needed else None,
        reason=None,
        since=None,
        findings=findings,
        chosen=licence,
    )


def has_ended(licence: LicenceFacts, *, policy: Policy, now: datetime) -> bool:
    """Whether the licence's last day is over."""
    return _expired(licence, local_day(now, policy.timezone))


def valid_licences(
    contracts: Sequence[ContractFacts],
    licences: Sequence[LicenceFacts],
    *,
    policy: Policy,
    now: datetime,
) -> frozenset[int]:
    """The ids of the licences that are valid at ``now``: each of them passes S5."""
    today = local_day(now, policy.timezone)
    return frozenset(row.id for row in licences if licence_state(row, contracts, today) == VALID)


def contract_state(contract: ContractFacts, today: date) -> str:
    """How a contract stands on a local day: future, active, suspended or ended."""
    if today < contract.starts:
        return FUTURE
    if not _runs(contract, today):
        return ENDED
    return SUSPENDED if _is_suspended(contract, today) else ACTIVE


def licence_state(licence: LicenceFacts, contracts: Sequence[ContractFacts], today: date) -> str:
    """How a licence stands on a local day: future, valid, ended, or lapsed.

    Lapsed: its own days are not over, but it is the line of a contract that does not run.
    """
    if today < licence.valid_from:
        return FUTURE
    if _expired(licence, today):
        return ENDED
    parent = _parent(licence, contracts)
    return VALID if parent is None or _runs(parent, today) else LAPSED


def _no(
    reason: str,
    kind: str | None,
    contract: ContractFacts | None,
    licence: LicenceFacts | None,
    since: date | None,
    findings: tuple[str, ...],
) -> Coverage:
    return Coverage(kind, contract, licence, False, None, reason, since, findings)


def _no_contract(
    contracts: Sequence[ContractFacts],
    covering: Sequence[ContractFacts],
    licence: LicenceFacts | None,
    today: date,
    findings: tuple[str, ...],
) -> Coverage:
    """A suspended contract, else an active one for other units, else what ended last, else none."""
    suspended = next((row for row in covering if _runs(row, today)), None)
    if suspended is not None:
        return _no(CONTRACT_SUSPENDED, None, suspended, licence, None, findings)
    elsewhere = next((row for row in contracts if contract_state(row, today) == ACTIVE), None)
    if elsewhere is not None:
        return _no(CONTRACT_OTHER_UNIT, None, elsewhere, licence, None, findings)
    ended = [(row.ends, row.id, row) for row in covering if row.ends and row.ends < today]
    if ended:
        last = max(ended, key=lambda found: found[:2])[2]
        return _no(CONTRACT_ENDED, None, last, licence, last.ends, findings)
    return _no(CONTRACT_MISSING, None, None, licence, None, findings)


def _runs(contract: ContractFacts, today: date) -> bool:
    return contract.starts <= today and (contract.ends is None or today <= contract.ends)


def _is_suspended(contract: ContractFacts, today: date) -> bool:
    first, last = contract.suspended_from or date.min, contract.suspended_until or date.max
    return contract.suspended and first <= today <= last


def _last_active_day(contract: ContractFacts, today: date) -> date | None:
    """The last day before the contract, active today, ends or is suspended; None: no end known."""
    ends = [contract.ends] if contract.ends else []
    if contract.suspended and contract.suspended_from and contract.suspended_from > today:
        ends.append(contract.suspended_from - timedelta(days=1))
    return min(ends, default=None)


def _expired(licence: LicenceFacts, today: date) -> bool:
    return licence.valid_until is not None and licence.valid_until < today


def _parent(licence: LicenceFacts, contracts: Sequence[ContractFacts]) -> ContractFacts | None:
    """The contract that a line lives by. A licence of a licensing contract lives by itself."""
    for row in contracts:
        if row.id == licence.contract and row.kind != _KIND_OF_BARE_LICENCE:
            return row
    return None


def _lapsed_licence(
    licences: Sequence[LicenceFacts], chosen: LicenceFacts | None, today: date
) -> LicenceFacts | None:
    """The expired licence to name: the chosen one, else the one that expired last."""
    if chosen is not None and _expired(chosen, today):
        return chosen
    return _longest_licence(row for row in licences if _expired(row, today))


def _contract_for(
    licence: LicenceFacts | None, active: Sequence[ContractFacts]
) -> ContractFacts | None:
    """The active contract of the licence, else the active one that lasts longest."""
    own = next((row for row in active if licence and row.id == licence.contract), None)
    return own or max(active, key=lambda row: (row.ends or date.max, -row.id), default=None)


def _longest_licence(licences: Iterable[LicenceFacts]) -> LicenceFacts | None:
    return max(licences, key=lambda row: (row.valid_until or date.max, -row.id), default=None)


def _last_day(valid: Sequence[LicenceFacts], contracts: Sequence[ContractFacts]) -> date | None:
    """The last day on which one of the valid licences is still valid; None: no end known."""
    last = date.min
    for licence in valid:
        parent = _parent(licence, contracts)
        ends = [day for day in (licence.valid_until, parent.ends if parent else None) if day]
        last = max(last, min(ends, default=date.max))
    return None if last == date.max else last
