"""What the policy says of the access log: who reads too much, and how long it is kept (A9)."""

from datetime import datetime, timedelta

from balcao.events import access
from balcao.rulebook import queries as rulebook


def watch_access(now: datetime) -> None:
    """Report whoever read more tickets in the last hour than ``access.reads_per_hour``, and let go
    of what is older than ``retention.access_log`` days, a bounded piece at a time.
    """
    policy = rulebook.current()
    access.raise_alarms(now, reads_per_hour=policy.access.reads_per_hour)
    access.forget(before=now - timedelta(days=policy.retention["access_log"]), now=now)
