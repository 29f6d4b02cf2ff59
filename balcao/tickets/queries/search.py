"""Tickets by the words written in them, within what the actor may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from balcao.policy.access import Actor, Permission, reach
from balcao.policy.lifecycle import OPEN_STATES
from balcao.search.models import Kind
from balcao.search.normaliser import Asked
from balcao.search.queries import PER_OBJECT, Hits, hits
from balcao.tickets.models import Message, MessageKind, Ticket
from balcao.tickets.queries.access import visible_to

PAGE_SIZE = 20
_OPEN = sorted(state.value for state in OPEN_STATES)


class Among(StrEnum):
    """Which tickets are looked through. Values are part of addresses."""

    ALL = ""
    OPEN = "abertos"
    DONE = "encerrados"


@dataclass(frozen=True, slots=True)
class FoundTicket:
    """A ticket and the newest of its messages that were found. ``place`` orders the list."""

    id: int
    number: str
    subject: str
    state: str
    organisation: str
    assignee: str
    changed_at: datetime
    message_id: int
    author: str
    body: str
    written_at: datetime
    is_note: bool
    place: int


@dataclass(frozen=True, slots=True)
class FoundTickets:
    """One page, newest message first. ``common``: so many texts hold the words that only the newest
    of them were looked through.
    """

    rows: tuple[FoundTicket, ...] = ()
    after: str = ""
    common: bool = False


_COLUMNS = (
    *("ticket_id", "ticket__number", "ticket__subject", "ticket__state"),
    *("ticket__organisation__name", "ticket__assignee__name", "ticket__changed_at"),
    *("pk", "author_name", "body", "created_at", "kind"),
)


def search_tickets(
    actor: Actor,
    asked: Asked,
    *,
    among: Among = Among.ALL,
    mine: bool = False,
    own: bool = False,
    cursor: str = "",
    size: int = PAGE_SIZE,
) -> FoundTickets:
    """The tickets in which the words stand: in a message with the subject and its files' names.

    Notes are looked through where the actor may read them. ``mine``: assigned to the actor;
    ``own``: of the organisations the actor acts for, as the portal shows them. Two
    statements, on PostgreSQL a third one for words so common that the first gave up.
    """
    if not asked:
        return FoundTickets()
    visible = _filtered(visible_to(actor), actor, among=among, mine=mine, own=own)
    noted = reach(actor, Permission.VIEW_NOTES)
    kinds = frozenset(Kind) if noted.everything or noted.queues else frozenset({Kind.MESSAGE})
    # Customers' words are looked up among their own texts; the staff's reach is nearly all.
    owners = frozenset() if actor.is_staff and not own else actor.organisations
    before = int(cursor) if cursor.isdecimal() and len(cursor) < 19 else None
    found = hits(asked, kinds=kinds, owners=owners)
    places, total = _places(found, visible, actor, before=before, size=size + 1)
    if total >= found.most and not found.newest:
        found = hits(asked, kinds=kinds, owners=owners, newest=True)
        places, total = _places(found, visible, actor, before=before, size=size + 1)
    return FoundTickets(
        rows=_rows(places[:size]),
        after=str(places[size - 1]) if len(places) > size else "",
        common=found.newest and total >= found.most,
    )


def _filtered(
    tickets: QuerySet[Ticket], actor: Actor, *, among: Among, mine: bool, own: bool
) -> QuerySet[Ticket]:
    if own:
        tickets = tickets.filter(organisation__in=actor.organisations)
    if mine:
        tickets = tickets.filter(assignee=actor.id)
    if among is Among.OPEN:
        return tickets.filter(state__in=_OPEN)
    return tickets.exclude(state__in=_OPEN) if among is Among.DONE else tickets


def _places(
    found: Hits, visible: QuerySet[Ticket], actor: Actor, *, before: int | None, size: int
) -> tuple[list[int], int]:
    """The newest text of each ticket of a page, and how many texts were found in all."""
    try:
        seen, seen_values = _among_hits(visible)
    except EmptyResultSet:
        return [], 0
    noted, noted_values = _readable_notes(actor)
    once = "MATERIALIZED" if connection.vendor == "postgresql" else ""
    sql = f"""
        WITH hit AS {once} ({found.sql}),
        best AS (SELECT MAX(id) AS place FROM hit
            WHERE parent_id IN ({seen}) AND {noted} GROUP BY parent_id)
        SELECT 0, COUNT(*) FROM hit UNION ALL
        SELECT 1, place FROM (SELECT place FROM best {"WHERE place < %s" if before else ""}
            ORDER BY place DESC LIMIT {size}) page"""  # noqa: S608 - compiled SQL
    values = [*found.values, *seen_values, *noted_values, *([before] if before else [])]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    places = sorted((value for is_place, value in rows if is_place), reverse=True)
    return places, next(value for is_place, value in rows if not is_place)


def _readable_notes(actor: Actor) -> tuple[str, Iterable[Any]]:
    no_note = f"kind <> {int(Kind.NOTE)}"
    try:
        sql, values = _among_hits(visible_to(actor, Permission.VIEW_NOTES))
    except EmptyResultSet:
        return no_note, ()
    return f"({no_note} OR parent_id IN ({sql}))", values


def _among_hits(tickets: QuerySet[Ticket]) -> tuple[str, Iterable[Any]]:
    """The tickets of the hits, as SQL to stand beside the hits."""
    among = tickets.filter(pk__in=RawSQL("SELECT parent_id FROM hit", ())).order_by()
    sql, values = among.values("pk").query.sql_with_params()
    return sql, values


def _rows(places: list[int]) -> tuple[FoundTicket, ...]:
    of_message = {place // PER_OBJECT: place for place in places}
    found = Message.objects.filter(pk__in=of_message).values_list(*_COLUMNS)
    rows = (
        FoundTicket(
            id=ticket_id,
            number=number,
            subject=subject,
            state=state,
            organisation=organisation,
            assignee=assignee or "",
            changed_at=changed_at,
            message_id=pk,
            author=author,
            body=body,
            written_at=written_at,
            is_note=kind == MessageKind.NOTE,
            place=of_message[pk],
        )
        for (
            ticket_id,
            number,
            subject,
            state,
            organisation,
            assignee,
            changed_at,
            pk,
            author,
            body,
            written_at,
            kind,
        ) in found
    )
    return tuple(sorted(rows, key=lambda row: row.place, reverse=True))
