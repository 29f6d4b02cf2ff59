"""What time alone brings to a ticket: a claim's end, reminders of a silent customer, reviews."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from balcao.events.actions import emit
from balcao.policy import access, worktime
from balcao.policy.access import SYSTEM, Actor
from balcao.policy.book import Calendar, Policy
from balcao.policy.lifecycle import State, Verb
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions.moves import lock, move, next_look, silence_of
from balcao.tickets.actions.refusal import require
from balcao.tickets.models import StateSpan, ThirdPartyWait, Ticket
from balcao.tickets.queries import scope_of


@transaction.atomic
def wait_third(
    *, actor: Actor, now: datetime, ticket_id: int, who: str, protocol: str, review_on: date
) -> ThirdPartyWait:
    """The ticket waits for ``who`` under ``protocol`` (R4); its deadline runs.

    The owner is reminded when the desk opens on ``review_on``, a local date. While the ticket waits
    already, this corrects what is known of the wait. Raises NotAllowed or Conflict.
    """
    ticket = lock(ticket_id)
    require(access.can_move(actor, Verb.WAIT_THIRD, scope_of(ticket, actor)))
    review_at = max(_opening_on(review_on, rulebook.current().calendar), now)
    known = ThirdPartyWait.objects.filter(ticket=ticket, ended=None).first()
    row = known or ThirdPartyWait(ticket=ticket, began=now)
    row.who, row.protocol, row.review_at = who, protocol, review_at
    row.save()
    if known is None:
        ticket.third_party = row
        data: dict[str, object] = {"wait": row.pk}
        move(ticket, Verb.WAIT_THIRD, actor=actor, now=now, data=data, look_at=review_at)
        return row
    Ticket.objects.filter(pk=ticket_id).update(next_at=review_at, changed_at=now)
    data = {"wait": row.pk, "review": review_at.isoformat()}
    emit("ticket.review_changed", ticket, actor=actor, now=now, data=data)
    return row


def _opening_on(day: date, calendar: Calendar) -> datetime:
    midnight = worktime.moment_of(day, 0, ZoneInfo(calendar.timezone))
    return worktime.next_opening(midnight, calendar) or midnight


def run_due(now: datetime, *, limit: int = 200) -> int:
    """Do what is due to tickets at ``now``; how many were looked at. Called by the ticker.

    Each is looked at again under lock, so that two tickers do it once.
    """
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
    policy = rulebook.current()
    match ticket.state:
        case State.RESOLVED.value:
            _close(ticket, policy=policy, now=now)
        case State.WAITING_CUSTOMER.value:
            _break_silence(ticket, policy=policy, now=now)
        case State.WAITING_THIRD.value:
            _remind_of_review(ticket, now=now)
        case _:
            _end_claim(ticket, now=now)


def _close(ticket: Ticket, *, policy: Policy, now: datetime) -> None:
    """Closed for good, unless the policy in force gives more days to reopen it."""
    at = next_look(ticket, since=now, policy=policy, now=now)
    if at is not None and at > now:
        Ticket.objects.filter(pk=ticket.pk).update(next_at=at)
        return
    move(ticket, Verb.CLOSE, actor=SYSTEM, now=now)


def _break_silence(ticket: Ticket, *, policy: Policy, now: datetime) -> None:
    """Remind the customer, or take their silence for a yes (R5)."""
    since = StateSpan.objects.values_list("began", flat=True).get(ticket=ticket, ended=None)
    step = silence_of(ticket, since=since, policy=policy, now=now)
    if step.at > now:
        Ticket.objects.filter(pk=ticket.pk).update(next_at=step.at)
        return
    if step.reminds is None:
        move(ticket, Verb.RESOLVE, actor=SYSTEM, now=now, data={"cause": "silence"})
        return
    ticket.reminded, ticket.silent_until = step.reminds, step.resolves_at
    ticket.next_at = silence_of(ticket, since=since, policy=policy, now=now).at
    ticket.save(update_fields=["reminded", "silent_until", "next_at"])
    data = {"reminder": step.reminds, "until": step.resolves_at.isoformat()}
    emit("ticket.customer_reminded", ticket, actor=SYSTEM, now=now, data=data)


def _remind_of_review(ticket: Ticket, *, now: datetime) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(next_at=None)
    wait = ThirdPartyWait.objects.get(ticket=ticket, ended=None)
    emit("ticket.review_due", ticket, actor=SYSTEM, now=now, data={"wait": wait.pk})


def _end_claim(ticket: Ticket, *, now: datetime) -> None:
    if ticket.claimed_until is None or ticket.claimed_until > now:
        Ticket.objects.filter(pk=ticket.pk).update(next_at=ticket.claimed_until)
        return
    ticket.assignee = None
    ticket.claimed_until = None
    ticket.next_at = None
    ticket.save(update_fields=["assignee", "claimed_until", "next_at"])
    emit("ticket.claim_ended", ticket, actor=SYSTEM, now=now)
