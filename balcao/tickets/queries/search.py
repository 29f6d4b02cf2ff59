"""Tickets by the words written in them, within what the actor may see."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from balcao.policy.access import Actor, Permission, reach
from balcao.policy.lifecycle import OPEN_STATES
from balcao.search.models import Kind
from balcao.search.normaliser import Asked
from balcao.search.queries import PER_OBJECT, Hits, Look, hits, looks
from balcao.tickets.models import (
    END_OF_NUMBER,
    MIDDLES,
    Message,
    MessageKind,
    Ticket,
    number_end,
    number_from,
)
from balcao.tickets.queries.access import visible_to

PAGE_SIZE = 20
MOST = 5
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


@dataclass(frozen=True, slots=True)
class NumberedTicket:
    """A ticket by its number."""

    number: str
    subject: str
    state: str
    organisation: str


def ticket_by_number(actor: Actor, number: str, *, own: bool = False) -> NumberedTicket | None:
    """The ticket with this number, as stored; None when it does not exist for the actor.

    ``own``: as in ``search_tickets``.
    """
    row = (
        _filtered(visible_to(actor), actor, own=own)
        .filter(number=number)
        .values_list("number", "subject", "state", "organisation__name")
        .first()
    )
    return NumberedTicket(*row) if row else None


def tickets_by_part(actor: Actor, part: str) -> tuple[NumberedTicket, ...]:
    """The tickets in whose number these six digits or more stand, the newest first, and one more
    than MOST when there are more. One statement; by index, however many tickets there are.
    """
    if len(part) < END_OF_NUMBER:
        return ()
    begins = Q(number__gte=part.ljust(10, "0"), number__lte=part.ljust(10, "9"))
    ends = Q(number_end=part[-END_OF_NUMBER:], number__endswith=part)
    within = [Q((f"number_{n}", part[:END_OF_NUMBER]), number__contains=part) for n in MIDDLES]
    windows = {f"number_{n}": number_from(n) for n in MIDDLES}
    numbered = Ticket.objects.annotate(number_end=number_end(), **windows)
    found = numbered.filter(reduce(or_, within, begins | ends))
    rows = visible_to(actor).filter(pk__in=found.values("pk")).order_by("-pk")
    shown = rows.values_list("number", "subject", "state", "organisation__name")
    return tuple(NumberedTicket(*row) for row in shown[: MOST + 1])


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
    ``own``: of the organisations the actor acts for, without notes, as the portal shows them. One
    statement, on PostgreSQL a second one for words so common that the first gave up.
    """
    if not asked:
        return FoundTickets()
    seen = _seen(actor, among, mine=mine, own=own)
    noted = reach(actor, Permission.VIEW_NOTES)
    reads_notes = not own and bool(noted.everything or noted.queues)
    kinds = frozenset(Kind) if reads_notes else frozenset({Kind.MESSAGE})
    # Customers' words are looked up among their own texts; the staff's reach is nearly all.
    owners = frozenset() if actor.is_staff and not own else actor.organisations
    before = int(cursor) if cursor.isdecimal() and len(cursor) < 19 else None
    look, *others = looks()
    newest = before or _memory.newest

    def read(how: Look) -> _Found:
        texts = hits(asked, how, kinds=kinds, owners=owners, newest=newest)
        return _read(texts, seen, _readable_notes(actor), before=before, size=size + 1)

    found = read(look)
    if found.capped and Look.NEWEST in others:
        found = read(Look.NEWEST)
    elif len(found.rows) <= size and found.oldest:
        older = read(Look.ALL)
        # Many old texts in no order would leave out the new ones that were found.
        found = replace(found, capped=True) if older.capped else older
    rows = found.rows
    return FoundTickets(
        rows=tuple(rows[:size]),
        after=str(rows[size - 1].place) if len(rows) > size else "",
        common=found.capped,
    )


class _Memory:
    """The highest id of a text that a search of this process saw. An old one only makes the next
    look longer.
    """

    newest = 0


_memory = _Memory()


@dataclass(frozen=True, slots=True)
class _Found:
    """What one look found. ``capped``: there are more texts than it could take."""

    rows: list[FoundTicket]
    capped: bool
    oldest: int


def _filtered(
    tickets: QuerySet[Ticket],
    actor: Actor,
    *,
    among: Among = Among.ALL,
    mine: bool = False,
    own: bool = False,
) -> QuerySet[Ticket]:
    if own:
        tickets = tickets.filter(organisation__in=actor.organisations)
    if mine:
        tickets = tickets.filter(assignee=actor.id)
    if among is Among.OPEN:
        return tickets.filter(state__in=_OPEN)
    return tickets.exclude(state__in=_OPEN) if among is Among.DONE else tickets


_Sql = tuple[str, tuple[Any, ...]]


def _read(
    found: Hits, visible: _Sql | None, notes: _Sql, *, before: int | None, size: int
) -> _Found:
    """A page's tickets by the newest text of each. Without any, one row holds the count alone.

    With more texts than the look could take no ticket is read: it is of no use.
    """
    if visible is None:
        return _Found([], capped=False, oldest=0)
    (seen, seen_values), (noted, noted_values) = visible, notes
    enough = f"(SELECT COUNT(*) FROM hit) < {found.most} AND" if found.unordered else ""  # noqa: S608
    once = "MATERIALIZED" if connection.vendor == "postgresql" else ""
    sql = f"""
        WITH hit AS {once} ({found.sql}),
        best AS (SELECT parent_id, MAX(id) AS place FROM hit
            WHERE {enough} {noted} GROUP BY parent_id),
        page AS (SELECT place FROM best WHERE {"place < %s AND" if before else ""}
            parent_id IN ({seen}) ORDER BY place DESC LIMIT {size})
        SELECT total.texts, total.newest,
            m.ticket_id, t.number, t.subject, t.state, o.name, COALESCE(a.name, ''),
            m.id, m.author_name, m.body, m.created_at, m.kind, page.place
        FROM (SELECT COUNT(*) AS texts, (SELECT MAX(id) FROM search_searchdoc) AS newest
            FROM hit) total
        LEFT JOIN page ON TRUE
        LEFT JOIN tickets_message m ON m.id = page.place / {PER_OBJECT}
        LEFT JOIN tickets_ticket t ON t.id = m.ticket_id
        LEFT JOIN people_organisation o ON o.id = t.organisation_id
        LEFT JOIN people_user a ON a.id = t.assignee_id
        ORDER BY page.place DESC"""  # noqa: S608 - compiled SQL
    values = [*found.values, *noted_values, *([before] if before else []), *seen_values]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    texts, newest = rows[0][:2]
    _memory.newest = max(_memory.newest, newest or 0)
    return _Found(
        [_row(row[2:]) for row in rows if row[-1] is not None],
        capped=texts >= found.most,
        oldest=found.oldest,
    )


@lru_cache(maxsize=256)
def _seen(actor: Actor, among: Among, *, mine: bool, own: bool) -> _Sql | None:
    """The tickets of the hits that are shown; None for nobody's. It follows from the actor alone,
    and people search more than once.
    """
    return _among_hits(_filtered(visible_to(actor), actor, among=among, mine=mine, own=own))


@lru_cache(maxsize=256)
def _readable_notes(actor: Actor) -> _Sql:
    """That a hit is no note, or one that the actor may read."""
    if reach(actor, Permission.VIEW_NOTES) == reach(actor, Permission.VIEW):
        return "TRUE", ()  # whoever sees a ticket reads its notes: nothing more to be looked up
    no_note = f"kind <> {int(Kind.NOTE)}"
    found = _among_hits(visible_to(actor, Permission.VIEW_NOTES))
    return (f"({no_note} OR parent_id IN ({found[0]}))", found[1]) if found else (no_note, ())


def _among_hits(tickets: QuerySet[Ticket]) -> _Sql | None:
    """The tickets of the hits, as SQL to stand beside the hits; None where there can be none."""
    among = tickets.filter(pk__in=RawSQL("SELECT parent_id FROM hit", ())).order_by()
    try:
        sql, values = among.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, tuple(values)


def _row(values: tuple[Any, ...]) -> FoundTicket:
    """A row of the statement above, whose columns stand in the order of the fields."""
    at, kind, place = values[-3:]
    return FoundTicket(*(*values[:-3], _moment(at), kind == MessageKind.NOTE, place))


def _moment(value: Any) -> datetime:
    """A moment as this engine keeps it."""
    column = Message._meta.get_field("created_at").get_col(Message._meta.db_table)
    for convert in connection.ops.get_db_converters(column):
        value = convert(value, column, connection)
    moment: datetime = value
    return moment
