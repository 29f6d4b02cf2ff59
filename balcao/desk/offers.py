"""Which buttons a ticket's page shows, and why some of them do nothing just now.

The policy decides; this asks it beforehand, so that a button says its reason before it is pressed.
A button whose role is missing is not shown at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.desk.forms import MOVES
from balcao.policy import access, gate, lifecycle, reasons
from balcao.policy.access import Permission, TicketScope
from balcao.policy.entitlement import ContractFacts, LicenceFacts
from balcao.policy.lifecycle import State, Verb
from balcao.policy.override import may_ask, to_lift
from balcao.tickets import queries
from balcao.tickets.queries import Ticket
from balcao.web import words
from balcao.web.guards import PageRequest

_MOVE_LABELS = {
    Verb.ASK_SALES: gettext_lazy("Ask sales"),
    Verb.ANSWER_SCOPE: gettext_lazy("Covered: go on"),
    Verb.RESUME: gettext_lazy("Back to service"),
    Verb.CANCEL: gettext_lazy("Cancel the ticket"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A button; with a ``reason`` it is shown and does nothing. ``lift``: rules that forbid it."""

    reason: str = ""
    lift: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offers:
    """What the actor may do to the ticket; None: not theirs to do."""

    take: Offer | None
    give_back: Offer | None
    resolve: Offer | None
    reopen: Offer | None
    reply: Offer | None
    wait: Offer
    resolve_after: Offer
    note: Offer | None
    history: bool
    third: bool
    transfer: bool
    moves: tuple[tuple[str, str], ...]
    release: str


def of(
    request: PageRequest,
    ticket: Ticket,
    *,
    contracts: Sequence[ContractFacts],
    licences: Sequence[LicenceFacts],
    covered: bool,
) -> Offers:
    """The buttons of ``ticket`` for the request's actor. ``covered``: its customer is."""
    scope = queries.scope_of(ticket)
    actor = request.actor
    reply = _reply(request, ticket, scope, contracts, licences)
    return Offers(
        take=_take(request, ticket, scope),
        give_back=_give_back(request, ticket, scope),
        resolve=_move(request, ticket, scope, Verb.RESOLVE),
        reopen=_reopen(request, ticket, scope),
        reply=reply,
        wait=_after_reply(ticket, Verb.WAIT_CUSTOMER),
        resolve_after=_after_reply(ticket, Verb.RESOLVE),
        note=Offer() if access.can(actor, Permission.NOTE, scope) else None,
        history=access.can(actor, Permission.VIEW_DECISIONS, scope),
        third=access.can_move(actor, Verb.WAIT_THIRD, scope)
        and (bool(_leads(ticket, Verb.WAIT_THIRD)) or ticket.third_party is not None),
        transfer=access.can(actor, Permission.ASSIGN, scope)
        and State(ticket.state) in lifecycle.OPEN_STATES,
        moves=tuple(
            (verb.value, str(_MOVE_LABELS[verb]))
            for verb in MOVES
            if access.can_move(actor, verb, scope) and _leads(ticket, verb)
        ),
        release=_release(request, ticket, reply, covered=covered),
    )


def _release(request: PageRequest, ticket: Ticket, reply: Offer | None, *, covered: bool) -> str:
    """Where an exception is asked for, if one could help: for this ticket, which cannot be served,
    or for its customer, who is not covered.
    """
    query: list[tuple[str, str]] = []
    if reply is not None and reply.lift:
        query = [("chamado", ticket.number), *(("regra", rule) for rule in reply.lift)]
    elif not covered:
        query = [("empresa", str(ticket.organisation_id)), ("regra", "S5")]
    if not query or not may_ask(request.actor, request.policy.override):
        return ""
    return f"{reverse('exception_new')}?{urlencode(query)}"


def _state_reason(ticket: Ticket) -> str:
    state = words.state(ticket.state, staff=True).text
    return _("Not possible while the ticket is “%(state)s”.") % {"state": state}


def _leads(ticket: Ticket, verb: Verb) -> State | None:
    previous = State(ticket.previous_state) if ticket.previous_state else None
    return lifecycle.next_state(State(ticket.state), verb, previous=previous)


def _move(request: PageRequest, ticket: Ticket, scope: TicketScope, verb: Verb) -> Offer | None:
    if not access.can_move(request.actor, verb, scope):
        return None
    return Offer() if _leads(ticket, verb) else Offer(_state_reason(ticket))


def _reopen(request: PageRequest, ticket: Ticket, scope: TicketScope) -> Offer | None:
    """In the place of "Resolve" once the ticket is no longer open."""
    state = State(ticket.state)
    if state in lifecycle.OPEN_STATES or state is State.CANCELLED:
        return None
    if not access.can_move(request.actor, Verb.REOPEN, scope):
        return None
    rules = request.policy.ticket
    in_time = ticket.resolved_at is not None and lifecycle.may_reopen(
        resolved_at=ticket.resolved_at, now=request.now, rules=rules
    )
    if in_time and _leads(ticket, Verb.REOPEN):
        return Offer()
    return Offer(_("Only within %(days)d days of being resolved.") % {"days": rules.reopen_days})


def _take(request: PageRequest, ticket: Ticket, scope: TicketScope) -> Offer | None:
    """Not shown for one that is the reader's already, unless it is only reserved."""
    mine = ticket.assignee_id == request.actor.id
    if State(ticket.state) not in lifecycle.OPEN_STATES or (mine and not ticket.claimed_until):
        return None
    if not access.can(request.actor, Permission.ASSIGN, scope):
        return None
    if ticket.assignee is None or mine:
        return Offer()
    return Offer(_("%(name)s has it.") % {"name": ticket.assignee.name})


def _give_back(request: PageRequest, ticket: Ticket, scope: TicketScope) -> Offer | None:
    if State(ticket.state) not in lifecycle.OPEN_STATES or ticket.assignee_id is None:
        return None
    return Offer() if access.can(request.actor, Permission.ASSIGN, scope) else None


def _reply(
    request: PageRequest,
    ticket: Ticket,
    scope: TicketScope,
    contracts: Sequence[ContractFacts],
    licences: Sequence[LicenceFacts],
) -> Offer | None:
    """Asked of the gate itself, as the reply will be (S22)."""
    if not access.can(request.actor, Permission.ANSWER, scope):
        return None
    claimed = ticket.claimed_until is not None and ticket.claimed_until > request.now
    if claimed and ticket.assignee and ticket.assignee_id != request.actor.id:
        return Offer(_("Reserved for %(name)s.") % {"name": ticket.assignee.name})
    asked = gate.Request(
        act=gate.Act.SERVE,
        door=gate.Door.PORTAL,
        service=ticket.service.slug,
        licence=ticket.licence_id,
    )
    # Serving looks at the ticket and its entitlement, not at the person: nobody is the safe answer.
    facts = gate.Facts(
        person=gate.PersonFacts(
            registered=False, active=False, organisation=ticket.organisation_id
        ),
        contracts=tuple(contracts),
        licences=tuple(licences),
        ticket=queries.ticket_facts(ticket),
    )
    decision = gate.decide(asked, facts, request.policy, request.now)
    if decision.refused and to_lift(decision.rules):
        # Exceptions are looked for only where one could help: they take nothing away.
        facts = replace(facts, overrides=queries.overrides_of(ticket.organisation_id))
        decision = gate.decide(asked, facts, request.policy, request.now)
    if decision.allowed:
        return Offer()
    if decision.next_step == reasons.REOPEN:
        return Offer(_("The ticket is resolved: reopen it to reply."))
    return Offer(
        f"{words.reason(decision.reason or '')} ({', '.join(decision.rules)})",
        to_lift(decision.rules),
    )


def _after_reply(ticket: Ticket, verb: Verb) -> Offer:
    """What a reply's second half may do: the reply itself starts service (R3)."""
    state = lifecycle.next_state(State(ticket.state), Verb.START) or State(ticket.state)
    return Offer() if lifecycle.next_state(state, verb) else Offer(_state_reason(ticket))
