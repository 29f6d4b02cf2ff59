"""The jobs that tell people: each writes mails for the door out, in one transaction."""

from balcao.notifications.tasks.accounts import invited, password_set
from balcao.notifications.tasks.notices import notice
from balcao.notifications.tasks.tickets import opened, reopened, replied, resolved, waiting

__all__ = [
    "invited",
    "notice",
    "opened",
    "password_set",
    "reopened",
    "replied",
    "resolved",
    "waiting",
]
