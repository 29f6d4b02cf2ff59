"""Jobs of this room: the record is checked once a day without being asked."""

from datetime import datetime

import structlog

from balcao.events.actions import emit
from balcao.events.models import Batch
from balcao.events.registry import task
from balcao.events.verifying import verify
from balcao.policy.access import SYSTEM

log = structlog.get_logger()


@task("events.verify", outside=True)
def check_record(*, now: datetime) -> None:
    """Check all of it, and say on record how it was found. Safe to run twice."""
    newest = Batch.objects.order_by("-pk").defer("marks").first()
    if newest is None:
        return
    report = verify(now=now)
    found = {"batches": sum(one.batches for one in report.logs.values()), "head": newest.head}
    if report.whole:
        emit("audit.verified", newest, actor=SYSTEM, now=now, data=found)
        return
    first = report.faults[0]
    log.error("audit.broken", wrong=report.wrong, first=first.words)
    told = {**found, "wrong": report.wrong, "code": first.code}
    emit("audit.broken", newest, actor=SYSTEM, now=now, data=told)
