"""Whether a ticket can be answered now, asked of the gate as the reply itself will ask (S22)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from balcao.desk import reserving
from balcao.policy import gate, reasons
from balcao.policy.entitlement import ContractFacts, LicenceFacts
from balcao.policy.lifecycle import State, may_answer
from balcao.policy.override import to_lift
from balcao.tickets import queries
from balcao.tickets.queries import Ticket
from balcao.web import words
from balcao.web.guards import PageRequest


@dataclass(frozen=True, slots=True)
class Serving:
    """Why a reply would be refused, empty if it would not. ``lift``: the rules that forbid it."""

    reason: str = ""
    lift: tuple[str, ...] = ()


def serving(
    request: PageRequest,
    ticket: Ticket,
    *,
    contracts: Sequence[ContractFacts],
    licences: Sequence[LicenceFacts],
) -> Serving:
    """The gate's answer to a reply of the request's actor."""
    held = reserving.against(ticket, request.actor, now=request.now, reasoned=False)
    if held:
        return Serving(held)
    if not may_answer(State(ticket.state)):
        return Serving(_("The customer has not described the problem yet."))
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
    if decision.refused and to_lift(decision.rules) and vars(ticket)["excepted"]:
        # Exceptions are looked for only where one could help: they take nothing away.
        facts = replace(facts, overrides=queries.overrides_of(ticket.organisation_id))
        decision = gate.decide(asked, facts, request.policy, request.now)
    if decision.allowed:
        return Serving()
    if decision.next_step == reasons.REOPEN:
        return Serving(_("The ticket is resolved: reopen it to reply."))
    return Serving(
        f"{words.reason(decision.reason or '')} ({', '.join(decision.rules)})",
        to_lift(decision.rules),
    )
