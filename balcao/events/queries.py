"""Reading the record: what happened, who saw what, and how it is sealed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from balcao.events.models import Access, Batch, Event
from balcao.events.verifying import BROKEN, VERIFIED
from balcao.policy.access import Actor, Duty, may

__all__ = ["Access", "Batch", "Event"]

PAGE_SIZE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are asked for; what is empty asks nothing. ``what``: a verb, or an act.

    ``since`` counts, ``until`` does not.
    """

    what: str = ""
    person: int | None = None
    kind: str = ""
    subject: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of events, newest first; ``after`` leads to older ones."""

    rows: tuple[Event, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class AccessPage:
    """One page of the access log, newest first."""

    rows: tuple[Access, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Seals:
    """How the record stands: the last seal of each log, and the last check of all of it."""

    batches: tuple[Batch, ...]
    unsealed_since: datetime | None
    checked: Event | None


def events_for(actor: Actor, wanted: Wanted, *, cursor: str = "") -> EventPage:
    """Events, newest first, for those who may read them; nothing for others. One statement."""
    if not may(actor, Duty.VIEW_EVENTS):
        return EventPage((), None)
    rows, after = _page(_wanted(Event.objects.all(), wanted, "verb"), cursor)
    return EventPage(tuple(rows), after)


def accesses_for(actor: Actor, wanted: Wanted, *, cursor: str = "") -> AccessPage:
    """Who saw what, newest first, for those who may read it; nothing for others. One statement."""
    if not may(actor, Duty.VIEW_ACCESS_LOG):
        return AccessPage((), None)
    rows, after = _page(_wanted(Access.objects.all(), wanted, "act"), cursor)
    return AccessPage(tuple(rows), after)


def seals_for(actor: Actor) -> Seals:
    """The state of the chains, for those who may read events. Three statements."""
    if not may(actor, Duty.VIEW_EVENTS):
        return Seals((), None, None)
    newest: dict[str, Batch] = {}
    for one in Batch.objects.order_by("-pk").defer("marks")[:50]:
        newest.setdefault(one.log, one)
    waiting = Event.objects.filter(batch=None).order_by("pk").values_list("at", flat=True).first()
    checked = Event.objects.filter(verb__in=(VERIFIED, BROKEN)).order_by("-at", "-pk").first()
    return Seals(tuple(newest[log] for log in sorted(newest)), waiting, checked)


def _wanted(rows: "QuerySet[Any]", wanted: Wanted, what: str) -> "QuerySet[Any]":
    asked = {
        what: wanted.what,
        "actor_id": wanted.person,
        "subject_kind": wanted.kind,
        "subject_id": wanted.subject,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
    }
    for name, value in asked.items():
        if value not in (None, ""):
            rows = rows.filter(Q((name, value)))
    return rows


def _page(rows: "QuerySet[Any]", cursor: str) -> tuple[list[Any], str | None]:
    place = _read_cursor(cursor)
    if place:
        moment, pk = place
        rows = rows.filter(Q(at__lt=moment) | Q(at=moment, pk__lt=pk))
    found = list(rows.order_by("-at", "-pk")[: PAGE_SIZE + 1])
    last = found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    return found[:PAGE_SIZE], _write_cursor(last.at, last.pk) if last else None


def _write_cursor(moment: datetime, pk: int) -> str:
    return f"{(moment - _EPOCH) // timedelta(microseconds=1)}-{pk}"


def _read_cursor(cursor: str) -> tuple[datetime, int] | None:
    """The place a cursor names; one that nobody made starts at the beginning."""
    parts = cursor.split("-")
    if len(parts) != 2 or not all(part.isdecimal() and len(part) < 18 for part in parts):
        return None
    try:
        return _EPOCH + timedelta(microseconds=int(parts[0])), int(parts[1])
    except OverflowError:
        return None
