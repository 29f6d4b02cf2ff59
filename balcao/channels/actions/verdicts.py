"""The verdict on a mail: one conditional UPDATE, so that of two who judge one writes it."""

from datetime import datetime

from balcao.channels.models import Inbound
from balcao.events.changes import Change

_FIELDS = {
    "outcome": str,
    "reason": str,
    "rules": list,
    "sender": str,
    "subject": str,
    "mail_id": str,
    "ticket": int,
    "message": int,
    "auth": str,
    "machine": str,
    "judged_at": datetime,
    "purge_at": datetime,
}
JUDGED = Change(
    lambda pk, *verdict: (
        Inbound.objects.filter(pk=pk, judged_at=None),
        dict(zip(_FIELDS, verdict, strict=True)),
    ),
    *(int, *_FIELDS.values()),
)
