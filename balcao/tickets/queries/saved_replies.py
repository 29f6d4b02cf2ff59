"""Texts that are written often, and what may stand in them."""

from dataclasses import dataclass

from django.db.models import Q

from balcao.policy.access import Actor
from balcao.tickets.models import SavedReply
from balcao.tickets.queries.access import NotFound

# The closed list of variables, as the team writes them; whoever shows one fills it.
VARIABLES = (
    *("nome", "empresa", "numero", "produto", "agente"),
    *("prazo_inicio", "prazo_conclusao", "telefone", "portal"),
)


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """A saved text. ``shared``: the whole team's; else the reader's own."""

    id: int
    title: str
    shortcut: str
    body: str
    shared: bool


def saved_replies(actor: Actor) -> list[ReplyRow]:
    """The reader's own texts and the team's, in the order of their shortcuts; the own one first
    where both have the same.
    """
    rows = SavedReply.objects.filter(_readable(actor)).order_by("shortcut", "pk")
    found = [
        ReplyRow(row.pk, row.title, row.shortcut, row.body, row.owner_id is None) for row in rows
    ]
    return sorted(found, key=lambda row: (row.shortcut, row.shared))


def reply_for(actor: Actor, reply_id: int) -> SavedReply:
    """One of those. Raises NotFound for a colleague's own text, and for a retired one."""
    row = SavedReply.objects.filter(_readable(actor), pk=reply_id).first()
    if row is None:
        raise NotFound
    return row


def _readable(actor: Actor) -> Q:
    return Q(active=True) & (Q(owner=None) | Q(owner=actor.id))
