"""Exceptions: the ones the gate looks at, and the lists of who keeps an eye on them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Count, QuerySet, TextField
from django.db.models.functions import Cast

from balcao.events.statements import Statement
from balcao.policy.access import Actor, Duty, may
from balcao.policy.gate import Act, Door, OverrideFacts, lifted_until
from balcao.policy.override import OverrideState, may_answer, may_end
from balcao.tickets.models import Objection, Override, Ticket
from balcao.tickets.queries.access import NotFound

LIST_SIZE = 50


class OverrideView(StrEnum):
    """The three lists of exceptions. Values are part of addresses."""

    ASKED = "pedidas"
    IN_FORCE = "em-vigor"
    OVER = "encerradas"


_STATES = {
    OverrideView.ASKED: (OverrideState.ASKED.value,),
    OverrideView.IN_FORCE: (OverrideState.APPROVED.value,),
    OverrideView.OVER: (
        OverrideState.REJECTED.value,
        OverrideState.EXPIRED.value,
        OverrideState.ENDED.value,
    ),
}


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """One exception as a page shows it. ``uses``: decisions that it allowed."""

    id: int
    state: str
    organisation_id: int
    organisation: str
    ticket: str
    door: str
    service: str
    rules: tuple[str, ...]
    reason: str
    begins: datetime
    ends: datetime
    asked_by: str
    asked_by_id: int
    asked_at: datetime
    answer_by: datetime | None
    decided_by: str
    decided_by_id: int | None
    decided_at: datetime | None
    note: str
    ended_by: str
    ended_at: datetime | None
    uses: int
    may_answer: bool
    may_end: bool

    @property
    def approved(self) -> bool:
        """The second person said yes, whatever came later."""
        return self.decided_by_id is not None and self.state != OverrideState.REJECTED.value


@dataclass(frozen=True, slots=True)
class OverrideFilter:
    """What a list is narrowed to; empty: nothing."""

    organisation: int | None = None
    rule: str = ""
    person: int | None = None


def overrides_of(organisation_id: int | None) -> tuple[OverrideFacts, ...]:
    """The organisation's approved exceptions, as the gate judges them. One statement."""
    if organisation_id is None:
        return ()
    return tuple(
        OverrideFacts(
            id=pk,
            rules=tuple(rules),
            organisation=organisation_id,
            begins=begins,
            ends=ends,
            ticket=ticket,
            door=Door(door) if door else None,
            service=service,
        )
        for pk, rules, begins, ends, ticket, door, service in _APPROVED.rows(organisation_id)
    )


_APPROVED = Statement(
    lambda organisation: (
        Override.objects.filter(organisation=organisation, state=OverrideState.APPROVED.value)
        .order_by("pk")
        .values_list("pk", "rules", "begins", "ends", "ticket_id", "door", "service__slug")
    ),
    int,
)


def excepted_until(ticket: Ticket, *, now: datetime) -> datetime | None:
    """Until when an exception lets in what the ticket asks for, although nothing covers it; None:
    none does now (R14). One statement.
    """
    rows = overrides_of(ticket.organisation_id)
    return lifted_until(rows, "S5", door=Door(ticket.door), now=now)


def came_by_exception(ticket: Ticket) -> bool:
    """Whether an exception let the ticket in, and no licence (R14). One statement."""
    lifted = Objection.objects.filter(decision__ticket=ticket, override__isnull=False)
    return lifted.filter(decision__act=Act.OPEN.value, rule="S5").exists()


def _seen_by(actor: Actor) -> QuerySet[Override]:
    """All of them for who keeps an eye on them; otherwise those that one asked for."""
    if may(actor, Duty.VIEW_EXCEPTIONS) or may(actor, Duty.APPROVE_OVERRIDE):
        return Override.objects.all()
    return Override.objects.filter(asked_by=actor.id)


def overrides_to_answer(actor: Actor) -> QuerySet[Override]:
    """Those for which ``may_answer`` says yes, while they wait (a test holds the two together)."""
    asked = Override.objects.filter(state=OverrideState.ASKED.value)
    return asked.exclude(asked_by=actor.id) if may(actor, Duty.APPROVE_OVERRIDE) else asked.none()


def override_list(
    actor: Actor, view: OverrideView, *, only: OverrideFilter, cursor: int | None = None
) -> tuple[tuple[OverrideRow, ...], int | None]:
    """One page, newest first, and the cursor of the next. One statement."""
    found = _seen_by(actor).filter(state__in=_STATES[view])
    if only.organisation is not None:
        found = found.filter(organisation=only.organisation)
    if only.person is not None:
        found = found.filter(asked_by=only.person) | found.filter(decided_by=only.person)
    if only.rule:
        found = found.annotate(words=Cast("rules", TextField())).filter(
            words__contains=f'"{only.rule}"'
        )
    if cursor is not None:
        found = found.filter(pk__lt=cursor)
    rows = [_row(one, actor) for one in _read(found).order_by("-pk")[: LIST_SIZE + 1]]
    more = rows[LIST_SIZE - 1].id if len(rows) > LIST_SIZE else None
    return tuple(rows[:LIST_SIZE]), more


def override_for(actor: Actor, override_id: int) -> OverrideRow:
    """One exception. Raises NotFound when it does not exist for the actor."""
    row = _read(_seen_by(actor).filter(pk=override_id)).first()
    if row is None:
        raise NotFound
    return _row(row, actor)


def override_counts(actor: Actor) -> dict[OverrideView, int]:
    """How many stand in each list. One statement."""
    states = dict(_seen_by(actor).order_by().values_list("state").annotate(found=Count("pk")))
    return {view: sum(states.get(state, 0) for state in _STATES[view]) for view in OverrideView}


def _read(rows: QuerySet[Override]) -> QuerySet[Override]:
    return rows.select_related(
        "organisation", "ticket", "service", "asked_by", "decided_by", "ended_by"
    ).annotate(used=Count("uses__decision", distinct=True))


def _row(row: Override, actor: Actor) -> OverrideRow:
    used: int = getattr(row, "used", 0)
    asked = row.state == OverrideState.ASKED.value
    return OverrideRow(
        id=row.pk,
        state=row.state,
        organisation_id=row.organisation_id,
        organisation=row.organisation.name,
        ticket=row.ticket.number if row.ticket else "",
        door=row.door,
        service=row.service.name if row.service else "",
        rules=tuple(row.rules),
        reason=row.reason,
        begins=row.begins,
        ends=row.ends,
        asked_by=row.asked_by.name,
        asked_by_id=row.asked_by_id,
        asked_at=row.asked_at,
        answer_by=row.next_at if asked else None,
        decided_by=row.decided_by.name if row.decided_by else "",
        decided_by_id=row.decided_by_id,
        decided_at=row.decided_at,
        note=row.note,
        ended_by=row.ended_by.name if row.ended_by else "",
        ended_at=row.ended_at,
        uses=used,
        may_answer=asked and may_answer(actor, row.asked_by_id),
        may_end=row.state in _LIVE and may_end(actor, row.asked_by_id),
    )


_LIVE = (OverrideState.ASKED.value, OverrideState.APPROVED.value)
