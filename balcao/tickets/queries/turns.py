"""What was passed over, and what was assigned out of turn: for who keeps an eye on the line."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from balcao.events.models import Event
from balcao.people.models import User
from balcao.policy.access import Actor, Duty, may
from balcao.tickets.models import Skip, Ticket

LIST_SIZE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TurnRow:
    """One departure from the line (S30): ``by`` somebody, when the ticket stood at ``place``.

    ``reason`` of a skip, ``to`` of an assignment; the other is empty.
    """

    at: datetime
    number: str
    subject: str
    by: str
    place: int
    reason: str = ""
    to: str = ""


def skips_for(actor: Actor, *, cursor: str = "") -> tuple[tuple[TurnRow, ...], str]:
    """One page of skips, newest first, and the cursor of the next, or nothing. One statement."""
    if not may(actor, Duty.VIEW_SKIPS):
        return (), ""
    found, more = _page(Skip.objects.select_related("ticket", "agent"), cursor)
    rows = [
        TurnRow(
            row.at, row.ticket.number, row.ticket.subject, row.agent.name, row.place, row.reason
        )
        for row in found
    ]
    return tuple(rows), more


def out_of_turn_for(actor: Actor, *, cursor: str = "") -> tuple[tuple[TurnRow, ...], str]:
    """One page of assignments of a ticket that was not the first of its queue. Three statements."""
    if not may(actor, Duty.VIEW_SKIPS):
        return (), ""
    events = Event.objects.filter(verb="ticket.assigned", data__place__gt=1)
    found, more = _page(events, cursor)
    people = {row.actor_id for row in found} | {row.data["to"] for row in found}
    names = dict(User.objects.filter(pk__in=people - {None}).values_list("pk", "name"))
    tickets = {
        pk: (number, subject)
        for pk, number, subject in Ticket.objects.filter(
            pk__in=[row.subject_id for row in found]
        ).values_list("pk", "number", "subject")
    }
    rows = [
        TurnRow(
            row.at,
            *tickets[row.subject_id],
            by=names.get(row.actor_id, ""),
            place=row.data["place"],
            to=names.get(row.data["to"], ""),
        )
        for row in found
    ]
    return tuple(rows), more


def _page(rows: "QuerySet[Any]", cursor: str) -> tuple[list[Any], str]:
    parts = cursor.split("-")
    if len(parts) == 2 and all(one.isdecimal() and len(one) < 17 for one in parts):
        moment = _EPOCH + timedelta(microseconds=int(parts[0]))
        rows = rows.filter(Q(at__lt=moment) | Q(at=moment, pk__lt=int(parts[1])))
    found = list(rows.order_by("-at", "-pk")[: LIST_SIZE + 1])
    if len(found) <= LIST_SIZE:
        return found, ""
    last = found[LIST_SIZE - 1]
    return found[:LIST_SIZE], f"{(last.at - _EPOCH) // timedelta(microseconds=1)}-{last.pk}"
