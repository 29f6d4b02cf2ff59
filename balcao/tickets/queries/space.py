"""How much the files of a ticket hold (I5)."""

from django.conf import settings
from django.db.models import Sum

from balcao.tickets.models import Attachment


def room_on(ticket_id: int) -> int:
    """How many bytes of files the ticket may still take; less than nothing when it holds more."""
    rows = Attachment.objects.filter(message__ticket=ticket_id)
    held: int = rows.aggregate(total=Sum("file__size"))["total"] or 0
    return int(settings.TICKET_QUOTA) - held
