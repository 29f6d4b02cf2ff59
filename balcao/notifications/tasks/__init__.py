"""The jobs that tell people: each writes mails for the door out, in one transaction."""

from balcao.notifications.tasks.accounts import (
    factor_added,
    factor_removed,
    factor_reset,
    invited,
    password_set,
    recovery,
    recovery_code_used,
)
from balcao.notifications.tasks.notices import notice
from balcao.notifications.tasks.tickets import opened, reopened, replied, resolved, waiting

__all__ = [
    "factor_added",
    "factor_removed",
    "factor_reset",
    "invited",
    "notice",
    "opened",
    "password_set",
    "recovery",
    "recovery_code_used",
    "reopened",
    "replied",
    "resolved",
    "waiting",
]
