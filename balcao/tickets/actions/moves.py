"""Changing a ticket's state, by the one table of policy.lifecycle."""

from datetime import datetime

from django.db import transaction

from balcao.events.actions import emit
from balcao.policy import access, lifecycle
from balcao.policy.access import SYSTEM, Actor
from balcao.policy.book import Policy
from balcao.policy.lifecycle import State, Verb
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions.deadlines import deadlines_by_kind, meet, renew, stop_watching
from balcao.tickets.actions.refusal import Conflict, require
from balcao.tickets.models import DeadlineKind, StateSpan, Ticket
from balcao.tickets.queries import scope_of

_EVENTS = {
    Verb.START: "ticket.started",
    Verb.WAIT_CUSTOMER: "ticket.waiting_customer",
    Verb.WAIT_THIRD: "ticket.waiting_third",
    Verb.RESUME: "ticket.resumed",
    Verb.CUSTOMER_MESSAGE: "ticket.resumed",
    Verb.ASK_SALES: "ticket.sales_asked",
    Verb.ANSWER_SCOPE: "ticket.scope_answered",
    Verb.SCHEDULE: "ticket.scheduled",
    Verb.ATTEND: "ticket.attended",
    Verb.RESOLVE: "ticket.resolved",
    Verb.REOPEN: "ticket.reopened",
    Verb.CLOSE: "ticket.closed",
    Verb.CANCEL: "ticket.cancelled",
}


def lock(ticket_id: int) -> Ticket:
    """The ticket, held until the transaction ends (PostgreSQL: the row; SQLite: the writer)."""
    rows = Ticket.objects.select_for_update(of=("self",)).select_related("service")
    return rows.get(pk=ticket_id)


def move(
    ticket: Ticket,
    verb: Verb,
    *,
    actor: Actor,
    now: datetime,
    data: dict[str, object] | None = None,
) -> None:
    """Carry out ``verb`` on a locked ticket. Raises Conflict when its state does not allow it."""
    before = State(ticket.state)
    previous = State(ticket.previous_state) if ticket.previous_state else None
    after = lifecycle.next_state(before, verb, previous=previous)
    if after is None:
        raise Conflict("state_changed")
    policy = rulebook.current()
    ticket.state = after.value
    ticket.previous_state = before.value
    ticket.changed_at = now
    _turn_span(ticket, now)
    _stamp(ticket, verb, now=now)
    ticket.next_at = _next_look(ticket, policy=policy)
    ticket.save()
    _settle_deadlines(ticket, after, policy=policy, actor=actor, now=now)
    emit(
        _EVENTS[verb],
        ticket,
        actor=actor,
        now=now,
        data={"from": before.value, "to": after.value, **(data or {})},
    )


def _turn_span(ticket: Ticket, now: datetime) -> None:
    StateSpan.objects.filter(ticket=ticket, ended=None).update(ended=now)
    StateSpan.objects.create(ticket=ticket, state=ticket.state, began=now)


def _stamp(ticket: Ticket, verb: Verb, *, now: datetime) -> None:
    if verb is Verb.START:
        ticket.started_at = now
    elif verb is Verb.RESOLVE:
        ticket.resolved_at = now
    elif verb is Verb.REOPEN:
        ticket.resolved_at = None
        ticket.thanked = False
    elif verb in (Verb.CLOSE, Verb.CANCEL):
        ticket.closed_at = now
    ticket.claimed_until = None


def _next_look(ticket: Ticket, *, policy: Policy) -> datetime | None:
    """When the ticker must look at the ticket again: a resolved one is closed after R5's days."""
    if ticket.state == State.RESOLVED.value and ticket.resolved_at:
        return lifecycle.closes_at(resolved_at=ticket.resolved_at, rules=policy.ticket)
    return ticket.claimed_until


def _settle_deadlines(
    ticket: Ticket, state: State, *, policy: Policy, actor: Actor, now: datetime
) -> None:
    if state is State.CLOSED:
        return
    if state is State.CANCELLED:
        stop_watching(ticket)
        return
    rows = deadlines_by_kind(ticket)
    if ticket.started_at or state is State.RESOLVED:
        meet(rows[DeadlineKind.START], ticket, actor=actor, now=now)
    if state is State.RESOLVED:
        meet(rows[DeadlineKind.RESOLUTION], ticket, actor=actor, now=now)
    else:
        renew(rows[DeadlineKind.RESOLUTION], ticket, policy=policy, now=now)


def start_late(ticket: Ticket, *, actor: Actor, now: datetime) -> None:
    """Service starts with the first answer in whatever state it finds the ticket (R3).

    A ticket that waits for sales, or was reopened before anybody answered, is no longer in line:
    answered, it never goes back there. The caller saves the ticket.
    """
    if ticket.started_at is not None:
        return
    ticket.started_at = now
    if ticket.previous_state == State.OPEN.value:
        ticket.previous_state = State.IN_SERVICE.value
    meet(deadlines_by_kind(ticket)[DeadlineKind.START], ticket, actor=actor, now=now)


@transaction.atomic
def change_state(*, actor: Actor, now: datetime, ticket_id: int, verb: Verb) -> Ticket:
    """A person moves the ticket on. Raises NotAllowed, or Conflict when the state forbids it.

    Verbs that need words of their own (submit, a question to the customer) have their own actions.
    """
    ticket = lock(ticket_id)
    require(access.can_move(actor, verb, scope_of(ticket)))
    if verb is Verb.REOPEN:
        policy = rulebook.current()
        resolved_at = ticket.resolved_at or now
        if not lifecycle.may_reopen(resolved_at=resolved_at, now=now, rules=policy.ticket):
            raise Conflict("state_changed")
    move(ticket, verb, actor=actor, now=now)
    return ticket


def run_due(now: datetime, *, limit: int = 200) -> int:
    """Close what was resolved long enough ago and end claims that ran out; how many tickets."""
    rows = list(
        Ticket.objects.filter(next_at__lte=now)
        .order_by("next_at")
        .values_list("pk", flat=True)[:limit]
    )
    for pk in rows:
        _look(pk, now)
    return len(rows)


@transaction.atomic
def _look(ticket_id: int, now: datetime) -> None:
    ticket = lock(ticket_id)
    if ticket.next_at is None or ticket.next_at > now:
        return
    if ticket.state == State.RESOLVED.value:
        move(ticket, Verb.CLOSE, actor=SYSTEM, now=now)
    elif ticket.claimed_until and ticket.claimed_until <= now:
        ticket.assignee = None
        ticket.claimed_until = None
        ticket.next_at = None
        ticket.save(update_fields=["assignee", "claimed_until", "next_at"])
        emit("ticket.claim_ended", ticket, actor=SYSTEM, now=now)
    else:
        Ticket.objects.filter(pk=ticket_id).update(next_at=None)
