"""From objections to an answer: which stand, which are only noted, which an exception lifts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from balcao.policy.book import SETTABLE_RULES, Mode, Policy, Verdict, mode_of
from balcao.policy.entitlement import Coverage
from balcao.policy.gate.types import Decision, Door, Facts, Finding, Lift, OverrideFacts, Request


@dataclass(frozen=True, slots=True)
class Case:
    """One question with everything that answers it."""

    request: Request
    facts: Facts
    policy: Policy
    now: datetime


@dataclass(frozen=True, slots=True)
class Objection:
    """What a rule has against it.

    ``setting``: the settable rule whose mode and exceptions count; empty: it always stands.
    ``back_at``: when the desk opens again, if that is all there is to wait for.
    """

    finding: Finding
    setting: str
    rules: tuple[str, ...]
    next_step: str
    verdict: Verdict = Verdict.REFUSE
    back_at: datetime | None = None


def firm(
    reason: str, rules: tuple[str, ...], next_step: str, *, since: date | None = None
) -> Objection:
    """An objection of identity or isolation: no mode softens it and no exception lifts it."""
    return Objection(Finding(rules[0], reason, since), "", rules, next_step)


@dataclass(slots=True)
class _Notes:
    """What was said along the way and decided nothing."""

    warnings: list[Finding]
    observed: list[Finding]
    lifted: list[Lift]


def settle(
    case: Case,
    objections: Sequence[Objection | None],
    rules: tuple[str, ...],
    next_step: str,
    cover: Coverage | None = None,
) -> Decision:
    """The first objection that stands decides; those before it are only noted.

    Without one the answer is yes: ``rules`` are those that were judged.
    """
    notes = _Notes([], [], [])
    for objection in objections:
        if objection is not None and _stands(case, objection, notes):
            asked = objection.verdict is Verdict.ASK
            return _answer(
                case,
                objection.verdict,
                objection.rules,
                notes,
                reason=None if asked else objection.finding.reason,
                next_step=objection.next_step,
                since=objection.finding.since,
                cover=cover,
                back_at=objection.back_at,
            )
    return _answer(case, Verdict.ALLOW, rules, notes, next_step=next_step, cover=cover)


def _stands(case: Case, objection: Objection, notes: _Notes) -> bool:
    mode = mode_of(case.policy, objection.setting)
    if mode is Mode.WARN:
        notes.warnings.append(objection.finding)
    elif mode is Mode.OBSERVE:
        notes.observed.append(objection.finding)
    elif (lift := _lift(case, objection)) is not None:
        notes.lifted.append(lift)
    else:
        return True
    return False


def _lift(case: Case, objection: Objection) -> Lift | None:
    """The exception in force that takes this objection away (R14): never a firm one."""
    if objection.setting not in SETTABLE_RULES:
        return None
    request, ticket = case.request, case.facts.ticket
    for row in case.facts.overrides:
        if (
            objection.setting in row.rules
            and row.organisation == case.facts.person.organisation
            and row.begins <= case.now < row.ends
            and row.ticket in (None, ticket.id if ticket else None)
            and row.door in (None, request.door)
            and row.service in (None, request.service)
        ):
            return Lift(row.id, objection.finding)
    return None


def lifted_until(
    rows: Iterable[OverrideFacts], rule: str, *, door: Door, now: datetime
) -> datetime | None:
    """Until when an exception lifts ``rule`` for new tickets by ``door``; None: none does now.

    One that is narrowed to a service counts: it opens the door for that service.
    """
    ends = [
        row.ends
        for row in rows
        if rule in row.rules
        and row.begins <= now < row.ends
        and row.ticket is None
        and row.door in (None, door)
    ]
    return max(ends, default=None)


def _answer(
    case: Case,
    verdict: Verdict,
    rules: tuple[str, ...],
    notes: _Notes,
    *,
    next_step: str,
    reason: str | None = None,
    since: date | None = None,
    cover: Coverage | None = None,
    back_at: datetime | None = None,
) -> Decision:
    return Decision(
        verdict=verdict,
        act=case.request.act,
        door=case.request.door,
        rules=rules,
        reason=reason,
        next_step=next_step,
        since=since,
        coverage=cover,
        warnings=tuple(notes.warnings),
        observed=tuple(notes.observed),
        policy_version=case.policy.version,
        at=case.now,
        lifted=tuple(notes.lifted),
        back_at=back_at,
    )
