"""Promises: when they fall due, when they are kept, and raising the ones that were not."""

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter

from django.db import transaction
from django.db.models import F

from balcao.events.actions import emit
from balcao.events.changes import insert, store
from balcao.events.statements import Statement
from balcao.policy import routing, sla
from balcao.policy.access import SYSTEM, Actor
from balcao.policy.book import Policy
from balcao.tickets.models import Deadline, DeadlineKind, Ticket
from balcao.tickets.queries import clock_of, promise_for


def promised(ticket: Ticket, *, policy: Policy) -> sla.Due:
    """What is promised to a ticket that is being submitted (S11-S13), and its place by that."""
    clock = sla.TicketClock(ticket.submitted_at, ticket.started_at, ticket.kind)
    due = sla.due_of(clock, sla.promise(policy, policy))
    ticket.answer_due = routing.stands_by(due.start_due)
    return due


def set_deadlines(ticket: Ticket, due: sla.Due) -> None:
    """Both deadlines of a ticket that was just submitted."""
    rows = [Deadline(ticket=ticket, kind=kind) for kind in DeadlineKind]
    for row in rows:
        _place(row, due, now=ticket.submitted_at)
    insert(rows)


def _stand_by(ticket: Ticket, row: Deadline) -> None:
    """The ticket's place in a line by deadlines follows that of the first answer (R24)."""
    at = routing.stands_by(row.due_at)
    if row.kind == DeadlineKind.START and at != ticket.answer_due:
        ticket.answer_due = at
        Ticket.objects.filter(pk=ticket.pk).update(answer_due=at)


def deadlines_by_kind(ticket: Ticket) -> dict[str, Deadline]:
    """Both deadlines of a ticket, to meet or renew."""
    return {row.kind: row for row in _BOTH.objects(ticket.pk)}


_BOTH = Statement(lambda ticket: Deadline.objects.select_for_update().filter(ticket=ticket), int)
_SAVED = ("due_at", "met_at", "breached_at", "warn_at", "warned_at", "paused", "next_at")


def _place(row: Deadline, due: sla.Due, *, now: datetime) -> None:
    """Give the row its moments, and take back what was said of others that lie ahead again.

    Only a moment that moved is said again: a clock that jumps back repeats nothing.
    """
    if row.kind == DeadlineKind.START:
        moment, warn = due.start_due, due.start_warn
    else:
        moment, warn = due.resolution_due, due.resolution_warn
    if row.breached_at and moment != row.due_at and _ahead(moment, row.met_at, now):
        row.breached_at = None
    if row.warned_at and warn != row.warn_at and _ahead(warn, None, now):
        row.warned_at = None
    row.due_at, row.warn_at = moment, warn
    _look_again(row)


def _ahead(moment: datetime | None, met_at: datetime | None, now: datetime) -> bool:
    if moment is None:
        return True
    return met_at <= moment if met_at else now < moment


def _look_again(row: Deadline) -> None:
    row.next_at = sla.next_look(
        row.due_at,
        warn=row.warn_at,
        warned=row.warned_at is not None,
        over=row.met_at is not None or row.paused or row.breached_at is not None,
    )


def renew(row: Deadline, ticket: Ticket, *, left: str, policy: Policy, now: datetime) -> None:
    """Recompute the resolution deadline after the ticket ``left`` a state, if that can move it.

    While the clock stands still the deadline is paused and the ticker leaves it alone; afterwards
    the stopped time is added.
    """
    promise = promise_for(ticket, in_force=policy)
    if not (row.paused or sla.turns(promise, left, ticket.state)):
        return
    before = _as_saved(row)
    row.paused = sla.is_stopped(promise, ticket.state)
    row.met_at = None
    if row.paused:
        _look_again(row)
    else:
        _place(row, sla.due_of(clock_of(ticket), promise), now=now)
    if before != _as_saved(row):
        store(row, _SAVED)


def renew_start(row: Deadline, ticket: Ticket, *, policy: Policy, now: datetime) -> None:
    """Recompute when service is to start: a time was agreed on, changed or called off (R29), or
    what was resolved before anybody served it is open again (R5).
    """
    before = _as_saved(row)
    row.met_at = None
    _place(row, sla.due_of(clock_of(ticket), promise_for(ticket, in_force=policy)), now=now)
    if before != _as_saved(row):
        store(row, _SAVED)
        _stand_by(ticket, row)


_as_saved: Callable[[Deadline], tuple[object, ...]] = attrgetter(*_SAVED)


def meet(row: Deadline, ticket: Ticket, *, policy: Policy, actor: Actor, now: datetime) -> None:
    """The promise was kept at ``now``; late counts as breached even if the ticker was away.

    One that stood still until now was due as much later as it stood still.
    """
    if row.met_at is not None:
        return
    if row.paused:
        row.paused = False
        _place(row, sla.due_of(clock_of(ticket), promise_for(ticket, in_force=policy)), now=now)
    row.met_at = now
    row.next_at = None
    if row.due_at is not None and row.due_at < now and row.breached_at is None:
        row.breached_at = now
        _emit_breach(ticket, row, actor=actor, now=now)
    store(row, _SAVED)


def stop_watching(ticket: Ticket) -> None:
    """The ticket ended without a result: nothing is due any more."""
    Deadline.objects.filter(ticket=ticket, met_at=None).update(next_at=None, paused=False)


def forget_deadlines(ticket: Ticket) -> None:
    """Nothing is promised to a one-off that waits for its problem (R16)."""
    Deadline.objects.filter(ticket=ticket).delete()


def shift(
    row: Deadline, ticket: Ticket, due: sla.Due, *, cause: str, version: int, now: datetime
) -> None:
    """Bring one deadline up to date with policy ``version``, and say so if it moved.

    A promise that is kept already is judged anew too: a suspension entered afterwards excuses.
    """
    before, breached = _as_saved(row), row.breached_at is not None
    old = row.due_at
    _place(row, due, now=now)
    late = row.met_at is not None and row.due_at is not None and row.due_at < row.met_at
    if late and not breached:
        row.breached_at = now
    if before == _as_saved(row):
        return
    store(row, _SAVED)
    _stand_by(ticket, row)
    if old != row.due_at:
        data = {
            "deadline": DeadlineKind(row.kind).value,
            "before": old.isoformat() if old else None,
            "after": row.due_at.isoformat() if row.due_at else None,
            "cause": cause,
            "version": version,
            "lifted": breached and row.breached_at is None,
        }
        emit("ticket.deadline_moved", ticket, actor=SYSTEM, now=now, data=data)
    if row.breached_at is not None and not breached:
        _emit_breach(ticket, row, actor=SYSTEM, now=now)


def raise_deadlines(now: datetime, *, limit: int = 200) -> int:
    """Warn of every deadline whose time runs out and raise those that passed; how many.

    Called by the ticker each second. The conditional UPDATE makes each happen once, whatever the
    number of tickers. One that passed unwarned is only raised.
    """
    rows = list(
        Deadline.objects.filter(next_at__lte=now)
        .order_by("next_at")
        .values_list("pk", flat=True)[:limit]
    )
    return sum(_raise(pk, now) for pk in rows)


@transaction.atomic
def _raise(pk: int, now: datetime) -> int:
    watched = Deadline.objects.filter(pk=pk, next_at__lte=now, met_at=None, breached_at=None)
    passed = watched.filter(due_at__lte=now).update(breached_at=now, next_at=None)
    ahead = watched.filter(warned_at=None, due_at__gt=now)
    changed = passed or ahead.update(warned_at=now, next_at=F("due_at"))
    if changed:
        row = Deadline.objects.select_related("ticket").get(pk=pk)
        if passed:
            _emit_breach(row.ticket, row, actor=SYSTEM, now=now)
        else:
            data = {"deadline": DeadlineKind(row.kind).value}
            emit("ticket.deadline_warned", row.ticket, actor=SYSTEM, now=now, data=data)
    return changed


def _emit_breach(ticket: Ticket, row: Deadline, *, actor: Actor, now: datetime) -> None:
    data = {"deadline": DeadlineKind(row.kind).value}
    emit("ticket.deadline_breached", ticket, actor=actor, now=now, data=data)
