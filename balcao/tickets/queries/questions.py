"""What the gate is asked: the same questions for those who act and for those who only ask."""

from dataclasses import replace

from django.db.models import OuterRef, Q, QuerySet

from balcao.entitlements.queries import facts_for_organisation
from balcao.people.queries import person_facts
from balcao.policy import gate
from balcao.policy.gate import Act, Door, SenderFacts
from balcao.tickets.models import Queue, Ticket
from balcao.tickets.queries.access import ticket_facts
from balcao.tickets.queries.overrides import overrides_of

Question = tuple[gate.Request, gate.Facts]


def question_to_open(
    person_id: int | None,
    organisation_id: int | None,
    *,
    service: str,
    licence_id: int | None,
    door: Door,
    assisted: bool = False,
    excepted: bool = True,
) -> Question:
    """May this person open a ticket for the organisation? Three statements, or two when it is
    known to have no approved exception (``excepted``).
    """
    contracts, licences = facts_for_organisation(organisation_id) if organisation_id else ((), ())
    request = gate.Request(
        act=Act.OPEN, door=door, service=service, licence=licence_id, assisted=assisted
    )
    facts = gate.Facts(
        person=person_facts(person_id, organisation_id),
        contracts=contracts,
        licences=licences,
        overrides=overrides_of(organisation_id) if excepted else (),
    )
    return request, facts


def question_about(
    ticket: Ticket,
    act: Act,
    *,
    person_id: int | None,
    door: Door,
    sender: SenderFacts | None = None,
    service: str | None = None,
    asks: bool = True,
) -> Question:
    """May this person go on with the ticket, or the staff serve it? Two statements, or three; one
    less for a ticket that is known to be of no ``excepted`` organisation.

    Going on asks about the person and nothing about contracts and licences (R7); serving asks
    about the ticket's opener. ``service``: the slug of another one than the ticket's; none where
    nothing is asked for (``asks``).
    """
    serving = act is Act.SERVE
    organisation = ticket.organisation_id
    contracts, licences = facts_for_organisation(organisation) if serving else ((), ())
    wanted = (service or ticket.service.slug) if asks else None
    request = gate.Request(act=act, door=door, service=wanted, licence=ticket.licence_id)
    facts = gate.Facts(
        person=person_facts(ticket.opener_id if serving else person_id, organisation),
        contracts=contracts,
        licences=licences,
        ticket=ticket_facts(ticket),
        sender=sender,
        overrides=overrides_of(organisation) if getattr(ticket, "excepted", True) else (),
    )
    return request, facts


def question_by_phone(
    person_id: int | None, organisation_id: int | None, ticket: Ticket | None, *, given: bool
) -> Question:
    """May this caller be served, having given a number? Two statements, or three.

    ``ticket``: whose number it is, anybody's; ``given``: whether a number was given at all. The
    number alone names no service, so it submits nothing (R16).
    """
    facts = gate.Facts(
        person=person_facts(person_id, organisation_id),
        ticket=spoken_of(ticket, person_id) if given else None,
        overrides=overrides_of(organisation_id),
    )
    return gate.Request(act=Act.CONTINUE, door=Door.PHONE), facts


def spoken_of(ticket: Ticket | None, person_id: int | None) -> gate.TicketFacts:
    """The ticket whose number a caller gave, and whether it is one of their own (R15)."""
    if ticket is not None:
        mine = person_id is not None and (
            ticket.opener_id == person_id or ticket.participants.filter(pk=person_id).exists()
        )
        return replace(ticket_facts(ticket), own=mine)
    return gate.TicketFacts(
        exists=False, state=None, organisation=None, kind=None, resolved_at=None
    )


def queue_for(service: str) -> Queue:
    """The queue that serves the service with this slug, or the default one."""
    found = queues_for(service).first()
    if found is None:
        raise Queue.DoesNotExist
    return found


def queues_for(service: str | OuterRef) -> QuerySet[Queue]:
    """The queues that serve the service with this slug, then the default one."""
    serves = Q(services__slug=service) | Q(is_default=True)
    return Queue.objects.filter(serves).order_by("is_default", "pk")
