"""When the end of a contract or licence is foretold: some days before, each step once."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from balcao.policy.entitlement import ContractFacts


def step_due(ends: date, *, told: int | None, warn_days: Sequence[int], today: date) -> int | None:
    """The step (days before ``ends``) to be told on ``today``, if any.

    Of several steps whose day has come only the nearest to the end is told: a ticker that was away
    makes up for one, not for all. ``told`` is the last step told for this end; it and those before
    it are never told again, whatever the clock does (P5). After the last day nothing is foretold.
    """
    if today > ends:
        return None
    left = (ends - today).days
    come = [step for step in warn_days if left <= step]
    return next((step for step in sorted(come) if told is None or step < told), None)


def next_look(
    ends: date | None,
    *,
    told: int | None,
    warn_days: Sequence[int],
    now: datetime,
    timezone: str,
) -> datetime | None:
    """The first moment after ``now`` at which a step of ``ends`` begins, in UTC; None: no more.

    A step begins with its local day. Steps whose day has already begun are let pass in silence: who
    registers today what ends in twenty days knows it.
    """
    if ends is None:
        return None
    moments = [
        _midnight(ends - timedelta(days=step), timezone)
        for step in warn_days
        if told is None or step < told
    ]
    return min((moment for moment in moments if moment > now), default=None)


def own_end(ends: date | None, contract: ContractFacts | None) -> date | None:
    """The end of a licence that is foretold by itself.

    None when its contract ends on the same day or earlier: then the contract's end is the one told.
    """
    if ends is None or contract is None or contract.ends is None or contract.ends > ends:
        return ends
    return None


def _midnight(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)
