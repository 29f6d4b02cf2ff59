"""Several tickets at once, for what is done to all of them."""

from collections.abc import Sequence

from django.db.models import Prefetch

from balcao.events.models import Event
from balcao.people.models import User
from balcao.policy.access import Actor
from balcao.tickets.models import Queue, Ticket
from balcao.tickets.queries.access import visible_to

_HOLDER = (
    "ticket.assigned",
    "ticket.claimed",
    "ticket.claim_ended",
    "ticket.given_back",
    "ticket.skipped",
    "ticket.queue_changed",
    "ticket.assignment_undone",
)


def several_for(actor: Actor, numbers: Sequence[str]) -> dict[str, Ticket]:
    """Number -> ticket, of those that exist for the actor. Two statements."""
    rows = (
        visible_to(actor)
        .filter(number__in=numbers)
        .select_related("assignee", "queue", "organisation")
        .prefetch_related(Prefetch("participants", User.objects.only("pk")))
    )
    return {row.number: row for row in rows}


def all_queues() -> list[tuple[int, str]]:
    """Every queue by name: id and name."""
    return list(Queue.objects.order_by("name", "pk").values_list("pk", "name"))


def last_holder_change(ticket_id: int) -> int | None:
    """Who last changed whose the ticket is, or its queue; None: nobody, or no person."""
    events = Event.objects.filter(
        subject_kind=Ticket._meta.label_lower, subject_id=ticket_id, verb__in=_HOLDER
    )
    return events.order_by("-pk").values_list("actor_id", flat=True).first()
