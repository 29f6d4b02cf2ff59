"""How a remote access ends: by hand, or because its ticket is no longer open."""

from datetime import datetime
from typing import Literal

from balcao.events.actions import emit
from balcao.policy.access import Actor
from balcao.tickets.models import RemoteSession, Ticket


def end_session(
    ticket: Ticket, *, actor: Actor, now: datetime, cause: Literal["by_hand", "ticket_ended"]
) -> None:
    """End what goes on on a locked ticket, if anything does. The caller saves the ticket."""
    if ticket.remote_id is None:
        return
    session, ticket.remote_id = ticket.remote_id, None
    ended = RemoteSession.objects.filter(pk=session, ended_at=None).update(ended_at=now)
    if ended:
        data = {"session": session, "cause": cause}
        emit("ticket.remote_ended", ticket, actor=actor, now=now, data=data)
