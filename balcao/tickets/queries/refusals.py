"""Refusals counted and listed: by rule, door and organisation, with the people behind them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from balcao.people.models import Organisation, User
from balcao.policy.access import Actor, Duty, may
from balcao.tickets.models import How, Objection
from balcao.tickets.queries.access import NotFound

PERIODS = (7, 30, 90)
USUAL = 30
LIST_SIZE = 50
_TOP = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

REFUSED = (How.REFUSED.value,)
NOTED = (How.WARNED.value, How.OBSERVED.value)


@dataclass(frozen=True, slots=True)
class RefusalFilter:
    """What is looked at. ``days`` back from now; ``how``: refused, or noted only; empty: all."""

    days: int = USUAL
    how: tuple[str, ...] = REFUSED
    rule: str = ""
    door: str = ""
    organisation: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """The gate's answer as its record keeps it, ready for words.refusal."""

    verdict: str
    reason: str | None
    next_step: str
    since: date | None
    back_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """One refusal, or one thing that would have been refused. ``waits``: a draft keeps the text.

    ``rules``: all that the record names. ``person``: empty for somebody unknown.
    """

    id: int
    at: datetime
    how: str
    rule: str
    rules: tuple[str, ...]
    reason: str
    act: str
    door: str
    service: str
    organisation_id: int | None
    organisation: str
    person: str
    ticket: str
    waits: bool
    told: Told


@dataclass(frozen=True, slots=True)
class RefusalCounts:
    """How often, most first: (code, count), and (id, name, count) of the organisations."""

    by_rule: tuple[tuple[str, int], ...]
    by_door: tuple[tuple[str, int], ...]
    by_organisation: tuple[tuple[int, str, int], ...]


def _looked_at(actor: Actor, only: RefusalFilter, now: datetime) -> QuerySet[Objection]:
    if not may(actor, Duty.VIEW_REFUSALS):
        return Objection.objects.none()
    return Objection.objects.filter(how__in=only.how, at__gte=now - timedelta(days=only.days))


def refused_since(actor: Actor, moment: datetime) -> QuerySet[Objection]:
    """What was refused since ``moment``, for those who may see refusals."""
    if not may(actor, Duty.VIEW_REFUSALS):
        return Objection.objects.none()
    return Objection.objects.filter(how=How.REFUSED.value, at__gte=moment)


def _narrowed(
    rows: QuerySet[Objection], only: RefusalFilter, *, without: str = ""
) -> QuerySet[Objection]:
    if only.rule and without != "rule":
        rows = rows.filter(rule=only.rule)
    if only.door and without != "door":
        rows = rows.filter(door=only.door)
    if only.organisation is not None and without != "organisation":
        rows = rows.filter(organisation=only.organisation)
    return rows


def refusal_counts(actor: Actor, *, only: RefusalFilter, now: datetime) -> RefusalCounts:
    """By rule, door and organisation, each within the other filters. Two statements."""
    rows = _looked_at(actor, only, now)
    parts = [
        _narrowed(rows, only, without=field)
        .order_by()
        .annotate(part=Value(field), code=F(field))
        .values_list("part", "code")
        .annotate(found=Count("pk"))
        for field in ("rule", "door")
    ]
    found: list[tuple[Any, ...]] = list(parts[0].union(parts[1], all=True))
    counts = {
        field: tuple(
            sorted(
                ((code, count) for part, code, count in found if part == field),
                key=lambda pair: (-pair[1], pair[0]),
            )
        )
        for field in ("rule", "door")
    }
    organisations = (
        _narrowed(rows, only, without="organisation")
        .filter(organisation__isnull=False)
        .order_by()
        .values_list("organisation_id", "organisation__name")
        .annotate(found=Count("pk"))
        .order_by("-found", "organisation__name")[:_TOP]
    )
    return RefusalCounts(counts["rule"], counts["door"], tuple(organisations))


def refusal_list(
    actor: Actor, *, only: RefusalFilter, now: datetime, cursor: str = ""
) -> tuple[tuple[RefusalRow, ...], str]:
    """One page, newest first, and the cursor of the next, or nothing. One statement."""
    rows = _narrowed(_looked_at(actor, only, now), only)
    if key := _read_cursor(cursor):
        moment, pk = key
        rows = rows.filter(Q(at__lt=moment) | Q(at=moment, pk__lt=pk))
    found = [_row(one) for one in _read(rows).order_by("-at", "-pk")[: LIST_SIZE + 1]]
    more = _write_cursor(found[LIST_SIZE - 1]) if len(found) > LIST_SIZE else ""
    return tuple(found[:LIST_SIZE]), more


def _write_cursor(row: RefusalRow) -> str:
    return f"{(row.at - _EPOCH) // timedelta(microseconds=1)}-{row.id}"


def _read_cursor(cursor: str) -> tuple[datetime, int] | None:
    """The place a cursor names; one that nobody made starts at the beginning."""
    parts = cursor.split("-")
    if len(parts) != 2 or not all(part.isdecimal() and len(part) < 18 for part in parts):
        return None
    try:
        return _EPOCH + timedelta(microseconds=int(parts[0])), int(parts[1])
    except OverflowError:
        return None


def refusal_for(actor: Actor, refusal_id: int) -> RefusalRow:
    """One of them. Raises NotFound when it does not exist for the actor."""
    rows = Objection.objects.filter(pk=refusal_id)
    row = _read(rows).first() if may(actor, Duty.VIEW_REFUSALS) else None
    if row is None:
        raise NotFound
    return _row(row)


def organisation_name(actor: Actor, organisation_id: int) -> str:
    """The name of an organisation that staff look at. Raises NotFound."""
    row = Organisation.objects.filter(pk=organisation_id).first() if actor.is_staff else None
    if row is None:
        raise NotFound
    return row.name


def _read(rows: QuerySet[Objection]) -> QuerySet[Objection]:
    who = User.objects.filter(pk=OuterRef("decision__actor_id")).values("name")[:1]
    return rows.select_related("decision__ticket", "organisation").annotate(
        person=Coalesce(Subquery(who), Value("")), thrown_away=F("draft__discarded_at")
    )


def _row(row: Objection) -> RefusalRow:
    decision = row.decision
    return RefusalRow(
        id=row.pk,
        at=row.at,
        how=row.how,
        rule=row.rule,
        rules=tuple(decision.rules) if row.how == How.REFUSED else (row.rule,),
        reason=row.reason,
        act=decision.act,
        door=row.door,
        service=decision.facts.get("request", {}).get("service") or "",
        organisation_id=row.organisation_id,
        organisation=row.organisation.name if row.organisation else "",
        person=getattr(row, "person", ""),
        ticket=decision.ticket.number if decision.ticket else "",
        waits=row.draft_id is not None and getattr(row, "thrown_away", None) is None,
        told=_told(row),
    )


def _told(row: Objection) -> Told:
    """What was said, or, of one that was only noted, what would have been."""
    outcome = row.decision.outcome
    noted = [*outcome.get("warnings", ()), *outcome.get("observed", ())]
    said = outcome
    if row.how != How.REFUSED:
        said = next((one for one in noted if one["rule"] == row.rule), {})
    since, back_at = said.get("since"), said.get("back_at")
    return Told(
        verdict="refuse",
        reason=row.reason,
        next_step=said.get("next_step") or "none",
        since=date.fromisoformat(since) if since else None,
        back_at=datetime.fromisoformat(back_at) if back_at else None,
        at=row.at,
    )
