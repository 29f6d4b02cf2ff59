"""A one-off is submitted when its problem is described (R16)."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from balcao.entitlements.models import Service
from balcao.policy.access import Actor
from balcao.policy.book import Verdict
from balcao.policy.gate import Door
from balcao.policy.lifecycle import Verb
from balcao.tickets.actions.moves import move
from balcao.tickets.actions.refusal import Judged, require
from balcao.tickets.models import Message, Ticket
from balcao.tickets.queries import queue_for


def require_service(ticket: Ticket, slug: str) -> None:
    """Raises NotAllowed for a service that is not in the catalogue; empty: the ticket's own."""
    another = slug and slug != ticket.service.slug
    require(not another or Service.objects.filter(slug=slug, active=True).exists())


def choose_service(ticket: Ticket, slug: str) -> None:
    """Another service than the one-off was bought for, as the gate allowed; empty: the same."""
    if slug and slug != ticket.service.slug:
        ticket.service = Service.objects.get(slug=slug)
        ticket.queue = queue_for(slug)


def submit(
    ticket: Ticket,
    judged: Judged,
    *,
    actor: Actor,
    door: Door,
    now: datetime,
    subject: str = "",
    message: Message | None = None,
    told: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """Move a locked one-off whose problem is described, and ask sales where the gate says so.

    ``told``: what its event says besides, of a decision that no other event tells of.
    """
    ticket.subject, ticket.door = subject or ticket.subject, door.value
    data = {**told, "message": message.pk} if message else dict(told)
    move(ticket, Verb.SUBMIT, actor=actor, now=now, data=data)
    if judged.decision.verdict is Verdict.ASK:
        move(ticket, Verb.ASK_SALES, actor=actor, now=now)
