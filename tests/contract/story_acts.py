"""The story's part about what the team does on a ticket besides answering."""

from datetime import datetime

from balcao.people.models import User
from balcao.policy.gate import Door
from balcao.tickets import actions
from balcao.tickets.models import Ticket
from tests.cast import acting


def tell_of_acts(word: str, ticket: Ticket, agent: User, *, now: datetime) -> None:
    """A call, a remote access from begin to end, time noted and taken back."""
    actor = acting(agent)
    actions.log_call(actor=actor, now=now, ticket_id=ticket.pk, summary=word, key=f"{word} call")
    session = actions.begin_remote(
        actor=actor,
        now=now,
        ticket_id=ticket.pk,
        wanted=actions.RemoteAccess(word, word, word, Door.PHONE),
        key=word,
    )
    actions.end_remote(actor=actor, now=now, session_id=session.pk)
    time = actions.log_time(
        actor=actor, now=now, ticket_id=ticket.pk, minutes=25, note=word, key=word
    )
    actions.remove_time(actor=actor, now=now, time_id=time.pk)
