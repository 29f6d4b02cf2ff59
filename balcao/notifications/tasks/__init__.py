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
from balcao.notifications.tasks.addresses import address_asked, address_held
from balcao.notifications.tasks.colleagues import colleague_known
from balcao.notifications.tasks.notices import notice
from balcao.notifications.tasks.tickets import opened, reopened, replied, resolved, waiting

__all__ = [
    "address_asked",
    "address_held",
    "colleague_known",
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
