"""What people are told about: verb -> jobs."""

REACTIONS: dict[str, tuple[str, ...]] = {
    "ticket.opened": ("notifications.opened",),
    "ticket.replied": ("notifications.replied",),
    "ticket.waiting_customer": ("notifications.waiting",),
    "ticket.resolved": ("notifications.resolved",),
    "ticket.reopened": ("notifications.reopened",),
    "person.invited": ("notifications.invited",),
    "person.password_set": ("notifications.password_set",),
    "person.recovery_asked": ("notifications.recovery",),
    "person.second_factor_added": ("notifications.factor_added",),
    "person.second_factor_removed": ("notifications.factor_removed",),
    "person.second_factor_reset": ("notifications.factor_reset",),
    "person.recovery_code_used": ("notifications.recovery_code_used",),
    "person.address_change_asked": ("notifications.address_asked",),
    "person.address_change_held": ("notifications.address_held",),
    "person.colleague_known": ("notifications.colleague_known",),
    "mail.notice_wanted": ("notifications.notice",),
}
