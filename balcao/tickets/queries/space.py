"""How much the files of a ticket hold (I5)."""

from functools import partial

from django.conf import settings
from django.db.models import Exists, OuterRef, Sum

from balcao.files.models import StoredFile
from balcao.files.queries import Quota
from balcao.tickets.models import Attachment


def room_on(ticket_id: int) -> int:
    """How many bytes of files the ticket may still take; less than nothing when it holds more.

    What was sent for it and is not attached yet takes up room, too. Two statements.
    """
    rows = Attachment.objects.filter(message__ticket=ticket_id)
    held: int = rows.aggregate(total=Sum("file__size"))["total"] or 0
    attached = Attachment.objects.filter(file=OuterRef("pk"))
    coming = StoredFile.objects.filter(~Exists(attached), meant_for=ticket_id)
    held += coming.aggregate(total=Sum("size"))["total"] or 0
    return int(settings.TICKET_QUOTA) - held


def quota_of(owner: int | None, *, ticket_id: int | None = None) -> Quota:
    """The quotas of a person who sends files, for this ticket or for one that is not open yet."""
    left = partial(room_on, ticket_id) if ticket_id else None
    return Quota(owner, ticket_id, left)
