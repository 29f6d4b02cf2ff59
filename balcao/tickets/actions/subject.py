"""Correcting what a ticket is about."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from balcao.events.actions import emit
from balcao.policy import access, acts
from balcao.policy.access import Actor, Permission
from balcao.policy.gate import Door
from balcao.policy.lifecycle import State
from balcao.tickets.actions.conversation import write_message
from balcao.tickets.actions.indexing import index_again
from balcao.tickets.actions.moves import lock
from balcao.tickets.actions.refusal import Conflict, require
from balcao.tickets.models import MessageKind, Ticket
from balcao.tickets.queries import evidence, scope_of


@transaction.atomic
def rename(*, actor: Actor, now: datetime, ticket_id: int, subject: str, was: str) -> Ticket:
    """Give the ticket another subject. Number and thread stay, and no customer is told.

    The one it had stays in an internal note. The same subject changes nothing. ``was``: the one on
    the page where it was corrected. Raises NotAllowed, or Conflict: "renamed" when it is another
    one by now, "state_changed" when the ticket is over.
    """
    ticket = lock(ticket_id)
    require(access.can(actor, Permission.RENAME, scope_of(ticket, actor)))
    if ticket.subject == subject:
        return ticket
    if not acts.may_rename(State(ticket.state)):
        raise Conflict("state_changed")
    if ticket.subject != was:
        raise Conflict("renamed")
    with translation.override(settings.LANGUAGE_CODE):
        body = _("Subject corrected. It was: %(subject)s") % {"subject": ticket.subject}
    ticket.subject = subject
    message = write_message(
        ticket,
        kind=MessageKind.NOTE,
        door=Door.PORTAL,
        actor=actor,
        body=body,
        key=f"subject:{ticket.message_count}",
        files=(),
        now=now,
    )
    ticket.message_count += 1
    ticket.changed_at = max(now, ticket.changed_at)
    ticket.save(update_fields=["subject", "message_count", "changed_at"])
    # Each of its messages is found by the subject, too.
    index_again(ticket)
    emit("ticket.renamed", ticket, actor=actor, now=now, data=evidence.of_message(message))
    return ticket
