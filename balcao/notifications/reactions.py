"""What people are told about: verb -> jobs."""

REACTIONS: dict[str, tuple[str, ...]] = {
    "ticket.opened": ("notifications.opened",),
    "ticket.replied": ("notifications.replied",),
    "ticket.waiting_customer": ("notifications.waiting",),
    "ticket.resolved": ("notifications.resolved",),
    "ticket.reopened": ("notifications.reopened",),
    "person.invited": ("notifications.invited",),
    "person.password_set": ("notifications.password_set",),
    "mail.notice_wanted": ("notifications.notice",),
}
