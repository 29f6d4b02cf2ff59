""" "Foi você?": asked, and answered; and the ticket's contact, told that something came (R9)."""

from datetime import datetime

from django.db import transaction

from balcao.channels import actions, queries
from balcao.channels.models import Confirmation, Handled, Inbound
from balcao.events.actions import emit
from balcao.people.queries import primary_addresses
from balcao.policy import mailbox
from balcao.policy.access import SYSTEM, Actor
from balcao.policy.book import Policy
from balcao.tickets.actions import Conflict, NotAllowed
from balcao.tickets.models import Ticket


def settle(inbound: Inbound, judgement: "actions.Judgement", *, now: datetime) -> None:
    """Ask or warn, as was judged, within the cap of R9 and the transaction of the verdict."""
    ticket = judgement.ticket
    if judgement.ask and _may_tell(judgement.sender, ticket, now=now):
        row = Confirmation.objects.create(
            inbound=inbound,
            user_id=judgement.ask,
            asked_at=now,
            expires_at=now + mailbox.CONFIRM_LIFE,
        )
        asked = {"confirmation": row.pk, "ticket": ticket.pk if ticket else None}
        emit("mail.confirmation_asked", inbound, actor=SYSTEM, now=now, data=asked)
    if judgement.warn and ticket:
        address = primary_addresses([ticket.opener_id]).get(ticket.opener_id)
        if address and _may_tell(address, ticket, now=now):
            emit("mail.warning_wanted", inbound, actor=SYSTEM, now=now, data={"ticket": ticket.pk})


def _may_tell(address: str, ticket: Ticket | None, *, now: datetime) -> bool:
    return actions.may_answer(address, proved=False, ticket=ticket, now=now)


@transaction.atomic
def say_yes(*, actor: Actor, now: datetime, confirmation_id: int) -> None:
    """It was they: what they wrote may be judged anew as theirs (``intake.confirm`` does).

    Raises NotAllowed for anybody else, Conflict when the answer was no or its time is over.
    """
    _answer(actor, confirmation_id, "yes", now=now)


@transaction.atomic
def say_no(*, actor: Actor, now: datetime, confirmation_id: int) -> None:
    """It was somebody else: nobody need look at it any more. Raises as ``say_yes`` does."""
    inbound = _answer(actor, confirmation_id, "no", now=now)
    rows = Inbound.objects.filter(pk=inbound.pk, message=None, handled__in=queries.STILL_OPEN)
    if rows.update(handled=Handled.DISOWNED, handled_by=actor.id, handled_at=now):
        told = {"ticket": inbound.ticket_id}
        emit("mail.disowned", inbound, actor=actor, now=now, data=told)


def _answer(actor: Actor, confirmation_id: int, answer: str, *, now: datetime) -> Inbound:
    """The same answer again is no mistake; another one is."""
    row = Confirmation.objects.select_related("inbound").get(pk=confirmation_id)
    if actor.id is None or actor.id != row.user_id:
        raise NotAllowed
    rows = Confirmation.objects.filter(pk=row.pk, answer="", expires_at__gt=now)
    if not rows.update(answer=answer, answered_at=now):
        row.refresh_from_db()
        if row.answer != answer:
            raise Conflict("state_changed")
    return row.inbound


@transaction.atomic
def settle_again(
    inbound: Inbound,
    judgement: "actions.Judgement",
    *,
    policy: Policy,
    actor: Actor,
    now: datetime,
) -> bool:
    """Write down what became of a kept message that its writer says is theirs, once."""
    rows = Inbound.objects.filter(pk=inbound.pk, message=None, handled__in=queries.STILL_OPEN)
    changed = rows.update(
        outcome=judgement.outcome,
        reason=judgement.reason,
        rules=list(judgement.rules),
        message=judgement.message_id,
        handled=Handled.CONFIRMED,
        handled_by=actor.id,
        handled_at=now,
        purge_at=actions.purged_at(inbound, judgement, policy=policy),
    )
    if not changed:
        return False
    actions.keep_record(inbound, judgement, now=now)
    told = {
        "outcome": judgement.outcome.value,
        "reason": judgement.reason,
        "ticket": judgement.ticket.pk if judgement.ticket else None,
        "message": judgement.message_id,
    }
    emit("mail.confirmed", inbound, actor=actor, now=now, data=told)
    sender, wanted = inbound.sender, judgement.notice and mailbox.told_after_yes(judgement.reason)
    if wanted and actions.may_answer(sender, proved=True, ticket=judgement.ticket, now=now):
        data = told | {"comes_back": False}
        emit("mail.notice_wanted", inbound, actor=SYSTEM, now=now, data=data)
    return True
