"""The simulator: what the gate would answer, and what would follow. Nothing is stored."""

from dataclasses import dataclass, replace
from datetime import datetime

from balcao.channels.queries import question_by_mail
from balcao.people.queries import actor_by_id, owners_of, primary_addresses
from balcao.policy import access, gate, mailbox, sla
from balcao.policy.access import Actor, Permission
from balcao.policy.book import Policy
from balcao.policy.entitlement import local_day
from balcao.policy.gate import Act, Auth, Door
from balcao.policy.numbers import parse_number
from balcao.rulebook import queries as rulebook
from balcao.tickets.models import Ticket
from balcao.tickets.queries import (
    NotFound,
    Question,
    clock_of,
    question_about,
    question_to_open,
    queue_for,
    scope_of,
    spoken_of,
    visible_to,
)

_BY_NUMBER = frozenset({Door.PHONE, Door.WHATSAPP})


@dataclass(frozen=True, slots=True)
class Situation:
    """Who wants what, through which door, at which moment.

    ``person`` and ``organisation`` are ids; no person: somebody who is not on file. ``ticket`` is
    the number given, ``service`` a slug, ``licence`` an id. ``proved``: of a mail, whether it is
    known who sent it.
    """

    act: Act
    door: Door
    at: datetime
    person: int | None = None
    organisation: int | None = None
    ticket: str = ""
    service: str = gate.OTHER_SERVICE
    licence: int | None = None
    proved: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """A situation with everything the gate looks at, ready to be judged under any policy."""

    situation: Situation
    request: gate.Request
    facts: gate.Facts
    ticket: Ticket | None
    clock: sla.TicketClock | None
    queue: str
    opened_under: Policy | None

    @property
    def is_known(self) -> bool:
        """Whether the address a mail comes from is on file."""
        sender = self.facts.sender
        return sender is not None and sender.registered


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would happen under one policy.

    ``due`` are the deadlines the ticket would have or has, ``fate`` what becomes of a refused mail.
    """

    decision: gate.Decision
    due: sla.Due | None
    fate: mailbox.Fate | None


def case_of(actor: Actor, situation: Situation) -> Case:
    """The facts of today about ``situation``; only its moment is another.

    Raises NotFound for a ticket that the actor does not see, and for a number that names none
    unless the actor would see any ticket: nobody finds out here what exists (B1).
    """
    ticket = _ticket(actor, situation.ticket)
    request, facts = _question(situation, ticket)
    opens = situation.act is Act.OPEN
    if ticket is not None and not opens:
        queue = ticket.queue.name
    else:
        queue = queue_for(situation.service).name if opens else ""
    return Case(
        situation=situation,
        request=request,
        facts=facts,
        ticket=ticket,
        clock=clock_of(ticket) if ticket and not opens else None,
        queue=queue,
        opened_under=rulebook.version(ticket.policy_version) if ticket and not opens else None,
    )


def judge(case: Case, policy: Policy) -> Outcome:
    """What would happen under ``policy``: no statement."""
    situation = case.situation
    decision = gate.decide(case.request, case.facts, policy, situation.at)
    by_mail = case.request.door is Door.EMAIL and case.request.act is Act.CONTINUE
    fate = None
    if decision.refused and by_mail:
        fate = mailbox.fate_of(decision.reason or "", case.facts.sender, rules=policy.email)
    return Outcome(decision=decision, due=_due(case, decision, policy), fate=fate)


def _due(case: Case, decision: gate.Decision, policy: Policy) -> sla.Due | None:
    at = case.situation.at
    if case.clock is not None and case.opened_under is not None:
        return sla.due_of(case.clock, sla.promise(case.opened_under, policy), now=at)
    if case.request.act is not Act.OPEN or decision.refused:
        return None
    kind = (decision.coverage.kind if decision.coverage else None) or ""
    return sla.due_of(sla.TicketClock(at, None, kind), sla.promise(policy, policy))


def _ticket(actor: Actor, typed: str) -> Ticket | None:
    if not typed.strip():
        return None
    number = parse_number(typed)
    found = (
        visible_to(actor).select_related("queue", "service", "organisation").filter(number=number)
        if number
        else Ticket.objects.none()
    ).first()
    if found is None and not access.reach(actor, Permission.VIEW).everything:
        raise NotFound
    return found


def _question(situation: Situation, ticket: Ticket | None) -> Question:
    """The same question that the action of that door asks."""
    if situation.door is Door.EMAIL and situation.act is not Act.SERVE:
        return _by_mail(situation, None if situation.act is Act.OPEN else ticket)
    if situation.act is Act.OPEN:
        return question_to_open(
            situation.person,
            situation.organisation,
            service=situation.service,
            licence_id=situation.licence,
            door=situation.door,
        )
    if ticket is None:
        return _without_ticket(situation)
    request, facts = question_about(
        ticket, situation.act, person_id=situation.person, door=situation.door
    )
    if situation.act is Act.CONTINUE:
        facts = _as_seen(situation, ticket, facts)
    return request, facts


def _by_mail(situation: Situation, ticket: Ticket | None) -> Question:
    """From the person's registered address. A new mail is one that names no ticket (R12)."""
    person = situation.person
    address = primary_addresses([person]).get(person) if person else None
    return question_by_mail(
        ticket,
        parse_number(situation.ticket) if situation.act is Act.CONTINUE else None,
        owners_of(address) if address else (),
        clear=True,
        auth=Auth.ALIGNED if situation.proved else Auth.NONE,
        address=address or "",
        today=local_day(situation.at, rulebook.current().timezone),
    )[1]


def _without_ticket(situation: Situation) -> Question:
    """No number was given, or one that names no ticket."""
    request, facts = question_to_open(
        situation.person,
        situation.organisation,
        service=situation.service,
        licence_id=None,
        door=situation.door,
    )
    named = gate.TicketFacts(
        exists=False, state=None, organisation=None, kind=None, resolved_at=None
    )
    return (
        replace(request, act=situation.act),
        replace(facts, ticket=named if situation.ticket.strip() else None),
    )


def _as_seen(situation: Situation, ticket: Ticket, facts: gate.Facts) -> gate.Facts:
    """A caller acts for their own company, whatever the number; signed in, a ticket that the person
    does not reach does not exist.
    """
    if situation.door in _BY_NUMBER:
        mine = question_to_open(
            situation.person,
            situation.organisation,
            service=situation.service,
            licence_id=None,
            door=situation.door,
        )[1]
        spoken = spoken_of(ticket, situation.person)
        return replace(facts, person=mine.person, ticket=spoken)
    person = actor_by_id(situation.person, now=situation.at) if situation.person else None
    if person and access.can(person, Permission.REPLY, scope_of(ticket)):
        return facts
    known = facts.ticket
    assert known is not None
    return replace(facts, ticket=replace(known, exists=False))
