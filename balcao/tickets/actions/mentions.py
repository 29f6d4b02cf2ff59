"""Calling a colleague by name: "@Carla Souza" in a reply or a note."""

from datetime import datetime

from django.db import transaction

from balcao.events.actions import emit
from balcao.lib.mentions import named_in
from balcao.policy.access import Actor
from balcao.tickets.models import Mention, Message, Ticket
from balcao.tickets.queries import who_may_see


def note_mentions(ticket: Ticket, message: Message, *, actor: Actor, now: datetime) -> None:
    """Keep whom a new message calls: only colleagues who may see the ticket, never its author.

    The text stays as it is: a customer reads a plain name. No statement without an "@".
    """
    if "@" not in message.body:
        return
    people = [(pk, name) for pk, name in who_may_see(ticket) if pk != actor.id]
    called = named_in(message.body, people)
    if not called:
        return
    Mention.objects.bulk_create(
        Mention(message=message, ticket=ticket, user_id=pk) for pk in called
    )
    emit(
        "ticket.mentioned",
        ticket,
        actor=actor,
        now=now,
        data={"message": message.pk, "people": called},
    )


@transaction.atomic
def see_mentions(*, actor: Actor, now: datetime, ticket_id: int) -> None:
    """The actor opened the ticket: they know now what they were called for."""
    Mention.objects.filter(ticket=ticket_id, user=actor.id, seen_at=None).update(seen_at=now)
