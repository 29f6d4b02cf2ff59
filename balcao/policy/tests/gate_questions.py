"""Putting a question to the gate under a policy that differs in a field."""

from datetime import datetime

from balcao.policy.book import SETTABLE_RULES
from balcao.policy.gate import (
    Decision,
    Door,
    Facts,
    Request,
    decide,
)
from balcao.policy.tests.builders import (
    DAY,
    NOW,
    TODAY,
    a_contract,
    a_licence,
    a_policy,
)

LAST_WEEK = TODAY - 7 * DAY
ENDED = (a_contract(ends=LAST_WEEK),)
EXPIRED = (a_licence(valid_until=LAST_WEEK),)
SIGNED_IN = (Door.PORTAL, Door.CHAT, Door.API)


def ask(request: Request, facts: Facts, **changes: object) -> Decision:
    """The gate's answer under the shipped policy; ``rules__S5="warn"`` changes a field of it."""
    return ask_at(NOW, request, facts, **changes)


def ask_at(moment: datetime, request: Request, facts: Facts, **changes: object) -> Decision:
    """The same at another moment."""
    policy = a_policy({key.replace("__", "."): value for key, value in changes.items()})
    return decide(request, facts, policy, moment)


def answer(decision: Decision) -> tuple[str | None, tuple[str, ...], str]:
    """What a refusal says: the reason, the rules, the way out."""
    assert decision.refused
    assert not decision.allowed
    return decision.reason, decision.rules, decision.next_step


OBSERVED: dict[str, object] = {f"rules__{rule}": "observe" for rule in SETTABLE_RULES}
