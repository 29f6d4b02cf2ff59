"""Exceptions by two people (R14): asking, answering, taking back, and letting them run out."""

from datetime import datetime

from django.db import transaction

from balcao.entitlements.models import Service
from balcao.events.actions import emit
from balcao.people.models import Organisation
from balcao.policy.access import SYSTEM, Actor
from balcao.policy.gate import Door
from balcao.policy.override import (
    EXTENDS,
    OverrideState,
    Wanted,
    answer_by,
    faults,
    may_answer,
    may_ask,
    may_end,
)
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions import oneoffs
from balcao.tickets.actions.refusal import Conflict, NotAllowed, require
from balcao.tickets.models import Override
from balcao.tickets.queries import visible_to
from balcao.tickets.queries.evidence import of_override

_OPEN = (OverrideState.ASKED.value, OverrideState.APPROVED.value)


class Unfit(Exception):
    """The question cannot be asked like this; ``faults`` are codes of policy.override.faults."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


@transaction.atomic
def ask_override(
    *,
    actor: Actor,
    now: datetime,
    organisation_id: int,
    wanted: Wanted,
    key: str,
    ticket_id: int | None = None,
    door: Door | None = None,
    service: str | None = None,
) -> Override:
    """Ask for an exception for an organisation, or for one ticket of it.

    It lifts nothing until somebody else approves it. Idempotent by ``key``. Raises NotAllowed for
    somebody who may not ask or names what they do not see, Unfit for a question without a rule, a
    reason or a fitting end.
    """
    rules = rulebook.current().override
    require(may_ask(actor, rules))
    assert actor.id is not None
    if asked := Override.objects.filter(asked_by=actor.id, key=key).first():
        return asked
    require(Organisation.objects.filter(pk=organisation_id).exists())
    if ticket_id is not None:
        tickets = visible_to(actor).filter(organisation=organisation_id)
        require(tickets.filter(pk=ticket_id).exists())
    if found := faults(wanted, rules=rules, now=now):
        raise Unfit(found)
    if EXTENDS in wanted.rules and not oneoffs.can_be_extended(ticket_id):
        raise Unfit(("not_liftable",))
    row = Override.objects.create(
        organisation_id=organisation_id,
        ticket_id=ticket_id,
        door=door.value if door else "",
        service=_service(service) if service else None,
        rules=list(wanted.rules),
        reason=wanted.reason.strip(),
        begins=wanted.begins,
        ends=wanted.ends,
        state=OverrideState.ASKED.value,
        asked_by_id=actor.id,
        asked_at=now,
        next_at=answer_by(now, wanted.ends, rules=rules),
        key=key,
    )
    about = {**_about(row), **of_override(row)}
    emit("override.asked", row, actor=actor, now=now, data=about)
    return row


def _service(slug: str) -> Service:
    found = Service.objects.filter(slug=slug).first()
    if found is None:
        raise NotAllowed
    return found


@transaction.atomic
def answer_override(
    *, actor: Actor, now: datetime, override_id: int, approve: bool, note: str = ""
) -> Override:
    """The second person says yes or no.

    One conditional UPDATE: of two who answer at once one does, and nobody answers too late. Raises
    NotAllowed for whoever asked or may not approve, Conflict("state_changed") otherwise.
    """
    row = Override.objects.get(pk=override_id)
    require(may_answer(actor, row.asked_by_id))
    state = OverrideState.APPROVED if approve else OverrideState.REJECTED
    changed = Override.objects.filter(
        pk=override_id, state=OverrideState.ASKED.value, next_at__gt=now
    ).update(
        state=state.value,
        decided_by=actor.id,
        decided_at=now,
        note=note.strip(),
        next_at=row.ends if approve else None,
    )
    if not changed:
        raise Conflict("state_changed")
    row.refresh_from_db()
    if approve and EXTENDS in row.rules and row.ticket_id is not None:
        oneoffs.extend_oneoff(row.ticket_id, until=row.ends, actor=actor, now=now)
    verb = "override.approved" if approve else "override.rejected"
    about = {**_about(row), **of_override(row, answered=True)}
    emit(verb, row, actor=actor, now=now, data=about)
    return row


@transaction.atomic
def end_override(*, actor: Actor, now: datetime, override_id: int) -> Override:
    """Take back what was asked or approved; it lifts nothing from now on.

    Raises NotAllowed, or Conflict("state_changed") when it was over already.
    """
    row = Override.objects.get(pk=override_id)
    require(may_end(actor, row.asked_by_id))
    changed = Override.objects.filter(pk=override_id, state__in=_OPEN).update(
        state=OverrideState.ENDED.value, ended_by=actor.id, ended_at=now, next_at=None
    )
    if not changed:
        raise Conflict("state_changed")
    row.refresh_from_db()
    emit("override.ended", row, actor=actor, now=now, data=_about(row))
    return row


def run_overrides(now: datetime, *, limit: int = 200) -> int:
    """End what nobody answered in time and what is over; how many. Called by the ticker."""
    rows = list(
        Override.objects.filter(next_at__lte=now)
        .order_by("next_at")
        .values_list("pk", flat=True)[:limit]
    )
    return sum(_run_out(pk, now) for pk in rows)


@transaction.atomic
def _run_out(override_id: int, now: datetime) -> int:
    """The conditional UPDATE makes it happen once, whatever the number of tickers."""
    due = Override.objects.filter(pk=override_id, next_at__lte=now)
    over = {"ended_at": now, "next_at": None}
    if due.filter(state=OverrideState.ASKED.value).update(
        state=OverrideState.EXPIRED.value, **over
    ):
        row = Override.objects.get(pk=override_id)
        emit("override.expired", row, actor=SYSTEM, now=now, data=_about(row))
        return 1
    if due.filter(state=OverrideState.APPROVED.value).update(
        state=OverrideState.ENDED.value, **over
    ):
        row = Override.objects.get(pk=override_id)
        emit("override.ended", row, actor=SYSTEM, now=now, data=_about(row))
        return 1
    return 0


def _about(row: Override) -> dict[str, object]:
    """What every event about an exception says."""
    return {
        "organisation": row.organisation_id,
        "ticket": row.ticket_id,
        "rules": list(row.rules),
        "ends": row.ends.isoformat(),
    }
