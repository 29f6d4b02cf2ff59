"""What a list can be narrowed to: known fields only, never a name from outside (B7)."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q, QuerySet

from balcao.tickets.models import Deadline, Ticket
from balcao.tickets.queries.lists.views import OPEN, running

NOBODY = 0
"""The responsible person of a ticket that has none."""


class ClockFilter(StrEnum):
    """How a promise of an open ticket stands. Values are part of addresses."""

    LATE = "atrasado"
    SOON = "breve"


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Ids, codes and words to look for; what is empty narrows nothing. ``person`` may be NOBODY."""

    queue: int | None = None
    state: str = ""
    person: int | None = None
    organisation: int | None = None
    service: int | None = None
    product: int | None = None
    door: str = ""
    clock: ClockFilter | None = None
    text: str = ""


ANY = TicketFilter()


def narrowed(tickets: QuerySet[Ticket], only: TicketFilter, *, now: datetime) -> QuerySet[Ticket]:
    """The tickets that fit all of ``only``."""
    if only == ANY:
        return tickets
    if only.queue is not None:
        tickets = tickets.filter(queue=only.queue)
    if only.state:
        tickets = tickets.filter(state=only.state)
    if only.person is not None:
        tickets = tickets.filter(assignee=only.person or None)
    if only.organisation is not None:
        tickets = tickets.filter(organisation=only.organisation)
    if only.service is not None:
        tickets = tickets.filter(service=only.service)
    if only.product is not None:
        tickets = tickets.filter(licence__product=only.product)
    if only.door:
        tickets = tickets.filter(door=only.door)
    if only.clock is not None:
        tickets = tickets.filter(state__in=OPEN, pk__in=_standing(only.clock, now=now))
    for word in only.text.split():
        tickets = tickets.filter(_holds(word))
    return tickets


def _standing(clock: ClockFilter, *, now: datetime) -> QuerySet[Deadline, int]:
    """Tickets with a promise for which ``sla.chip`` says so (a test holds the two together)."""
    if clock is ClockFilter.LATE:
        rows = Deadline.objects.filter(running(), due_at__lt=now)
    else:
        rows = Deadline.objects.filter(running(), due_at__gte=now, warn_at__lte=now)
    return rows.values_list("ticket_id", flat=True)


def _holds(word: str) -> Q:
    digits = re.sub(r"\D", "", word)
    number = Q(number__contains=digits) if len(digits) == len(word) else Q()
    return Q(subject__icontains=word) | number if number else Q(subject__icontains=word)
