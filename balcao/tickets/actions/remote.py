"""Remote access to the customer's machine, on the ticket and for the customer to see (R3, S22)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from balcao.events.actions import emit
from balcao.policy import access, acts
from balcao.policy.access import Actor, Permission
from balcao.policy.gate import Door
from balcao.tickets.actions.conversation import public_act, written_before
from balcao.tickets.actions.moves import lock
from balcao.tickets.actions.refusal import Conflict, NotAllowed, gated, require
from balcao.tickets.actions.remote_end import end_session
from balcao.tickets.models import RemoteSession
from balcao.tickets.queries import scope_of


@dataclass(frozen=True, slots=True)
class RemoteAccess:
    """The tool, its session id, and who agreed by which way. Never a password."""

    tool: str
    session: str
    consent: str
    door: Door


@gated
def begin_remote(
    *, actor: Actor, now: datetime, ticket_id: int, wanted: RemoteAccess, key: str
) -> RemoteSession:
    """ "Acesso remoto": it stands in the conversation while it goes on and afterwards.

    A public act like a reply: the first one starts service and makes the ticket the actor's.
    Idempotent by ``key``. Raises Refused when no ticket is open (S22), NotAllowed, or Conflict:
    "remote_open" while another one goes on, "taken" while a colleague claims the ticket.
    """
    ticket = lock(ticket_id)
    require(access.can(actor, Permission.REMOTE, scope_of(ticket, actor)))
    if written := written_before(ticket, f"remote:{key}"):
        return written.remote_session
    if ticket.remote_id is not None:
        raise Conflict("remote_open")
    with translation.override(ticket.opener.language):
        body = _("Remote access by %(tool)s, with the consent of %(consent)s.") % {
            "tool": wanted.tool,
            "consent": wanted.consent,
        }
    message, told = public_act(
        ticket, actor=actor, now=now, door=Door.PORTAL, body=body, key=f"remote:{key}"
    )
    assert actor.id is not None
    row = RemoteSession.objects.create(
        ticket=ticket,
        agent_id=actor.id,
        tool=wanted.tool,
        session=wanted.session,
        consent=wanted.consent,
        consent_door=wanted.door.value,
        message=message,
        began_at=now,
    )
    ticket.remote = row
    ticket.save(update_fields=["remote"])
    emit("ticket.remote_began", ticket, actor=actor, now=now, data={**told, "session": row.pk})
    return row


@transaction.atomic
def end_remote(*, actor: Actor, now: datetime, session_id: int) -> RemoteSession:
    """It is over. Whoever began it says so, or a supervisor; ended twice it ended once.

    Raises NotAllowed.
    """
    row = RemoteSession.objects.filter(pk=session_id).first()
    if row is None:
        raise NotAllowed
    ticket = lock(row.ticket_id)
    require(acts.may_end_session(actor, scope_of(ticket), agent=row.agent_id))
    if ticket.remote_id == row.pk:
        now = max(now, ticket.changed_at)
        end_session(ticket, actor=actor, now=now, cause="by_hand")
        ticket.changed_at = now
        ticket.save(update_fields=["remote", "changed_at"])
    row.refresh_from_db()
    return row
