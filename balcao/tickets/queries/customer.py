"""What the customer's page of a ticket shows besides the conversation."""

from dataclasses import dataclass
from datetime import datetime

from balcao.entitlements.queries import contract_facts, licence_facts
from balcao.policy import access, gate, lifecycle
from balcao.policy.access import Actor, Permission
from balcao.policy.book import Policy
from balcao.policy.entitlement import Coverage, coverage
from balcao.policy.lifecycle import State, Verb
from balcao.rulebook import queries as rulebook
from balcao.tickets.models import StateSpan, Ticket
from balcao.tickets.queries.access import NotFound, get_for, scope_of, ticket_facts

_CUSTOMERS_VERBS = (Verb.RESOLVE, Verb.REOPEN, Verb.CANCEL)


@dataclass(frozen=True, slots=True)
class Offers:
    """What the ticket's customer may do now; a page offers nothing else."""

    reply: bool
    resolve: bool
    reopen: bool
    cancel: bool


def get_own(actor: Actor, number: str) -> Ticket:
    """A ticket of an organisation the actor acts for, as the portal shows it. Raises NotFound.

    Somebody who also works at the desk sees the other tickets there, not here.
    """
    ticket = get_for(actor, number)
    if ticket.organisation_id not in actor.organisations:
        raise NotFound
    return ticket


def offers_for(actor: Actor, ticket: Ticket, *, policy: Policy, now: datetime) -> Offers:
    """Asks the gate and the tables beforehand what the actions will ask them again.

    ``ticket`` is one of ``get_own``, so the actor is on file for its organisation.
    """
    scope = scope_of(ticket)
    decision = gate.decide(
        gate.Request(act=gate.Act.CONTINUE, door=gate.Door.PORTAL),
        gate.Facts(
            person=gate.PersonFacts(
                registered=True, active=True, organisation=ticket.organisation_id
            ),
            ticket=ticket_facts(ticket),
        ),
        policy,
        now,
    )
    possible = {
        verb
        for verb in _CUSTOMERS_VERBS
        if access.can_move(actor, verb, scope) and _leads(ticket, verb, now=now)
    }
    return Offers(
        reply=decision.allowed and access.can(actor, Permission.REPLY, scope),
        resolve=Verb.RESOLVE in possible,
        reopen=Verb.REOPEN in possible,
        cancel=Verb.CANCEL in possible,
    )


def _leads(ticket: Ticket, verb: Verb, *, now: datetime) -> bool:
    if lifecycle.next_state(State(ticket.state), verb) is None:
        return False
    if verb is not Verb.REOPEN:
        return True
    rules = rulebook.version(ticket.policy_version).ticket
    return ticket.resolved_at is not None and lifecycle.may_reopen(
        resolved_at=ticket.resolved_at, now=now, rules=rules
    )


def coverage_of(ticket: Ticket, *, policy: Policy, now: datetime) -> Coverage:
    """How the contract and licence the ticket was opened under stand now. No statement."""
    return coverage(
        [contract_facts(ticket.contract)] if ticket.contract else [],
        [licence_facts(ticket.licence)] if ticket.licence else [],
        policy=policy,
        now=now,
        licence_id=ticket.licence_id,
    )


def was_asked(ticket: Ticket) -> bool:
    """Whether the ticket ever waited for its customer."""
    return StateSpan.objects.filter(ticket=ticket, state=State.WAITING_CUSTOMER.value).exists()
