"""Where sessions are kept: in Django's own table, which every page reads first."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from balcao.events.statements import Slot, Statement


class SessionStore(DatabaseStore):
    """Django's, but for how a session is found: that SQL is written once."""

    def _get_session_from_db(self) -> Session | None:
        """The session with this key, unless it is over: then as without one."""
        rows = _KEPT.rows(self.session_key, timezone.now())
        if not rows:
            self._session_key = None
            return None
        key, data, expires = rows[0]
        return Session(session_key=key, session_data=data, expire_date=expires)


def _kept(key: Slot, now: Slot) -> QuerySet[Any, Any]:
    rows = Session.objects.filter(session_key=key, expire_date__gt=now)
    return rows.values_list("session_key", "session_data", "expire_date")


_KEPT = Statement(_kept, str, datetime)
