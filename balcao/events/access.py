"""The access log (A9): who saw, searched, exported or downloaded what, when, from where."""

from datetime import datetime, timedelta
from ipaddress import ip_address

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Count, Max

from balcao.events.actions import emit, spend
from balcao.events.changes import insert
from balcao.events.models import Access, Act, Batch, Event
from balcao.policy.access import SYSTEM, Actor

__all__ = ["TICKET", "Act", "exported", "forget", "raise_alarms", "saw"]

log = structlog.get_logger()

TICKET = "tickets.ticket"
HOUR = timedelta(hours=1)

_BATCHES_AT_ONCE = 20


def saw(
    act: Act,
    kind: str,
    subject: int | None = None,
    *,
    actor: Actor,
    now: datetime,
    address: str | None,
    detail: str = "",
) -> None:
    """Note that ``actor`` did ``act`` to the row ``subject`` of ``kind`` (a model's label).

    One INSERT. When the database cannot take it (a full disk), the page still answers and the log
    line is what remains.
    """
    try:
        _write(act, kind, subject, actor=actor, now=now, address=address, detail=detail)
    except DatabaseError:
        log.exception("access.unrecorded", act=act, kind=kind, subject=subject, actor=actor.id)


@transaction.atomic
def exported(
    kind: str, *, rows: int, actor: Actor, now: datetime, address: str | None, detail: str = ""
) -> None:
    """Note that ``actor`` took ``rows`` rows of ``kind`` out of the desk, and tell the supervisors.

    Raises DatabaseError: what cannot be noted is not exported.
    """
    row = _write(Act.EXPORTED, kind, None, actor=actor, now=now, address=address, detail=detail)
    _alarm("export", row, count=rows, now=now)


def _write(
    act: Act,
    kind: str,
    subject: int | None,
    *,
    actor: Actor,
    now: datetime,
    address: str | None,
    detail: str,
) -> Access:
    row = Access(
        at=now,
        actor_kind=actor.kind,
        actor_id=actor.id,
        act=act,
        subject_kind=kind,
        subject_id=subject,
        detail=detail,
        address=_as_address(address),
    )
    insert([row])
    return row


def _as_address(text: str | None) -> str | None:
    try:
        return str(ip_address(text or ""))
    except ValueError:
        return None


def raise_alarms(now: datetime, *, reads_per_hour: int) -> int:
    """Report everybody who read more tickets than that in the last hour; how many were reported.

    Once per person and hour, whatever the number of nodes that tick.
    """
    readers = (
        Access.objects.filter(at__gt=now - HOUR, at__lte=now, act=Act.VIEWED, subject_kind=TICKET)
        .values_list("actor_id")
        .annotate(reads=Count("id"), newest=Max("id"))
        .filter(reads__gt=reads_per_hour)
    )
    return sum(_report(newest, reads=reads, now=now) for _actor, reads, newest in readers)


@transaction.atomic
def _report(access_id: int, *, reads: int, now: datetime) -> bool:
    return _alarm("reads", Access.objects.get(pk=access_id), count=reads, now=now)


def _alarm(kind: str, row: Access, *, count: int, now: datetime) -> bool:
    if not spend(f"access.alarm:{kind}:{row.actor_id}", limit=1, window=HOUR, now=now):
        return False
    data = {"alarm": kind, "person": row.actor_id, "count": count}
    emit("access.alarmed", row, actor=SYSTEM, now=now, data=data)
    return True


@transaction.atomic
def forget(*, before: datetime, now: datetime) -> int:
    """Let go of whole batches of the access log sealed before that, 20 at most; how many rows.

    An event says how far, so that the check of the record knows that nobody else took them.
    """
    last = Event.objects.filter(verb="access.forgotten").order_by("-at", "-pk").first()
    batches = list(
        Batch.objects.filter(
            log="access", sealed_at__lt=before, number__gt=last.data["until"] if last else 0
        ).order_by("number")[:_BATCHES_AT_ONCE]
    )
    if not batches:
        return 0
    rows, _ = Access.objects.filter(batch__in=[one.number for one in batches]).delete()
    data = {"until": batches[-1].number, "count": rows}
    emit("access.forgotten", batches[-1], actor=SYSTEM, now=now, data=data)
    return rows
