"""Exceptions by two people (R14): who asks, who answers, what can be lifted, and for how long."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from balcao.policy.access import Actor, Duty, may
from balcao.policy.book import SETTABLE_RULES, OverrideRules

# An exception to this one lifts nothing: it gives an unused one-off another last day.
EXTENDS = "S28"

# What can be lifted: never identity, isolation or the ledger, in which an extension is written.
LIFTABLE = (*SETTABLE_RULES, EXTENDS)

# A refusal names the rule that spoke; these are the ones to lift so that the same does not come
# back: contract and licence are one question, and so are the number and the ticket behind it.
_TO_LIFT = {
    "S2": ("S5",),
    "S16": ("S16", "S17"),
    "S17": ("S16", "S17"),
    "S36": ("S35",),
}


class OverrideState(StrEnum):
    """EXPIRED: nobody answered in time. ENDED: its time is over, or it was taken back."""

    ASKED = "asked"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. ``begins`` and ``ends`` are aware; the end is not part of it."""

    rules: tuple[str, ...]
    begins: datetime
    ends: datetime
    reason: str


def to_lift(rules: tuple[str, ...]) -> tuple[str, ...]:
    """The rules to lift after a refusal by ``rules``; none: no exception can help."""
    wanted = {lifted for rule in rules for lifted in _TO_LIFT.get(rule, (rule,))}
    return tuple(rule for rule in LIFTABLE if rule in wanted)


def may_ask(actor: Actor, rules: OverrideRules) -> bool:
    """Whose duty it is, and the roles that the policy lets ask besides."""
    return may(actor, Duty.ASK_OVERRIDE) or any(role.value in rules.ask for role in actor.roles)


def may_answer(actor: Actor, asked_by: int) -> bool:
    """Somebody whose duty it is and who did not ask: four eyes, whatever their roles."""
    return may(actor, Duty.APPROVE_OVERRIDE) and actor.id != asked_by


def may_end(actor: Actor, asked_by: int) -> bool:
    """Taking an exception back makes nothing possible, so one person is enough."""
    return may(actor, Duty.APPROVE_OVERRIDE) or actor.id == asked_by


def may_look(actor: Actor, rules: OverrideRules) -> bool:
    """Whoever keeps an eye on exceptions, may answer them, or may ask for one."""
    watches = may(actor, Duty.VIEW_EXCEPTIONS) or may(actor, Duty.APPROVE_OVERRIDE)
    return watches or may_ask(actor, rules)


def faults(wanted: Wanted, *, rules: OverrideRules, now: datetime) -> tuple[str, ...]:
    """What is wrong with the question, as codes; nothing: it can be asked."""
    found = []
    if not wanted.rules:
        found.append("no_rule")
    if any(rule not in LIFTABLE for rule in wanted.rules):
        found.append("not_liftable")
    if not wanted.reason.strip():
        found.append("no_reason")
    if wanted.ends <= now:
        found.append("over")
    elif wanted.ends <= wanted.begins:
        found.append("ends_first")
    elif wanted.ends - wanted.begins > timedelta(days=rules.max_days):
        found.append("too_long")
    return tuple(found)


def extended_until(ends: datetime, timezone: str) -> date:
    """The last local day of an exception that ends at ``ends``, not at that instant."""
    return (ends - timedelta(microseconds=1)).astimezone(ZoneInfo(timezone)).date()


def answer_by(asked_at: datetime, ends: datetime, *, rules: OverrideRules) -> datetime:
    """Until when somebody may answer: ``approve_hours`` later, or when it would be over."""
    return min(asked_at + timedelta(hours=rules.approve_hours), ends)
