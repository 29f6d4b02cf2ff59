"""What was said on the telephone, on its ticket: served, or taken down for the next opening."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from balcao.events.actions import emit
from balcao.lib.text import headline
from balcao.policy import access, lifecycle
from balcao.policy.access import Actor, Permission
from balcao.policy.calls import may_take_down
from balcao.policy.gate import Act, Door
from balcao.policy.lifecycle import State
from balcao.tickets.actions.conversation import (
    ask_gate,
    public_act,
    write_message,
    written_before,
)
from balcao.tickets.actions.describing import choose_service, require_service, submit
from balcao.tickets.actions.moves import lock
from balcao.tickets.actions.refusal import Conflict, Judged, gated, require
from balcao.tickets.models import Message, MessageKind, Ticket
from balcao.tickets.queries import evidence, scope_of


@gated
def log_call(
    *, actor: Actor, now: datetime, ticket_id: int, summary: str, key: str, service: str = ""
) -> Message:
    """ "Ligação: ...": what was said on the telephone, for the customer to read.

    A public act like a reply: the first one starts service and makes the ticket the actor's.
    Idempotent by ``key``. Raises Refused when no ticket is open (S22) or a one-off is served
    outside business hours (S27), NotAllowed, or Conflict("taken") while a colleague claims it. On a
    one-off that waits for its problem, what was said describes it (R16): ``service`` is the slug of
    what is asked for, where it is not what the one-off was bought for. What sales must be asked
    first starts nothing (R18).
    """
    ticket = lock(ticket_id)
    require(access.can(actor, Permission.CALL, scope_of(ticket, actor)))
    if written := written_before(ticket, key):
        return written
    asked = False
    if not lifecycle.may_answer(State(ticket.state)):
        _describe(ticket, summary, service=service, actor=actor, now=now)
        asked = ticket.state == State.ASKING_SALES
    body = _said(ticket, summary)
    message, told = public_act(
        ticket, actor=actor, now=now, door=Door.PHONE, body=body, key=key, starts=not asked
    )
    emit("ticket.called", ticket, actor=actor, now=now, data=told)
    return message


@gated
def take_down(
    *, actor: Actor, now: datetime, ticket_id: int, summary: str, key: str, service: str = ""
) -> Message:
    """Out of hours the caller's problem is taken down, and the desk serves it when it opens (S27).

    It submits a one-off that waits for its problem, as writing does at that hour (R16): it stands
    in line, nobody is served and nothing is used. Idempotent by ``key``. Raises Refused,
    NotAllowed, or Conflict("state_changed") for a ticket that waits for no problem.
    """
    ticket = lock(ticket_id)
    require(access.can(actor, Permission.CALL, scope_of(ticket, actor)))
    if written := written_before(ticket, key):
        return written
    if not may_take_down(State(ticket.state), ticket.kind):
        raise Conflict("state_changed")
    judged = _asked_by_phone(ticket, service, actor=actor, now=now, taken_down=True)
    told = evidence.of_decision(judged.record())
    # Before the message: it is found by its ticket's subject.
    ticket.subject = headline(summary) or ticket.subject
    message = write_message(
        ticket,
        kind=MessageKind.REPLY,
        door=Door.PHONE,
        actor=actor,
        body=_said(ticket, summary),
        key=key,
        files=(),
        now=now,
    )
    ticket.message_count += 1
    submit(ticket, judged, actor=actor, door=Door.PHONE, now=now, message=message)
    emit("ticket.called", ticket, actor=actor, now=now, data=evidence.of_message(message) | told)
    return message


def _said(ticket: Ticket, summary: str) -> str:
    with translation.override(ticket.opener.language):
        return _("Call: %(summary)s") % {"summary": summary}


def _describe(ticket: Ticket, summary: str, *, service: str, actor: Actor, now: datetime) -> None:
    """The holder of a one-off told the agent what it is for, which submits it (R16, S29)."""
    judged = _asked_by_phone(ticket, service, actor=actor, now=now)
    told = evidence.of_decision(judged.record())
    subject = headline(summary)
    submit(ticket, judged, subject=subject, actor=actor, door=Door.PHONE, now=now, told=told)


def _asked_by_phone(
    ticket: Ticket, service: str, *, actor: Actor, now: datetime, taken_down: bool = False
) -> Judged:
    """Whether its holder may describe it by telephone. Raises Refused, NotAllowed."""
    require_service(ticket, service)
    judged = ask_gate(
        ticket,
        Act.CONTINUE,
        actor=actor,
        now=now,
        door=Door.PHONE,
        service=service,
        person_id=ticket.opener_id,
        taken_down=taken_down,
    )
    choose_service(ticket, service)
    return judged
