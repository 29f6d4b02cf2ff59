"""What follows in this room from what happens in others: verb -> jobs."""

REACTIONS: dict[str, tuple[str, ...]] = {
    "export.asked": ("tickets.export",),
    "person.handed_over": ("tickets.hand_over",),
    "policy.saved": ("tickets.recompute",),
}
