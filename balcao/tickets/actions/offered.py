"""What a ticket's page shows of times that its customer may choose from."""

from balcao.tickets.models import Ticket


def note_offered(ticket_id: int, *, offered: bool) -> None:
    """Remember beside a locked ticket whether times are offered, so that its page need not ask."""
    Ticket.objects.filter(pk=ticket_id).exclude(times_offered=offered).update(times_offered=offered)
