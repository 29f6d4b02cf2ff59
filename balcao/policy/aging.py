"""Whether the ticket of a contract expires, too (R19), and what that means for it (R20).

As shipped it does not: what is bought expires, and a contract's ticket has no day of purchase.
Where the policy says so it is good for twelve calendar months from its opening, to the end of that
day.
"""

from datetime import date, datetime

from balcao.policy import lifecycle, prepaid
from balcao.policy.book import CONTRACT_KINDS, Policy
from balcao.policy.entitlement import local_day

MONTHS = 12


def last_day(kind: str | None, opened_at: datetime | None, policy: Policy) -> date | None:
    """The last local day of a ticket of this kind opened then; None: it does not expire."""
    if policy.ticket.contract_expiry == "off" or kind not in CONTRACT_KINDS or opened_at is None:
        return None
    return prepaid.months_later(local_day(opened_at, policy.timezone), MONTHS)


def is_over(kind: str | None, opened_at: datetime | None, *, policy: Policy, now: datetime) -> bool:
    """Whether its last day has ended."""
    last = last_day(kind, opened_at, policy)
    return last is not None and local_day(now, policy.timezone) > last


def may_reopen(
    kind: str | None,
    *,
    opened_at: datetime | None,
    resolved_at: datetime,
    policy: Policy,
    now: datetime,
) -> bool:
    """Whether a resolved ticket goes on (R5, R27): not once it has expired, which is like the
    submission of a one-off (R20).
    """
    rules = lifecycle.rules_for(policy, kind)
    in_time = lifecycle.may_reopen(resolved_at=resolved_at, now=now, rules=rules)
    return in_time and not is_over(kind, opened_at, policy=policy, now=now)
