"""What the customer's page of a ticket shows besides the conversation."""

from dataclasses import dataclass
from datetime import datetime

from balcao.entitlements.queries import contract_facts, licence_facts
from balcao.policy import access, aging, gate, lifecycle, prepaid
from balcao.policy.access import Actor, Permission, TicketScope
from balcao.policy.book import Policy
from balcao.policy.entitlement import Coverage, has_ended, still_covered
from balcao.policy.lifecycle import State, Verb
from balcao.policy.numbers import parse_number
from balcao.policy.prepaid import Account, Entry
from balcao.tickets.models import StateSpan, Ticket
from balcao.tickets.queries.access import NotFound, get_for, scope_of, ticket_facts, visible_to
from balcao.tickets.queries.overrides import came_by_exception


@dataclass(frozen=True, slots=True)
class Offers:
    """What the ticket's customer may do now; a page offers nothing else.

    ``reopen_until``: until when reopening is possible, None when it is not.
    """

    reply: bool
    resolve: bool
    cancel: bool
    reopen_until: datetime | None


def get_own(actor: Actor, number: str) -> Ticket:
    """A ticket of an organisation the actor acts for, as the portal shows it. Raises NotFound.

    Somebody who also works at the desk sees the other tickets there, not here.
    """
    ticket = get_for(actor, number)
    if ticket.organisation_id not in actor.organisations:
        raise NotFound
    return ticket


def own_id(actor: Actor, number: str) -> int:
    """The id of a ticket of ``get_own``, for an action that reads the rest itself."""
    return own_waits(actor, number)[0]


def own_waits(actor: Actor, number: str) -> tuple[int, bool]:
    """The same, and whether it is a one-off that waits for its problem. One statement."""
    found = (
        visible_to(actor)
        .filter(number=parse_number(number), organisation__in=actor.organisations)
        .values_list("pk", "state")
        .first()
    )
    if found is None:
        raise NotFound
    return found[0], found[1] == State.SOLD.value


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
    reopens = _possible(actor, ticket, scope, Verb.REOPEN)
    return Offers(
        reply=decision.allowed and access.can(actor, Permission.REPLY, scope),
        resolve=_possible(actor, ticket, scope, Verb.RESOLVE)
        and prepaid.solved_alone(ticket.kind, started=ticket.started_at is not None),
        cancel=_possible(actor, ticket, scope, Verb.CANCEL)
        and not lifecycle.too_late(Verb.CANCEL, started=ticket.started_at is not None),
        reopen_until=_reopen_until(ticket, policy=policy, now=now) if reopens else None,
    )


def _possible(actor: Actor, ticket: Ticket, scope: TicketScope, verb: Verb) -> bool:
    leads = lifecycle.next_state(State(ticket.state), verb) is not None
    return leads and access.can_move(actor, verb, scope)


def _reopen_until(ticket: Ticket, *, policy: Policy, now: datetime) -> datetime | None:
    """Under the policy in force, as the gate and the action will ask it."""
    rules, resolved_at = lifecycle.rules_for(policy, ticket.kind), ticket.resolved_at
    if resolved_at is None or not aging.may_reopen(
        ticket.kind,
        opened_at=ticket.submitted_at,
        resolved_at=resolved_at,
        policy=policy,
        now=now,
    ):
        return None
    return lifecycle.closes_at(resolved_at=resolved_at, rules=rules)


def coverage_of(ticket: Ticket, *, policy: Policy, now: datetime) -> Coverage:
    """How the contract and licence that a ticket was opened under stand now, or the one-off it is.
    No statement, or one for a licence that has expired.
    """
    if ticket.prepaid is not None:
        row = ticket.prepaid
        account = Account(Entry(row.last), row.last_day, 0)
        return prepaid.cover(row.kind, account, now=now, timezone=policy.timezone)
    licence = licence_facts(ticket.licence) if ticket.licence else None
    return still_covered(
        contract_facts(ticket.contract) if ticket.contract else None,
        licence,
        opened_at=ticket.submitted_at,
        excepted=bool(licence and has_ended(licence, policy=policy, now=now))
        and came_by_exception(ticket),
        policy=policy,
        now=now,
    )


def was_asked(ticket: Ticket) -> bool:
    """Whether the ticket ever waited for its customer."""
    return StateSpan.objects.filter(ticket=ticket, state=State.WAITING_CUSTOMER.value).exists()
