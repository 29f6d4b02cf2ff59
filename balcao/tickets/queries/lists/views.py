"""The desk's views: which tickets each of them holds."""

from datetime import datetime
from enum import StrEnum

from django.db.models import Q, QuerySet

from balcao.events.statements import Slot
from balcao.policy import sla
from balcao.policy.access import Actor
from balcao.policy.lifecycle import OPEN_STATES, State
from balcao.tickets.models import Deadline, Mention, Ticket
from balcao.tickets.queries.access import visible_to

OPEN = sorted(state.value for state in OPEN_STATES)


class View(StrEnum):
    """The desk's views. Values are part of addresses."""

    QUEUE = "fila"
    MINE = "meus"
    UNASSIGNED = "sem-responsavel"
    DUE = "vencem-hoje"
    MENTIONS = "mencoes"
    WAITING = "aguardando-cliente"
    THIRD = "aguardando-terceiros"
    SCHEDULED = "agendados"
    OPEN = "abertos"
    DONE = "resolvidos"


_STATES = {
    View.QUEUE: State.OPEN,
    View.WAITING: State.WAITING_CUSTOMER,
    View.THIRD: State.WAITING_THIRD,
    View.SCHEDULED: State.SCHEDULED,
}


def in_view(actor: Actor, view: View, *, now: datetime, timezone: str) -> QuerySet[Ticket]:
    """The tickets of ``view`` that exist for ``actor``; ``timezone`` says when today ends."""
    return viewed(visible_to(actor), view, person=actor.id, today_ends=sla.day_ends(now, timezone))


def viewed(
    tickets: QuerySet[Ticket],
    view: View,
    *,
    person: "int | Slot | None",
    today_ends: "datetime | Slot",
) -> QuerySet[Ticket]:
    """Those of ``tickets`` that ``view`` holds for this person."""
    if view in _STATES:
        return tickets.filter(state=_STATES[view].value)
    match view:
        case View.MINE:
            return tickets.filter(assignee=person, state__in=OPEN)
        case View.UNASSIGNED:
            return tickets.filter(assignee=None, state__in=OPEN)
        case View.DUE:
            return tickets.filter(state__in=OPEN, pk__in=due_before(today_ends))
        case View.MENTIONS:
            calls = Mention.objects.filter(user=person, seen_at=None)
            return tickets.filter(pk__in=calls.values("ticket"))
        case View.DONE:
            return tickets.exclude(state__in=[*OPEN, State.SOLD.value])
        case _:
            return tickets.filter(state__in=OPEN)


def running() -> Q:
    """Deadlines that still run: neither met nor standing still."""
    return Q(met_at=None, paused=False)


def due_before(moment: "datetime | Slot") -> QuerySet[Deadline, int]:
    """Tickets with ``sla.due_before`` as a filter (a test holds the two together)."""
    rows = Deadline.objects.filter(running(), due_at__lt=moment)
    return rows.values_list("ticket_id", flat=True)
