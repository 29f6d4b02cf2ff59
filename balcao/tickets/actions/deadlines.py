"""Promises: when they fall due, when they are kept, and raising the ones that were not."""

from datetime import datetime

from django.db import transaction

from balcao.events.actions import emit
from balcao.policy import sla
from balcao.policy.access import SYSTEM, Actor
from balcao.policy.book import Policy
from balcao.tickets.models import Deadline, DeadlineKind, Ticket
from balcao.tickets.queries import clock_of, promise_for


def set_deadlines(ticket: Ticket, *, policy: Policy) -> None:
    """Both deadlines of a ticket that was just submitted (S11-S13)."""
    clock = sla.TicketClock(ticket.submitted_at, ticket.started_at, ticket.kind)
    due = sla.due_of(clock, sla.promise(policy, policy))
    Deadline.objects.bulk_create(
        [
            Deadline(ticket=ticket, kind=kind, due_at=moment, next_at=moment)
            for kind, moment in (
                (DeadlineKind.START, due.start_due),
                (DeadlineKind.RESOLUTION, due.resolution_due),
            )
        ]
    )


def deadlines_by_kind(ticket: Ticket) -> dict[str, Deadline]:
    """Both deadlines of a ticket, to meet or renew."""
    return {row.kind: row for row in Deadline.objects.select_for_update().filter(ticket=ticket)}


def renew(row: Deadline, ticket: Ticket, *, policy: Policy, now: datetime) -> None:
    """Recompute the resolution deadline after the ticket's state changed.

    While the clock stands still the deadline is paused and the ticker leaves it alone; afterwards
    the stopped time is added.
    """
    before = (row.paused, row.met_at, row.due_at, row.breached_at, row.next_at)
    promise = promise_for(ticket, in_force=policy)
    row.paused = sla.is_stopped(promise, ticket.state)
    row.met_at = None
    if not row.paused:
        row.due_at = sla.due_of(clock_of(ticket), promise).resolution_due
        if row.breached_at is not None and row.due_at is not None and row.due_at > now:
            row.breached_at = None
    row.next_at = None if row.paused or row.breached_at else row.due_at
    if before != (row.paused, row.met_at, row.due_at, row.breached_at, row.next_at):
        row.save(update_fields=["paused", "met_at", "due_at", "breached_at", "next_at"])


def meet(row: Deadline, ticket: Ticket, *, actor: Actor, now: datetime) -> None:
    """The promise was kept at ``now``; late counts as breached even if the ticker was away."""
    if row.met_at is not None:
        return
    late = row.due_at is not None and not row.paused and row.due_at < now
    row.met_at = now
    row.next_at = None
    row.paused = False
    if late and row.breached_at is None:
        row.breached_at = now
        _emit_breach(ticket, DeadlineKind(row.kind), actor=actor, now=now)
    row.save(update_fields=["met_at", "next_at", "paused", "breached_at"])


def stop_watching(ticket: Ticket) -> None:
    """The ticket ended without a result: nothing is due any more."""
    Deadline.objects.filter(ticket=ticket, met_at=None).update(next_at=None, paused=False)


def raise_breaches(now: datetime, *, limit: int = 200) -> int:
    """Raise every deadline that has passed; how many. Called by the ticker each second.

    The conditional UPDATE makes each breach happen once, whatever the number of tickers.
    """
    rows = list(
        Deadline.objects.filter(next_at__lte=now)
        .order_by("next_at")
        .values_list("pk", flat=True)[:limit]
    )
    return sum(_breach(pk, now) for pk in rows)


@transaction.atomic
def _breach(pk: int, now: datetime) -> int:
    changed = Deadline.objects.filter(
        pk=pk, next_at__lte=now, met_at=None, breached_at=None
    ).update(breached_at=now, next_at=None)
    if changed:
        row = Deadline.objects.select_related("ticket").get(pk=pk)
        _emit_breach(row.ticket, DeadlineKind(row.kind), actor=SYSTEM, now=now)
    return changed


def _emit_breach(ticket: Ticket, kind: DeadlineKind, *, actor: Actor, now: datetime) -> None:
    emit("ticket.deadline_breached", ticket, actor=actor, now=now, data={"deadline": kind.value})
