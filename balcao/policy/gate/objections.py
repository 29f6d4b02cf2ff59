"""What each rule has against a request: one function a rule, None when it has nothing."""

from collections.abc import Iterator

from balcao.policy import aging, reasons, worktime
from balcao.policy.book import CONTRACT_KINDS, ONEOFF_KINDS, Verdict, scope_of
from balcao.policy.calls import may_take_down
from balcao.policy.entitlement import ContractFacts, Coverage, coverage, local_day
from balcao.policy.gate.settling import Case, Objection, firm
from balcao.policy.gate.types import Act, Door, Finding, TicketFacts
from balcao.policy.lifecycle import OPEN_STATES, State

OTHER_SERVICE = "other"

# Through these somebody waits on the other side while being served (S27). What arrives in writing
# waits by itself: a WhatsApp message is taken at any hour, and answered in business hours.
LIVE = {
    Act.CONTINUE: frozenset({Door.PHONE}),
    Act.SERVE: frozenset({Door.PHONE, Door.WHATSAPP}),
}
_WAY_OUT = {
    reasons.LICENCE_EXPIRED: reasons.RENEW,
    reasons.LICENCE_MISSING: reasons.TALK_TO_SALES,
    reasons.CONTRACT_ENDED: reasons.BUY_ONEOFF,
    reasons.CONTRACT_MISSING: reasons.BUY_ONEOFF,
    reasons.CONTRACT_SUSPENDED: reasons.TALK_TO_SALES,
    reasons.CONTRACT_OTHER_UNIT: reasons.BUY_ONEOFF,
}
_LICENCE_REASONS = frozenset({reasons.LICENCE_EXPIRED, reasons.LICENCE_MISSING})
_RANK = (Verdict.REFUSE, Verdict.ASK, Verdict.ALLOW)


def on_file(case: Case) -> bool:
    """The person is registered for the organisation in question, and not deactivated (S3)."""
    person = case.facts.person
    return person.registered and person.active and person.organisation is not None


def is_open(case: Case, ticket: TicketFacts) -> bool:
    """Open as S16, S17 and S22 mean it: open to scheduled, or a sold one-off still available."""
    return ticket.exists and (ticket.state in OPEN_STATES or is_available(case, ticket))


def is_available(case: Case, ticket: TicketFacts) -> bool:
    """A one-off whose problem is not described yet and that has not expired (S28)."""
    if ticket.state is not State.SOLD or ticket.available_until is None:
        return False
    return local_day(case.now, case.policy.timezone) <= ticket.available_until


def is_reopening(case: Case, ticket: TicketFacts) -> bool:
    """Resolved so lately that it goes on (R5)."""
    return (
        ticket.state is State.RESOLVED
        and ticket.resolved_at is not None
        and aging.may_reopen(
            ticket.kind,
            opened_at=ticket.opened_at,
            resolved_at=ticket.resolved_at,
            policy=case.policy,
            now=case.now,
        )
    )


def is_oneoff(ticket: TicketFacts | None) -> bool:
    """Bought one by one; contracts and licences do not touch it."""
    return ticket is not None and ticket.kind in ONEOFF_KINDS


def best_cover(case: Case) -> Coverage:
    """What covers the request. Of several contracts the one whose scope says most to the service:
    what a customer has besides never takes away what they have.
    """
    return max(_covers(case), key=lambda cover: _RANK.index(_cell(case, cover.kind)))


def _covers(case: Case) -> Iterator[Coverage]:
    """The coverage as it stands, then what is left of it without its contract, and so on."""
    contracts = case.facts.contracts
    cover = _coverage_by(case, contracts)
    yield cover
    while cover.kind is not None and cover.contract is not None:
        gone = cover.contract.id
        contracts = tuple(row for row in contracts if row.id != gone)
        cover = _coverage_by(case, contracts)
        if cover.kind is not None:
            yield cover


def _coverage_by(case: Case, contracts: tuple[ContractFacts, ...]) -> Coverage:
    return coverage(
        contracts,
        case.facts.licences,
        policy=case.policy,
        now=case.now,
        licence_id=case.request.licence,
        unit=case.facts.person.unit,
    )


def _cell(case: Case, kind: str | None) -> Verdict:
    """What the scope matrix says of the service asked for; without a kind it says nothing."""
    if kind is None:
        return Verdict.ALLOW
    return scope_of(case.policy, kind, case.request.service or OTHER_SERVICE)


def entitlement(case: Case, cover: Coverage) -> Objection | None:
    """S5, S2: a valid licence and an active contract. Both follow the mode of S5."""
    if cover.reason is None:
        return None
    rule = "S5" if cover.reason in _LICENCE_REASONS else "S2"
    found = Finding(rule, cover.reason, cover.since)
    return Objection(found, "S5", (rule,), _WAY_OUT[cover.reason])


def scope(case: Case, kind: str | None) -> Objection | None:
    """S34, S35: what the kind does not cover, and what nobody listed."""
    cell = _cell(case, kind)
    if cell is Verdict.ALLOW:
        return None
    rules = ("S34",) if cell is Verdict.REFUSE else ("S35", "S36")
    found = Finding(rules[0], reasons.SERVICE_NOT_COVERED, None)
    return Objection(found, rules[0], rules, reasons.TALK_TO_SALES, cell)


def submission(case: Case, ticket: TicketFacts) -> Objection | None:
    """S34, S35 of a one-off whose problem is being described now (N2).

    Giving the number alone names no service and submits nothing (R16).
    """
    if ticket.state is not State.SOLD or case.request.service is None:
        return None
    found = scope(case, ticket.kind)
    agreed = ticket.agreed is not None and ticket.agreed == case.request.service
    return None if agreed and found and found.verdict is Verdict.ASK else found


def excluded(case: Case) -> Objection | None:
    """S34 while a one-off is served: what sales still has to say (S35) was asked before."""
    ticket = case.facts.ticket
    found = scope(case, ticket.kind) if ticket is not None and is_oneoff(ticket) else None
    return found if found is not None and found.verdict is Verdict.REFUSE else None


def no_open_ticket(case: Case) -> Objection | None:
    """S22: no technical service without an open ticket, in any channel."""
    ticket = case.facts.ticket
    if ticket is not None and is_open(case, ticket):
        return None
    reason, step = reasons.TICKET_CLOSED, reasons.OPEN_LINKED
    if ticket is None or not ticket.exists or ticket.state is None:
        reason, step = reasons.NO_TICKET, reasons.OPEN_IN_PORTAL
    elif ticket.state is State.SOLD:
        return Objection(expired(ticket), "S22", ("S22", "S28"), reasons.TALK_TO_SALES)
    elif is_reopening(case, ticket):
        step = reasons.REOPEN
    return Objection(Finding("S22", reason, None), "S22", ("S22",), step)


def expired(ticket: TicketFacts) -> Finding:
    """S28: a one-off that was not used in time, or is not available for another reason."""
    reason = reasons.ONEOFF_EXPIRED if ticket.available_until else reasons.NO_TICKET
    return Finding("S22", reason, ticket.available_until)


def number_missing(case: Case, rule: str) -> Objection | None:
    """S17, S16: by phone and WhatsApp the number of an open ticket comes first."""
    if case.facts.ticket is not None:
        return None
    found = Finding(rule, reasons.NUMBER_MISSING, None)
    return Objection(found, rule, (rule,), reasons.GIVE_NUMBER)


def caller(case: Case) -> Objection | None:
    """R15: somebody whose phone is not on file says name or code first, whatever the number."""
    if on_file(case):
        return None
    return firm(reasons.CALLER_UNKNOWN, ("S3", "R15"), reasons.CONFIRM_CALLER)


def number_match(case: Case) -> Objection | None:
    """R15, C2: an unknown, a foreign and a closed number are answered alike, in every mode; so is a
    colleague's, if the policy says so.
    """
    ticket = case.facts.ticket
    if ticket is None:
        return None
    mine = ticket.organisation == case.facts.person.organisation
    if case.policy.gate.number_match == "participants":
        mine = mine and ticket.own
    if mine and is_open(case, ticket):
        return None
    return firm(reasons.NO_TICKET, ("R15",), reasons.GIVE_NUMBER)


def oneoff_door(case: Case) -> Objection | None:
    """S25, R25: a one-off is used where the policy says; as shipped, the chat only sells it."""
    if not is_oneoff(case.facts.ticket) or case.request.door in case.policy.oneoff.doors:
        return None
    return firm(reasons.ONEOFF_DOOR, ("S25", "R25"), reasons.CALL_OR_MAIL)


def closed_hours(case: Case) -> Objection | None:
    """S27: whoever is there is served a one-off in business hours; writing waits by itself, and so
    does the problem that a caller has taken down (R16).
    """
    ticket = case.facts.ticket
    if case.request.door not in LIVE[case.request.act] or not is_oneoff(ticket):
        return None
    waits = case.request.taken_down and case.request.act is Act.CONTINUE
    if waits and ticket and may_take_down(ticket.state, ticket.kind):
        return None
    opens = worktime.next_opening(case.now, case.policy.calendar)
    if opens == case.now:
        return None
    found = Finding("S27", reasons.CLOSED_HOURS, None)
    return Objection(found, "S27", ("S27",), reasons.WRITE, back_at=opens)


def stopped(case: Case) -> Objection | None:
    """R20: what is being served ends with its last day, if the policy says so."""
    ticket = case.facts.ticket
    if case.policy.oneoff.in_progress == "finish" or ticket is None:
        return None
    if not is_oneoff(ticket):
        return aged(case, ticket, ("R19", "R20"))
    last = ticket.available_until
    if last is None or local_day(case.now, case.policy.timezone) <= last:
        return None
    return firm(reasons.ONEOFF_EXPIRED, ("S28", "R20"), reasons.TALK_TO_SALES, since=last)


def aged(case: Case, ticket: TicketFacts, rules: tuple[str, ...] = ("R19",)) -> Objection | None:
    """R19: the ticket of a contract is over, where the policy lets it expire."""
    last = aging.last_day(ticket.kind, ticket.opened_at, case.policy)
    if last is None or local_day(case.now, case.policy.timezone) <= last:
        return None
    return firm(reasons.TICKET_EXPIRED, rules, reasons.OPEN_LINKED, since=last)


def frozen(case: Case) -> Objection | None:
    """R7: what was covered is no longer, and the policy freezes open tickets then."""
    ticket = case.facts.ticket
    if case.policy.entitlement.on_lapse == "finish" or ticket is None:
        return None
    cover = _coverage_by(case, case.facts.contracts)
    if ticket.kind not in CONTRACT_KINDS or cover.reason is None:
        return None
    found = Finding("S5", reasons.ENTITLEMENT_FROZEN, cover.since)
    return Objection(found, "S5", ("S5", "R7"), _WAY_OUT[cover.reason])
