"""What follows from events in this room: verb -> jobs."""

_FOLLOW = ("appointments.follow",)

REACTIONS: dict[str, tuple[str, ...]] = {
    "ticket.resumed": _FOLLOW,
    "ticket.attended": _FOLLOW,
    "ticket.waiting_third": _FOLLOW,
    "ticket.resolved": _FOLLOW,
    "ticket.returned": _FOLLOW,
    "ticket.cancelled": _FOLLOW,
}
