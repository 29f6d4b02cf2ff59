"""What a ticket's moves mean for the one-off it is, and for what sales was asked about it."""

from datetime import datetime, timedelta

from balcao.entitlements import actions as entitlements
from balcao.entitlements.models import PrepaidTicket
from balcao.policy import prepaid as policy
from balcao.policy import worktime
from balcao.policy.access import Actor
from balcao.policy.book import Policy
from balcao.policy.lifecycle import State, Verb
from balcao.policy.prepaid import Entry
from balcao.tickets.actions.refusal import Conflict
from balcao.tickets.models import ScopeQuestion, Ticket


def meant(ticket: Ticket, verb: Verb, *, silent: bool) -> Verb:
    """What ``verb`` really is for this ticket: a one-off that was not used up is returned (R18)."""
    if ticket.prepaid is None:
        return verb
    return policy.ending(
        verb,
        unused=Entry(ticket.prepaid.last) is Entry.SUBMITTED,
        started=ticket.started_at is not None,
        silent=silent,
    )


def keep_account(
    ticket: Ticket,
    verb: Verb,
    *,
    started: bool,
    policy_now: Policy,
    actor: Actor,
    now: datetime,
    cause: str = "",
) -> None:
    """Write in the ledger of the ticket's one-off what ``verb`` does to it, if anything.

    ``started``: service had started before. Raises Conflict when somebody else wrote there.
    """
    row = ticket.prepaid
    entry = _entry(row, verb, started=started) if row else None
    if row is None or entry is None:
        return
    try:
        entitlements.append(row, entry, policy_now=policy_now, actor=actor, now=now, cause=cause)
    except entitlements.Conflict as conflict:
        raise Conflict(conflict.code) from conflict


def _entry(row: PrepaidTicket, verb: Verb, *, started: bool) -> Entry | None:
    if verb is Verb.SUBMIT:
        return Entry.SUBMITTED
    if verb is Verb.RETURN:
        return Entry.RETURNED
    used = Entry(row.last) is not Entry.SUBMITTED
    return None if used or not policy.spends(row.kind, verb, started=started) else Entry.CONSUMED


def turn_question(
    ticket: Ticket, before: State, verb: Verb, *, policy_now: Policy, actor: Actor, now: datetime
) -> None:
    """Open the question that ``verb`` asks of sales, with its own deadline, or close it (R18)."""
    if verb is Verb.ASK_SALES:
        due_at = _answer_by(now, policy_now)
        ScopeQuestion.objects.create(
            ticket=ticket,
            asked_by_id=actor.id if actor.is_staff else None,
            asked_at=now,
            due_at=due_at,
            next_at=due_at,
        )
    elif before is State.ASKING_SALES:
        covered = verb is Verb.ANSWER_SCOPE
        ScopeQuestion.objects.filter(ticket=ticket, answered_at=None).update(
            answered_at=now,
            answered_by=actor.id if covered else None,
            covered=True if covered else None,
            withdrawn=not covered,
            next_at=None,
        )
        if covered and ticket.prepaid is not None:
            entitlements.agree(ticket.prepaid, ticket.service_id)


def _answer_by(now: datetime, policy_now: Policy) -> datetime:
    amount = timedelta(hours=policy_now.oneoff.answer_hours)
    return worktime.add_business(now, amount, policy_now.calendar) or now + amount
