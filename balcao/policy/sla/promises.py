"""What was promised to a ticket (S11-S13, R1-R5)."""

from dataclasses import replace
from typing import Literal

from balcao.policy.book import ONEOFF_KINDS, Clock, Policy, Target
from balcao.policy.lifecycle import State
from balcao.policy.sla.types import Promise, Rules


def promise(opened_under: Policy, in_force: Policy) -> Promise:
    """What holds for a ticket's deadlines.

    What was said when it was opened stays (hours, clock, anchor, pauses, rolling, what an agreed
    time means); when the desk is open, what is suspended and when the team is warned is the
    policy's in force. Where an agreed time is the deadline, the usual ones wait for it (R29).
    """
    slot_is_due = opened_under.appointment.sla == "replace"
    waits = {State.SCHEDULED.value} if slot_is_due else set()
    return Promise(
        sla=replace(
            opened_under.sla,
            warn_left=in_force.sla.warn_left,
            pause_states=opened_under.sla.pause_states | waits,
        ),
        calendar=in_force.calendar,
        suspensions=in_force.suspensions,
        slot_is_due=slot_is_due,
    )


def moves(draft: Policy, in_force: Policy) -> bool:
    """Whether ``draft`` could move the deadlines of tickets that are open already."""
    return bool(cause_of(in_force, draft))


def cause_of(before: Policy, after: Policy) -> Literal["calendar", "suspension", "policy", ""]:
    """Why a change of the policy moves deadlines: one of its parts, or both; empty: it does not."""
    calendar = before.calendar != after.calendar
    suspensions = before.suspensions != after.suspensions
    if calendar and suspensions:
        return "policy"
    if calendar:
        return "calendar"
    return "suspension" if suspensions else ""


def target_for(rules: Rules, kind: str | None) -> Target:
    """The hours promised to an entitlement kind: its own (``sla.targets``) or the standard's."""
    standard = Target(rules.sla.start, rules.sla.resolution)
    return rules.sla.targets.get(kind or "", standard)


def clock_for(rules: Rules, kind: str | None) -> Clock:
    """The clock of an entitlement kind: its own (``sla.clock_by_kind``) or the standard's (R1)."""
    return rules.sla.clock_by_kind.get(kind or "", rules.sla.clock)


def rolls(rules: Rules, kind: str | None) -> bool:
    """Whether a deadline in closed hours moves to the next opening (R1).

    Only for kinds that are served in business hours alone, the one-offs (S27), and only while
    ``sla.due_when_closed`` says so.
    """
    return kind in ONEOFF_KINDS and rules.sla.due_when_closed == "next_opening"


def stopped_states(rules: Rules) -> frozenset[str]:
    """States in which the resolution clock stands still.

    The pauses of R4, and the time a ticket was resolved before it was reopened: reopening resumes
    the rest of the budget (R5).
    """
    return rules.sla.pause_states | {State.RESOLVED.value}


def is_stopped(rules: Rules, state: str) -> bool:
    """Whether the resolution clock stands still in ``state``."""
    return state in stopped_states(rules)


def turns(rules: Rules, before: str, after: str) -> bool:
    """Whether going from one state to another can move the resolution deadline: its clock stops or
    goes on, or it counts from the start of service (R2).
    """
    anchored = rules.sla.resolution_anchor == "started"
    return anchored or is_stopped(rules, before) or is_stopped(rules, after)
