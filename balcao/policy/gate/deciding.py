"""How the gate decides: which rules are asked of which request, in which order."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType

from balcao.policy import reasons
from balcao.policy.book import Policy
from balcao.policy.entitlement import CHOSEN_LICENCE_EXPIRED
from balcao.policy.gate import objections as rule
from balcao.policy.gate.settling import Case, firm, settle
from balcao.policy.gate.types import (
    Act,
    Auth,
    Decision,
    Door,
    Facts,
    Request,
    SenderFacts,
    TicketFacts,
)
from balcao.policy.lifecycle import State

# A signed-in person opens in the portal, by a page or by a program (S6); staff may type it while
# they talk, if the customer confirms (R13).
_OWN_DOORS = frozenset({Door.PORTAL, Door.API})
_ASSISTED_DOORS = frozenset({Door.CHAT, Door.PHONE, Door.WHATSAPP})

_AUTH_ACCEPTED = {
    "aligned_or_token": frozenset({Auth.ALIGNED, Auth.TOKEN, Auth.CONFIRMED}),
    "aligned": frozenset({Auth.ALIGNED, Auth.CONFIRMED}),
    "off": frozenset(Auth),
}


def decide(request: Request, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """May ``request`` be done, given ``facts``, under ``policy``, at ``now`` (aware UTC)?

    OPEN: the person is on file (S3) and comes through the portal or its API, or confirmed what
    staff typed for them (S6, R13); a licence is valid (S5) and a contract active (S2), as
    ``entitlement.require`` says (R6); the scope matrix covers the service (S34), or sales is asked
    (S35, S36). Both parts of the entitlement follow the mode of S5; while it does not refuse, an
    uncovered customer without a kind skips the matrix.

    CONTINUE, by mail: the sender is clear and proved (R11) before anything else is looked at, so
    that nobody else learns anything; then there is a ticket (S6), and the sender is on it (S8, S9,
    R8), a number that does not exist being answered like somebody else's ticket, and does not write
    from a free provider, if the policy says so (R10); what one of the team vouches for passes
    these, and nothing else (R9). By phone and
    WhatsApp: a number is given (S17, S16), the caller is on file, and the number is that of an
    open ticket of theirs (R15). Signed in: the person is on file for the ticket's organisation; in
    the chat people talk without a ticket (R32). Then the ticket is open, or resolved so lately that
    the message reopens it (R5), or an available one-off which is submitted by it (R16).

    SERVE: a ticket is open (S22), and its entitlement has not lapsed when a lapse freezes (R7).

    A one-off is served by phone, WhatsApp and e-mail (S25), live only in business hours (S27).

    Objections to identity, isolation and the state of things always stand. Those of settable rules
    stand while their mode enforces them (R36) and no exception lifts them (R14).
    """
    case = Case(request, facts, policy, now)
    if request.act is Act.OPEN:
        return _open(case)
    if request.act is Act.SERVE:
        return _serve(case)
    return _CONTINUE[request.door](case)


def _open(case: Case) -> Decision:
    request, policy = case.request, case.policy
    if not rule.on_file(case):
        return _refuse(case, reasons.NOT_REGISTERED, ("S3",), reasons.TALK_TO_SALES)
    confirmed = request.assisted and request.door in _ASSISTED_DOORS
    if request.door not in _OWN_DOORS and not confirmed:
        return _refuse(case, reasons.NOT_IN_PORTAL, ("S6",), reasons.OPEN_IN_PORTAL)
    cover = rule.best_cover(case)
    rules = ["S3", "S6"]
    if policy.entitlement.require != "contract":
        rules.append("S5")
    if policy.entitlement.require != "licence":
        rules.append("S2")
    step = reasons.RENEW if CHOSEN_LICENCE_EXPIRED in cover.findings else reasons.NONE
    against = [rule.entitlement(case, cover), rule.scope(case, cover.kind)]
    return settle(case, against, (*rules, "S11"), step, cover)


def _serve(case: Case) -> Decision:
    against = [
        rule.no_open_ticket(case),
        rule.oneoff_door(case),
        rule.closed_hours(case),
        rule.frozen(case),
        rule.stopped(case),
        rule.excluded(case),
    ]
    return settle(case, against, ("S22",), reasons.NONE)


def _continue_by_mail(case: Case) -> Decision:
    """Each test is passed before the facts of the next are looked at."""
    sender, ticket, rules = case.facts.sender, case.facts.ticket, case.policy.email
    if sender is not None and sender.vouched and ticket is not None and ticket.exists:
        return _go_on(case, ticket, ("S7", "R9"))
    if sender is None or not sender.clear:
        return _refuse(case, reasons.IDENTITY_UNCLEAR, ("S8",), reasons.NONE)
    if sender.auth not in _AUTH_ACCEPTED[rules.require_auth]:
        return _refuse(case, reasons.NOT_AUTHENTICATED, ("S8", "R11"), reasons.NONE)
    if ticket is None:
        return _new_mail(case, sender)
    of_organisation = rules.allowed == "organisation" and sender.same_organisation
    if not (ticket.exists and rule.on_file(case) and (sender.on_ticket or of_organisation)):
        return _refuse(
            case, reasons.OTHER_ADDRESS, ("S8", "S9", "S10"), reasons.REPLY_FROM_REGISTERED
        )
    if rules.block_freemail and sender.free:
        return _refuse(case, reasons.PERSONAL_ADDRESS, ("S9", "S10", "R10"), reasons.SIGN_IN)
    return _go_on(case, ticket, ("S7", "S8"))


def _new_mail(case: Case, sender: SenderFacts) -> Decision:
    """A ticket is born in the portal (S6); the buyer of a one-off has one, and without a sign-in is
    asked for its number and never told to sign in (S29, R12).
    """
    if sender.oneoff and not sender.signs_in:
        return _refuse(case, reasons.NUMBER_MISSING, ("S29", "R12"), reasons.GIVE_NUMBER)
    step = reasons.OPEN_IN_PORTAL if sender.registered else reasons.REPLY_FROM_REGISTERED
    return _refuse(case, reasons.NEW_MAIL, ("S6", "R12"), step)


def _continue_by_number(case: Case) -> Decision:
    """The number first, then who calls; only then is the ticket looked at."""
    ticket = case.facts.ticket
    against = [
        rule.number_missing(case, "S17"),
        rule.number_missing(case, "S16"),
        rule.caller(case),
        rule.number_match(case),
        rule.oneoff_door(case),
        rule.closed_hours(case),
        rule.submission(case, ticket) if ticket else None,
    ]
    return settle(case, against, ("S16", "S17"), _step(ticket))


def _continue_signed_in(case: Case) -> Decision:
    if not rule.on_file(case):
        return _refuse(case, reasons.NOT_REGISTERED, ("S3",), reasons.TALK_TO_SALES)
    ticket = case.facts.ticket
    foreign = ticket is None or ticket.organisation != case.facts.person.organisation
    if ticket is None or foreign or not ticket.exists:
        return _refuse(case, reasons.NOT_FOUND, ("S3",), reasons.NONE)
    return _go_on(case, ticket, ("S3",))


def _continue_in_chat(case: Case) -> Decision:
    """Talking needs no ticket (R32); what is technical in it is asked as SERVE and does (S22)."""
    if case.facts.ticket is None and rule.on_file(case):
        return settle(case, [], ("S3", "S18", "R32"), reasons.NONE)
    return _continue_signed_in(case)


_CONTINUE: Mapping[Door, Callable[[Case], Decision]] = MappingProxyType(
    {
        Door.PORTAL: _continue_signed_in,
        Door.API: _continue_signed_in,
        Door.CHAT: _continue_in_chat,
        Door.EMAIL: _continue_by_mail,
        Door.PHONE: _continue_by_number,
        Door.WHATSAPP: _continue_by_number,
    }
)


def _go_on(case: Case, ticket: TicketFacts, rules: tuple[str, ...]) -> Decision:
    """The customer is known; may this ticket still be written to?"""
    against = [rule.oneoff_door(case), rule.submission(case, ticket)]
    if rule.is_open(case, ticket):
        return settle(case, against, rules, _step(ticket))
    if rule.is_reopening(case, ticket):
        return settle(case, against, (*rules, "R5"), reasons.REOPEN)
    if ticket.state is State.SOLD:
        over = rule.expired(ticket)
        return _refuse(case, over.reason, ("S28",), reasons.TALK_TO_SALES, since=over.since)
    aged = rule.aged(case, ticket) if ticket.state is State.RESOLVED else None
    if aged is not None:
        return settle(case, [aged], (), aged.next_step)
    return _refuse(case, reasons.TICKET_CLOSED, ("R5",), reasons.OPEN_LINKED)


def _step(ticket: TicketFacts | None) -> str:
    """A message to a one-off that waits for its problem is the description of it (R16)."""
    sold = ticket is not None and ticket.state is State.SOLD
    return reasons.DESCRIBE if sold else reasons.NONE


def _refuse(
    case: Case, reason: str, rules: tuple[str, ...], next_step: str, *, since: date | None = None
) -> Decision:
    return settle(case, [firm(reason, rules, next_step, since=since)], (), next_step)
