"""What others did between the page a reply was written on and its sending.

Asked of a locked ticket, in the transaction that writes: of two who answer in the same instant, the
second finds what the first wrote.
"""

from dataclasses import dataclass

from balcao.policy.access import Actor
from balcao.tickets.actions.refusal import Conflict
from balcao.tickets.models import Message, MessageKind, Ticket
from balcao.tickets.queries import move_since, owner_in


@dataclass(frozen=True, slots=True)
class Seen:
    """What its author saw: how many messages stood there, and the ticket's ``standing``.

    ``sent``: it has waited since the press, and nobody looks at it any more.
    """

    messages: int | None = None
    was: str = ""
    sent: bool = False


def require_unchanged(ticket: Ticket, seen: Seen | None, *, actor: Actor) -> None:
    """Raises Conflict("changed") when another one wrote, moved the ticket or took it since.

    What was sent already is stopped by a colleague alone, who answered (Conflict("answered")) or
    took the ticket (Conflict("taken")): a customer's words that cross ours contradict nothing.
    """
    if seen is None:
        return
    kinds = _kinds_since(ticket, seen.messages, actor=actor)
    if seen.sent:
        if MessageKind.REPLY in kinds:
            raise Conflict("answered")
        if ticket.assignee_id not in (None, actor.id, owner_in(seen.was)):
            raise Conflict("taken")
    elif kinds or move_since(actor, ticket, seen.was):
        raise Conflict("changed")


def _kinds_since(ticket: Ticket, count: int | None, *, actor: Actor) -> set[str]:
    """What kinds of messages others wrote after the first ``count``. No statement if nobody did."""
    if count is None or count >= ticket.message_count:
        return set()
    rows = Message.objects.filter(ticket=ticket).order_by("pk").values_list("kind", "author_id")
    return {kind for kind, author in rows[count:] if author != actor.id}
