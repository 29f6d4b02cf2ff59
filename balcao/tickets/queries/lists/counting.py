"""How many each view holds, all in one statement."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from balcao.events.statements import AtLeast, Counted, Counts, Slot, among, count_each
from balcao.policy import sla
from balcao.policy.access import Actor
from balcao.tickets.models import StaffDraft, Ticket
from balcao.tickets.queries.access import in_queues_alone, visible_to
from balcao.tickets.queries.lists.views import OPEN, View, due_before, in_view, viewed

COUNT_CAP = 100
# By this name ``counts_for`` tells of the reader's replies that were stopped on their way.
STOPPED = "stopped"
_FIRST_DUE = 5 * COUNT_CAP
_VIEWS = tuple(view for view in View if view is not View.DONE)


def counts_for(
    actor: Actor,
    *,
    now: datetime,
    timezone: str,
    more: "Mapping[str, QuerySet[Any]] | None" = None,
) -> dict[str, int]:
    """How many tickets each open view holds, and how many replies of the reader's wait STOPPED,
    counted to COUNT_CAP at most. One statement.

    ``more``: other rows to be counted in it, by a name of the caller's.
    """
    queues = in_queues_alone(actor)
    if not more and queues:
        # An agent's, which stand on every page of theirs.
        found = _OF_QUEUES.rows(actor.id, sla.day_ends(now, timezone), queues)
        return dict(zip((*_VIEWS, STOPPED), found[0], strict=True))
    asked: dict[str, QuerySet[Any]] = {
        view: in_view(actor, view, now=now, timezone=timezone) for view in _VIEWS
    }
    asked |= {STOPPED: stopped_of(actor.id, visible_to(actor)), **(more or {})}
    capped = (rows.order_by().values("pk")[:COUNT_CAP] for rows in asked.values())
    return dict(zip(asked, count_each(capped), strict=True))


def _of_queues(person: Slot, today_ends: Slot, queues: list[Slot]) -> list[Counted]:
    tickets = Ticket.objects.filter(among("queue", queues))

    def capped(rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.values("pk")[:COUNT_CAP]

    asked: list[Counted] = []
    for view in _VIEWS:
        every = capped(viewed(tickets, view, person=person, today_ends=today_ends))
        if view is View.DUE:
            # Where much is late, what was due first is enough to say so.
            first = due_before(today_ends).order_by("due_at")[:_FIRST_DUE]
            few = capped(tickets.filter(state__in=OPEN, pk__in=first))
            asked.append(AtLeast(few, every, COUNT_CAP))
        else:
            asked.append(every)
    return [*asked, capped(stopped_of(person, tickets))]


_OF_QUEUES = Counts(_of_queues, int, datetime, int)


def stopped_of(person: "int | Slot | None", tickets: "QuerySet[Ticket]") -> "QuerySet[StaffDraft]":
    """Replies of this person's on these tickets that did not leave, and wait to be looked at."""
    return StaffDraft.objects.filter(author=person, ticket__in=tickets.values("pk")).exclude(
        stopped__in=("", "discarded")
    )
