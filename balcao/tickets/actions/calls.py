"""A call with the customer, told on the ticket (R3, S16, S22)."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from balcao.events.actions import emit
from balcao.policy import access
from balcao.policy.access import Actor, Permission
from balcao.policy.gate import Door
from balcao.tickets.actions.conversation import public_act, written_before
from balcao.tickets.actions.moves import lock
from balcao.tickets.actions.refusal import gated, require
from balcao.tickets.models import Message
from balcao.tickets.queries import scope_of


@gated
def log_call(*, actor: Actor, now: datetime, ticket_id: int, summary: str, key: str) -> Message:
    """ "Ligação: ...": what was said on the telephone, for the customer to read.

    A public act like a reply: the first one starts service and makes the ticket the actor's.
    Idempotent by ``key``. Raises Refused when no ticket is open (S22) or a one-off is served
    outside business hours (S27), NotAllowed, or Conflict("taken") while a colleague claims it.
    """
    ticket = lock(ticket_id)
    require(access.can(actor, Permission.CALL, scope_of(ticket)))
    if written := written_before(ticket, key):
        return written
    with translation.override(ticket.opener.language):
        body = _("Call: %(summary)s") % {"summary": summary}
    message, told = public_act(ticket, actor=actor, now=now, door=Door.PHONE, body=body, key=key)
    emit("ticket.called", ticket, actor=actor, now=now, data=told)
    return message
