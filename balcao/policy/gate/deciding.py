"""How the gate decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from balcao.policy import reasons
from balcao.policy.book import CONTRACT_KINDS, Mode, Policy, Verdict, mode_of, scope_of
from balcao.policy.entitlement import CHOSEN_LICENCE_EXPIRED, Coverage, coverage
from balcao.policy.gate.types import (
    Act,
    Auth,
    Decision,
    Door,
    Facts,
    Finding,
    Request,
    TicketFacts,
)
from balcao.policy.lifecycle import OPEN_STATES, State, may_reopen

OTHER_SERVICE = "other"

_AUTH_ACCEPTED = {
    "aligned_or_token": frozenset({Auth.ALIGNED, Auth.TOKEN}),
    "aligned": frozenset({Auth.ALIGNED}),
    "off": frozenset(Auth),
}
_WAY_OUT = {
    reasons.LICENCE_EXPIRED: reasons.RENEW,
    reasons.LICENCE_MISSING: reasons.TALK_TO_SALES,
    reasons.CONTRACT_ENDED: reasons.BUY_ONEOFF,
    reasons.CONTRACT_MISSING: reasons.BUY_ONEOFF,
    reasons.CONTRACT_SUSPENDED: reasons.TALK_TO_SALES,
}
_LICENCE_REASONS = frozenset({reasons.LICENCE_EXPIRED, reasons.LICENCE_MISSING})


@dataclass(frozen=True, slots=True)
class _Case:
    request: Request
    facts: Facts
    policy: Policy
    now: datetime


@dataclass(frozen=True, slots=True)
class _Objection:
    """What a settable rule says; ``mode`` decides whether it stands."""

    finding: Finding
    mode: Mode
    rules: tuple[str, ...]
    next_step: str
    verdict: Verdict = Verdict.REFUSE


def decide(request: Request, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """May ``request`` be done, given ``facts``, under ``policy``, at ``now`` (aware UTC)?

    OPEN: the person is on file (S3) and comes through the portal (S6); a licence is valid (S5) and
    a contract active (S2), as ``entitlement.require`` says (R6); the scope matrix covers the
    service (S34), or sales is asked (S35, S36). Both parts of the entitlement follow the mode of
    S5; while it does not refuse, an uncovered customer without a kind skips the matrix.

    CONTINUE, by mail: the sender is clear and proved (R11) before anything else is looked at, so
    that nobody else learns anything; then there is a ticket (S6), and the sender is on it (S8, S9,
    R8), a number that does not exist being answered like somebody else's ticket; then the ticket
    is open, or resolved so lately that the message reopens it (R5). By phone and WhatsApp: the
    number names an open ticket of the caller's organisation (S16, S17). Signed in: the person is
    on file for the ticket's organisation.

    SERVE: a ticket is open (S22), and its entitlement has not lapsed when a lapse freezes (R7).
    """
    case = _Case(request, facts, policy, now)
    if request.act is Act.OPEN:
        return _open(case)
    if request.act is Act.SERVE:
        return _serve(case)
    if request.door is Door.EMAIL:
        return _continue_by_mail(case)
    if request.door in (Door.PHONE, Door.WHATSAPP):
        return _continue_by_number(case)
    return _continue_signed_in(case)


def _open(case: _Case) -> Decision:
    request, policy = case.request, case.policy
    if not _on_file(case):
        return _refuse(case, reasons.NOT_REGISTERED, ("S3",), reasons.TALK_TO_SALES)
    if request.door is not Door.PORTAL and not request.assisted:
        return _refuse(case, reasons.NOT_IN_PORTAL, ("S6",), reasons.OPEN_IN_PORTAL)
    cover = _coverage(case)
    objections = [_entitlement_objection(case, cover), _scope_objection(case, cover)]
    rules = ["S3", "S6"]
    if policy.entitlement.require != "contract":
        rules.append("S5")
    if policy.entitlement.require != "licence":
        rules.append("S2")
    step = reasons.RENEW if CHOSEN_LICENCE_EXPIRED in cover.findings else reasons.NONE
    return _settle(case, objections, (*rules, "S11"), step, cover)


def _serve(case: _Case) -> Decision:
    objections = [_state_objection(case), _freeze_objection(case)]
    return _settle(case, objections, ("S22",), reasons.NONE, None)


def _continue_by_mail(case: _Case) -> Decision:
    """Each test is passed before the facts of the next are looked at."""
    sender, ticket, rules = case.facts.sender, case.facts.ticket, case.policy.email
    if sender is None or not sender.clear:
        return _refuse(case, reasons.IDENTITY_UNCLEAR, ("S8",), reasons.NONE)
    if sender.auth not in _AUTH_ACCEPTED[rules.require_auth]:
        return _refuse(case, reasons.NOT_AUTHENTICATED, ("S8", "R11"), reasons.NONE)
    if ticket is None:
        step = reasons.OPEN_IN_PORTAL if sender.registered else reasons.REPLY_FROM_REGISTERED
        return _refuse(case, reasons.NEW_MAIL, ("S6", "R12"), step)
    of_organisation = rules.allowed == "organisation" and sender.same_organisation
    if not (ticket.exists and _on_file(case) and (sender.on_ticket or of_organisation)):
        return _refuse(
            case, reasons.OTHER_ADDRESS, ("S8", "S9", "S10"), reasons.REPLY_FROM_REGISTERED
        )
    return _go_on(case, ticket, ("S7", "S8"))


def _continue_by_number(case: _Case) -> Decision:
    """An unknown, a foreign and a closed number are answered alike (C2)."""
    ticket, organisation = case.facts.ticket, case.facts.person.organisation
    known = ticket is not None and ticket.exists
    if ticket is not None and known and organisation != ticket.organisation:
        return _refuse(case, reasons.NO_TICKET, ("S16", "S17"), reasons.OPEN_IN_PORTAL)
    objection = None
    if ticket is None or not known or ticket.state not in OPEN_STATES:
        objection = _Objection(
            Finding("S17", reasons.NO_TICKET, None),
            mode_of(case.policy, "S17"),
            ("S16", "S17"),
            reasons.OPEN_IN_PORTAL,
        )
    return _settle(case, [objection], ("S16", "S17"), reasons.NONE, None)


def _continue_signed_in(case: _Case) -> Decision:
    if not _on_file(case):
        return _refuse(case, reasons.NOT_REGISTERED, ("S3",), reasons.TALK_TO_SALES)
    ticket = case.facts.ticket
    foreign = ticket is None or ticket.organisation != case.facts.person.organisation
    if ticket is None or foreign or not ticket.exists:
        return _refuse(case, reasons.NOT_FOUND, ("S3",), reasons.NONE)
    return _go_on(case, ticket, ("S3",))


def _go_on(case: _Case, ticket: TicketFacts, rules: tuple[str, ...]) -> Decision:
    """The customer is known; may this ticket still be written to?"""
    if ticket.state in OPEN_STATES:
        return _settle(case, [], rules, reasons.NONE, None)
    if _reopens(case, ticket):
        return _settle(case, [], (*rules, "R5"), reasons.REOPEN, None)
    if ticket.state in (None, State.SOLD):
        return _refuse(case, reasons.NO_TICKET, ("S22",), reasons.TALK_TO_SALES)
    return _refuse(case, reasons.TICKET_CLOSED, ("S22", "R5"), reasons.OPEN_LINKED)


def _on_file(case: _Case) -> bool:
    person = case.facts.person
    return person.registered and person.active and person.organisation is not None


def _coverage(case: _Case) -> Coverage:
    return coverage(
        case.facts.contracts,
        case.facts.licences,
        policy=case.policy,
        now=case.now,
        licence_id=case.request.licence,
    )


def _reopens(case: _Case, ticket: TicketFacts) -> bool:
    return (
        ticket.state is State.RESOLVED
        and ticket.resolved_at is not None
        and may_reopen(resolved_at=ticket.resolved_at, now=case.now, rules=case.policy.ticket)
    )


def _entitlement_objection(case: _Case, cover: Coverage) -> _Objection | None:
    if cover.reason is None:
        return None
    rule = "S5" if cover.reason in _LICENCE_REASONS else "S2"
    return _Objection(
        Finding(rule, cover.reason, cover.since),
        mode_of(case.policy, "S5"),
        (rule,),
        _WAY_OUT[cover.reason],
    )


def _scope_objection(case: _Case, cover: Coverage) -> _Objection | None:
    if cover.kind is None:
        return None
    cell = scope_of(case.policy, cover.kind, case.request.service or OTHER_SERVICE)
    if cell is Verdict.ALLOW:
        return None
    rule = "S34" if cell is Verdict.REFUSE else "S35"
    return _Objection(
        Finding(rule, reasons.SERVICE_NOT_COVERED, None),
        mode_of(case.policy, rule),
        ("S34",) if cell is Verdict.REFUSE else ("S35", "S36"),
        reasons.TALK_TO_SALES,
        cell,
    )


def _state_objection(case: _Case) -> _Objection | None:
    ticket = case.facts.ticket
    if ticket is not None and ticket.exists and ticket.state in OPEN_STATES:
        return None
    reason, step = reasons.TICKET_CLOSED, reasons.OPEN_LINKED
    if ticket is None or not ticket.exists or ticket.state in (None, State.SOLD):
        reason, step = reasons.NO_TICKET, reasons.OPEN_IN_PORTAL
    elif _reopens(case, ticket):
        step = reasons.REOPEN
    return _Objection(Finding("S22", reason, None), mode_of(case.policy, "S22"), ("S22",), step)


def _freeze_objection(case: _Case) -> _Objection | None:
    """A one-off was paid for: what happens to contracts and licences does not touch it."""
    ticket = case.facts.ticket
    if case.policy.entitlement.on_lapse == "finish" or ticket is None:
        return None
    cover = _coverage(case)
    if ticket.kind not in CONTRACT_KINDS or cover.reason is None:
        return None
    return _Objection(
        Finding("S5", reasons.ENTITLEMENT_FROZEN, cover.since),
        mode_of(case.policy, "S5"),
        ("S5", "R7"),
        _WAY_OUT[cover.reason],
    )


def _settle(
    case: _Case,
    objections: Sequence[_Objection | None],
    rules: tuple[str, ...],
    next_step: str,
    cover: Coverage | None,
) -> Decision:
    """The first enforced objection decides; the others up to it are only noted."""
    warnings: list[Finding] = []
    observed: list[Finding] = []
    for objection in objections:
        if objection is None:
            continue
        if objection.mode is Mode.ENFORCE:
            found = objection.finding
            asked = objection.verdict is Verdict.ASK
            return _answer(
                case,
                objection.verdict,
                objection.rules,
                reason=None if asked else found.reason,
                next_step=objection.next_step,
                since=found.since,
                cover=cover,
                warnings=warnings,
                observed=observed,
            )
        noted = warnings if objection.mode is Mode.WARN else observed
        noted.append(objection.finding)
    return _answer(
        case,
        Verdict.ALLOW,
        rules,
        next_step=next_step,
        cover=cover,
        warnings=warnings,
        observed=observed,
    )


def _refuse(case: _Case, reason: str, rules: tuple[str, ...], next_step: str) -> Decision:
    return _answer(case, Verdict.REFUSE, rules, reason=reason, next_step=next_step)


def _answer(
    case: _Case,
    verdict: Verdict,
    rules: tuple[str, ...],
    *,
    next_step: str,
    reason: str | None = None,
    since: date | None = None,
    cover: Coverage | None = None,
    warnings: Sequence[Finding] = (),
    observed: Sequence[Finding] = (),
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
        warnings=tuple(warnings),
        observed=tuple(observed),
        policy_version=case.policy.version,
        at=case.now,
    )
