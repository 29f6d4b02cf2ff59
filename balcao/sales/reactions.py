"""What follows from events in this room: verb -> jobs."""

REACTIONS: dict[str, tuple[str, ...]] = {
    "policy.saved": ("sales.plan",),
}
