"""How much the files of a ticket hold (I5)."""

from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum

from balcao.events.statements import Slot, Statement
from balcao.files.models import StoredFile
from balcao.files.queries import Quota
from balcao.tickets.models import Attachment, Ticket


def room_on(ticket_id: int) -> int:
    """How many bytes of files the ticket may still take; less than nothing when it holds more.

    What was sent for it and is not attached yet takes up room, too. One statement.
    """
    held = sum(total or 0 for row in _HELD.rows(ticket_id) for total in row)
    return int(settings.TICKET_QUOTA) - held


def _held(ticket: Slot) -> QuerySet[Any, Any]:
    rows = Attachment.objects.filter(message__ticket=OuterRef("pk")).values("message__ticket")
    attached = Attachment.objects.filter(file=OuterRef("pk"))
    coming = StoredFile.objects.filter(~Exists(attached), meant_for=OuterRef("pk"))
    return Ticket.objects.filter(pk=ticket).values_list(
        Subquery(rows.annotate(total=Sum("file__size")).values("total")),
        Subquery(coming.values("meant_for").annotate(total=Sum("size")).values("total")),
    )


_HELD = Statement(_held, int)


def quota_of(owner: int | None, *, ticket_id: int | None = None) -> Quota:
    """The quotas of a person who sends files, for this ticket or for one that is not open yet."""
    left = partial(room_on, ticket_id) if ticket_id else None
    return Quota(owner, ticket_id, left)
