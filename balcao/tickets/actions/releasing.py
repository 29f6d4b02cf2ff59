"""Kept mail becomes the customer's message after all: a person answers for it (R9)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from balcao.events.actions import emit
from balcao.policy import access, mailbox
from balcao.policy.access import Actor, Duty, Permission
from balcao.policy.gate import Act, Auth, Door, SenderFacts
from balcao.tickets.actions.conversation import Said, ask_gate, take_in, written_before
from balcao.tickets.actions.moves import lock
from balcao.tickets.actions.refusal import Conflict, Judged, Refused, gated, require
from balcao.tickets.models import Message, Ticket
from balcao.tickets.queries import scope_of


@dataclass(frozen=True, slots=True)
class KeptMail:
    """What a kept mail says, and who sent it. ``writer``: whom the message will be of."""

    said: Said
    sender: SenderFacts
    writer: Actor


Settle = Callable[[Message, tuple[str, ...]], None]
"""Writes down, in the same transaction, which message it became and the rules overridden; raises
Conflict when somebody else was faster.
"""


@gated
def release_mail(
    *, actor: Actor, now: datetime, ticket_id: int, mail: KeptMail, note: str, settle: Settle
) -> Message:
    """One of the team puts kept mail on a ticket, as the customer's message by e-mail.

    The gate is asked as for any mail. Where it refuses because of the sender, the team may vouch
    for it with a written reason, ``note``, and the rules are on record; a closed ticket stays
    closed. Raises Refused, NotAllowed, Conflict ("no_reason", or "state_changed" when it is on the
    ticket already).
    """
    ticket = lock(ticket_id)
    require(access.can(actor, Permission.RELEASE_MAIL, scope_of(ticket, actor)))
    overridden: tuple[str, ...] = ()
    try:
        judged = _ask(ticket, mail, mail.sender, now=now)
    except Refused as refusal:
        if not mailbox.may_vouch(refusal.decision.reason or ""):
            raise
        if not note.strip():
            raise Conflict("no_reason") from refusal
        overridden = refusal.decision.rules
        judged = _ask(ticket, mail, replace(mail.sender, vouched=True), now=now)
    return _take_in(ticket, judged, mail, overridden, settle, actor=actor, now=now)


@gated
def confirm_mail(
    *, actor: Actor, now: datetime, ticket_id: int, mail: KeptMail, settle: Settle
) -> Message:
    """An organisation's administrator says that one of theirs wrote a kept mail (R9).

    That stands for the proof that was missing and for nothing else: the address must be one that
    may write on the ticket (R8). Raises Refused, NotAllowed, Conflict ("state_changed").
    """
    ticket = lock(ticket_id)
    theirs = ticket.organisation_id in actor.admin_of
    require(theirs and access.may(actor, Duty.CONFIRM_MAIL))
    judged = _ask(ticket, mail, replace(mail.sender, auth=Auth.CONFIRMED), now=now)
    return _take_in(ticket, judged, mail, (), settle, actor=actor, now=now)


def _ask(ticket: Ticket, mail: KeptMail, sender: SenderFacts, *, now: datetime) -> Judged:
    return ask_gate(
        ticket, Act.CONTINUE, actor=mail.writer, now=now, door=Door.EMAIL, sender=sender
    )


def _take_in(
    ticket: Ticket,
    judged: Judged,
    mail: KeptMail,
    overridden: tuple[str, ...],
    settle: Settle,
    *,
    actor: Actor,
    now: datetime,
) -> Message:
    if written_before(ticket, mail.said.key):
        raise Conflict("state_changed")
    message = take_in(ticket, judged, mail.said, author=mail.writer, door=Door.EMAIL, now=now)
    settle(message, overridden)
    emit(
        "ticket.mail_released",
        ticket,
        actor=actor,
        now=now,
        data={"message": message.pk, "rules": list(overridden)},
    )
    return message
