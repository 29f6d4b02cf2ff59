"""Changing a ticket's state, by the one table of policy.lifecycle."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from balcao.events.actions import emit
from balcao.events.changes import Change, insert, store
from balcao.events.statements import Statement
from balcao.policy import access, acts, aging, lifecycle, prepaid
from balcao.policy.access import SYSTEM, Actor
from balcao.policy.book import Policy
from balcao.policy.lifecycle import State, Verb
from balcao.policy.routing import TakenBack
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions import spending
from balcao.tickets.actions.deadlines import (
    deadlines_by_kind,
    forget_deadlines,
    meet,
    promised,
    renew,
    renew_start,
    set_deadlines,
    stop_watching,
)
from balcao.tickets.actions.refusal import Conflict, require
from balcao.tickets.actions.remote_end import end_session
from balcao.tickets.actions.reserving import end_reservation
from balcao.tickets.models import DeadlineKind, StateSpan, ThirdPartyWait, Ticket
from balcao.tickets.queries import approved_for, scope_of

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
    Verb.SUBMIT: "ticket.submitted",
    Verb.RETURN: "ticket.returned",
    Verb.REFUND: "ticket.cancelled",
}


def lock(ticket_id: int) -> Ticket:
    """The ticket, held until the transaction ends (PostgreSQL: the row; SQLite: the writer).

    PostgreSQL finds no row that came to be joined to another one while it waited for it, as when a
    colleague changes the service: such a row is held alone first. ``excepted``: its organisation
    has an approved exception, as ``overrides_about`` asks.
    """
    found = _LOCKED.objects(ticket_id)
    if not found:
        Ticket.objects.select_for_update().only("pk").get(pk=ticket_id)
        found = _LOCKED.objects(ticket_id)
    ticket: Ticket = found[0]
    return ticket


_LOCKED = Statement(
    lambda ticket: (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("service", "opener", "prepaid__service")
        .annotate(excepted=Exists(approved_for(OuterRef("organisation"))))
        .filter(pk=ticket)
    ),
    int,
)


def move(
    ticket: Ticket,
    verb: Verb,
    *,
    actor: Actor,
    now: datetime,
    data: dict[str, object] | None = None,
    look_at: datetime | None = None,
    slot: datetime | None = None,
) -> None:
    """Carry out ``verb`` on a locked ticket. Raises Conflict when its state does not allow it.

    A ticket's own time never runs backwards: after a jump of the clock ``now`` is taken to be the
    moment of its last change. ``look_at``: when the ticker must look, where the state does not say.
    Ending a one-off that was not used up returns it (R18), and its ledger tells what becomes of it.
    ``slot``: of SCHEDULE, the time that was agreed on.
    """
    verb = spending.meant(ticket, verb, silent=actor is SYSTEM)
    started = ticket.started_at is not None
    before = State(ticket.state)
    previous = State(ticket.previous_state) if ticket.previous_state else None
    after = lifecycle.next_state(before, verb, previous=previous, started=started)
    if after is None:
        raise Conflict("state_changed")
    now = max(now, ticket.changed_at)
    policy = rulebook.current()
    ticket.state = after.value
    if after is not before:
        ticket.previous_state = before.value
    ticket.changed_at = now
    _turn_span(ticket, now)
    if before is State.WAITING_THIRD:
        ThirdPartyWait.objects.filter(ticket=ticket, ended=None).update(ended=now)
        ticket.third_party = None
    if not acts.session_goes_on(after):
        end_session(ticket, actor=actor, now=now, cause="ticket_ended")
    cause = str((data or {}).get("cause", ""))
    spending.keep_account(
        ticket, verb, started=started, policy_now=policy, actor=actor, now=now, cause=cause
    )
    spending.turn_question(ticket, before, verb, policy_now=policy, actor=actor, now=now)
    _stamp(ticket, verb, policy=policy, now=now)
    _agree(ticket, verb, before, slot)
    ticket.next_at = look_at or next_look(ticket, since=now, policy=policy, now=now)
    store(ticket)
    _settle_deadlines(ticket, before, after, policy=policy, actor=actor, now=now)
    emit(
        _EVENTS[verb],
        ticket,
        actor=actor,
        now=now,
        data={"from": before.value, "to": after.value, **(data or {})},
    )


def _turn_span(ticket: Ticket, now: datetime) -> None:
    _ENDED.make(ticket.pk, now)
    begin_span(ticket, now)


_ENDED = Change(
    lambda ticket, now: (StateSpan.objects.filter(ticket=ticket, ended=None), {"ended": now}),
    *(int, datetime),
)


def begin_span(ticket: Ticket, now: datetime) -> None:
    """The ticket is in its state from ``now``."""
    begin_spans([ticket], now)


def begin_spans(tickets: Sequence[Ticket], now: datetime) -> None:
    """Each is in its state from ``now``. One statement."""
    insert([StateSpan(ticket=ticket, state=ticket.state, began=now) for ticket in tickets])


def _stamp(ticket: Ticket, verb: Verb, *, policy: Policy, now: datetime) -> None:
    if verb in (Verb.START, Verb.ATTEND):
        ticket.started_at = ticket.started_at or now
    elif verb is Verb.SUBMIT and policy.oneoff.sla_from == "submission":
        ticket.submitted_at = now
    elif verb is Verb.RETURN:
        ticket.started_at = ticket.assignee_id = None
        ticket.previous_state = ""
    elif verb is Verb.WAIT_CUSTOMER:
        ticket.reminded, ticket.silent_until = 0, None
    elif verb is Verb.RESOLVE:
        ticket.resolved_at = now
    elif verb is Verb.REOPEN:
        ticket.resolved_at = None
        ticket.thanked = False
    elif verb in (Verb.CLOSE, Verb.CANCEL, Verb.REFUND):
        ticket.closed_at = now
    ticket.claimed_until = None


def _agree(ticket: Ticket, verb: Verb, before: State, slot: datetime | None) -> None:
    """Remember the agreed time, until it is called off: service starts then, unless it has started
    already (R29).
    """
    if verb is Verb.SCHEDULE:
        ticket.slot_at, ticket.slot_starts = slot, ticket.started_at is None
    elif verb is Verb.RETURN or (before is State.SCHEDULED and verb is not Verb.ATTEND):
        ticket.slot_at, ticket.slot_starts = None, False


def next_look(ticket: Ticket, *, since: datetime, policy: Policy, now: datetime) -> datetime | None:
    """When the ticker must look at a ticket that is in its state ``since`` (R5), by the policy in
    force: a resolved one is closed, a silent customer reminded.
    """
    if ticket.state == State.RESOLVED.value and ticket.resolved_at:
        rules = lifecycle.rules_for(policy, ticket.kind)
        return lifecycle.closes_at(resolved_at=ticket.resolved_at, rules=rules)
    if ticket.state == State.WAITING_CUSTOMER.value:
        return silence_of(ticket, since=since, policy=policy, now=now).at
    return ticket.claimed_until


def silence_of(
    ticket: Ticket, *, since: datetime, policy: Policy, now: datetime
) -> lifecycle.Silence:
    """What follows if the ticket's customer, waited for ``since``, goes on saying nothing (R5)."""
    return lifecycle.silence(
        since=since,
        reminded=ticket.reminded,
        told=ticket.silent_until,
        now=now,
        rules=policy.ticket,
        timezone=policy.timezone,
    )


def _settle_deadlines(
    ticket: Ticket, before: State, state: State, *, policy: Policy, actor: Actor, now: datetime
) -> None:
    if state is State.CLOSED:
        return
    if state is State.CANCELLED:
        stop_watching(ticket)
        return
    if state is State.SOLD:
        forget_deadlines(ticket)
        return
    if before is State.SOLD:
        set_deadlines(ticket, promised(ticket, policy=policy))
        ticket.save(update_fields=["answer_due"])
        return
    rows = deadlines_by_kind(ticket)
    if ticket.started_at or state is State.RESOLVED:
        meet(rows[DeadlineKind.START], ticket, policy=policy, actor=actor, now=now)
    elif before is State.RESOLVED or State.SCHEDULED in (before, state):
        renew_start(rows[DeadlineKind.START], ticket, policy=policy, now=now)
    if state is State.RESOLVED:
        meet(rows[DeadlineKind.RESOLUTION], ticket, policy=policy, actor=actor, now=now)
    else:
        renew(rows[DeadlineKind.RESOLUTION], ticket, left=before, policy=policy, now=now)


def start_late(ticket: Ticket, *, actor: Actor, now: datetime) -> None:
    """Service starts with the first answer in whatever state it finds the ticket (R3).

    A ticket that waits for sales is answered out of the line, and never goes back there. A one-off
    with a slot starts when it is attended (R29). The caller saves the ticket.
    """
    if ticket.started_at is not None or prepaid.awaits_slot(ticket.kind, State(ticket.state)):
        return
    policy = rulebook.current()
    spending.keep_account(
        ticket, Verb.START, started=False, policy_now=policy, actor=actor, now=now
    )
    ticket.started_at = now = max(now, ticket.changed_at)
    if ticket.previous_state == State.OPEN.value:
        ticket.previous_state = State.IN_SERVICE.value
    row = deadlines_by_kind(ticket)[DeadlineKind.START]
    meet(row, ticket, policy=policy, actor=actor, now=now)


@transaction.atomic
def change_state(
    *, actor: Actor, now: datetime, ticket_id: int, verb: Verb, why: TakenBack | None = None
) -> Ticket:
    """A person moves the ticket on. Raises NotAllowed, or Conflict when the state forbids it.

    One of the team leaves alone what a colleague holds as the next in line: Conflict("reserved"),
    unless they supervise and say ``why`` (R24). Its customer may always. Nor do they resolve what
    nobody has served, Conflict("unsaid"): an answer can (``staff_reply``).

    Verbs that need words of their own (submit, a question to the customer, a wait for somebody
    else, an appointment) have their own actions.
    """
    ticket = lock(ticket_id)
    own = verb in (Verb.WAIT_THIRD, Verb.SCHEDULE)
    require(not own and access.can_move(actor, verb, scope_of(ticket, actor)))
    if verb is Verb.REOPEN:
        goes_on = aging.may_reopen(
            ticket.kind,
            opened_at=ticket.submitted_at,
            resolved_at=ticket.resolved_at or now,
            policy=rulebook.current(),
            now=now,
        )
        if not goes_on:
            raise Conflict("state_changed")
    if actor.is_staff:
        end_reservation(ticket, actor=actor, now=now, why=why)
    served, state = ticket.started_at is not None, State(ticket.state)
    if lifecycle.needs_words(state, verb, staff=actor.is_staff, started=served):
        raise Conflict("unsaid")
    if lifecycle.too_late(verb, started=served):
        raise Conflict("state_changed")
    move(ticket, verb, actor=actor, now=now)
    return ticket
