"""What follows from what happens to people: verb -> jobs."""

REACTIONS: dict[str, tuple[str, ...]] = {
    "person.handed_over": ("tickets.hand_over",),
}
