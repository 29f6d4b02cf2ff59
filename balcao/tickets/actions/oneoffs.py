"""One-offs as tickets: sold with a number, given back, asked about (S29, R16, R18)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext, override

from balcao.entitlements import actions as entitlements
from balcao.entitlements.models import PrepaidTicket
from balcao.events.actions import emit
from balcao.policy import access
from balcao.policy import prepaid as policy
from balcao.policy.access import SYSTEM, Actor
from balcao.policy.gate import Door
from balcao.policy.lifecycle import State, Verb
from balcao.policy.override import extended_until
from balcao.policy.prepaid import Entry
from balcao.policy.sale import keeps_sales
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions.conversation import write_message
from balcao.tickets.actions.moves import begin_spans, lock, move
from balcao.tickets.actions.opening import numbered_all
from balcao.tickets.actions.refusal import Conflict, require
from balcao.tickets.models import MessageKind, ScopeQuestion, Ticket
from balcao.tickets.queries import evidence, queue_for, scope_of


def sell_oneoff(prepaid: PrepaidTicket, *, actor: Actor, now: datetime) -> Ticket:
    """The ticket of a one-off that was just sold: it has its number, and waits for its problem.

    Within the transaction of the sale. Raises NotAllowed unless the actor keeps sales (M2).
    """
    [ticket] = sell_oneoffs([prepaid], actor=actor, now=now)
    return ticket


def sell_oneoffs(rows: Sequence[PrepaidTicket], *, actor: Actor, now: datetime) -> list[Ticket]:
    """The tickets of an order's one-offs, in as many statements as one. Raises NotAllowed (M2)."""
    require(keeps_sales(actor))
    with override("pt-br"):
        subject = gettext("One-off request")
    queue, version = queue_for(rows[0].service.slug), rulebook.current().version
    tickets = [
        Ticket(
            subject=subject,
            organisation_id=prepaid.organisation_id,
            opener_id=prepaid.holder_id,
            queue=queue,
            service_id=prepaid.service_id,
            prepaid=prepaid,
            kind=prepaid.kind,
            door=Door.PORTAL.value,
            state=State.SOLD.value,
            opening_key=f"prepaid:{prepaid.pk}",
            policy_version=version,
            submitted_at=now,
            changed_at=now,
        )
        for prepaid in rows
    ]
    numbered_all(tickets)
    begin_spans(tickets, now)
    for ticket in tickets:
        emit("ticket.sold", ticket, actor=actor, now=now, data={"prepaid": ticket.prepaid_id})
    return tickets


def refund_oneoff(*, actor: Actor, now: datetime, ticket_id: int) -> Ticket:
    """The money of an unused one-off goes back: its number is good for nothing any more.

    Within the transaction of the refund. Raises NotAllowed, Conflict("expired") when its last day
    is over (S28), or another one when it was submitted.
    """
    ticket = lock(ticket_id)
    require(keeps_sales(actor))
    row = ticket.prepaid
    if row is None:
        raise Conflict("state_changed")
    zone = rulebook.current().timezone
    account = policy.Account(Entry(row.last), row.last_day, 0)
    if policy.standing(account, now=now, timezone=zone) is policy.Standing.EXPIRED:
        raise Conflict("expired")
    if not policy.may_refund(account, now=now, timezone=zone):
        raise Conflict("state_changed")
    _append(row, Entry.REFUNDED, actor=actor, now=now)
    move(ticket, Verb.REFUND, actor=actor, now=now, data={"cause": "refunded"})
    return ticket


def can_be_extended(ticket_id: int | None) -> bool:
    """Whether it is a one-off that nobody uses: the one thing that an extension is for."""
    row = PrepaidTicket.objects.filter(ticket=ticket_id or 0).first()
    return row is not None and policy.may_extend(Entry(row.last))


def extend_oneoff(ticket_id: int, *, until: datetime, actor: Actor, now: datetime) -> None:
    """Two people gave an unused one-off another last day (R14). Raises Conflict when it is used by
    now, or good for longer already.
    """
    row = lock(ticket_id).prepaid
    policy_now = rulebook.current()
    last_day = extended_until(until, policy_now.timezone)
    if row is None:
        raise Conflict("state_changed")
    _append(row, Entry.EXTENDED, last_day=last_day, actor=actor, now=now)


def _append(
    row: PrepaidTicket,
    entry: Entry,
    *,
    actor: Actor,
    now: datetime,
    last_day: date | None = None,
) -> None:
    try:
        entitlements.append(
            row, entry, policy_now=rulebook.current(), actor=actor, now=now, last_day=last_day
        )
    except entitlements.Conflict as conflict:
        raise Conflict(conflict.code) from conflict


@transaction.atomic
def answer_scope(
    *, actor: Actor, now: datetime, ticket_id: int, covered: bool, reason: str
) -> Ticket:
    """Sales says whether the ticket's service is covered (S36).

    Covered: the ticket goes on where it was. Not covered: a one-off gets its credit back, under the
    same number, any other ticket is cancelled (R18). The customer reads ``reason`` among the
    messages. Raises NotAllowed, or Conflict when nothing is asked any more.
    """
    ticket = lock(ticket_id)
    require(access.can_move(actor, Verb.ANSWER_SCOPE, scope_of(ticket, actor)))
    question = ScopeQuestion.objects.filter(ticket=ticket, answered_at=None).first()
    if question is None or ticket.state != State.ASKING_SALES.value:
        raise Conflict("state_changed")
    question.reason = reason.strip()
    told: dict[str, object] = {"question": question.pk, "covered": covered}
    if question.reason:
        told |= _answer(ticket, question, actor=actor, now=now)
    if covered:
        question.save(update_fields=["reason"])
        move(ticket, Verb.ANSWER_SCOPE, actor=actor, now=now, data=told)
        return ticket
    question.answered_at, question.answered_by_id, question.covered = now, actor.id, False
    question.next_at = None
    question.save()
    verb = Verb.RETURN if ticket.prepaid else Verb.CANCEL
    move(ticket, verb, actor=actor, now=now, data={**told, "cause": "not_covered"})
    return ticket


def _answer(
    ticket: Ticket, question: ScopeQuestion, *, actor: Actor, now: datetime
) -> dict[str, object]:
    """What sales says of the coverage, for the customer to read; and what an event says of it. It
    is no service, and starts none.
    """
    message = write_message(
        ticket,
        kind=MessageKind.REPLY,
        door=Door.PORTAL,
        actor=actor,
        body=question.reason,
        key=f"scope-{question.pk}",
        files=(),
        now=now,
    )
    ticket.message_count += 1
    return evidence.of_message(message)


def run_questions(now: datetime, *, limit: int = 100) -> int:
    """Tell of every question that sales left unanswered in its time; how many (R18)."""
    due = ScopeQuestion.objects.filter(next_at__lte=now).order_by("next_at")
    return sum(_overdue(pk, now) for pk in list(due.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _overdue(pk: int, now: datetime) -> int:
    waiting = ScopeQuestion.objects.filter(pk=pk, next_at__lte=now, answered_at=None)
    changed = waiting.update(overdue_at=now, next_at=None)
    if changed:
        ticket = Ticket.objects.get(scope_questions=pk)
        emit("ticket.scope_overdue", ticket, actor=SYSTEM, now=now, data={"question": pk})
    return changed
