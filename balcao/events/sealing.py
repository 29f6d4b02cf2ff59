"""Sealing the record: rows are closed in batches, each of which holds the digest of the last one.

Whatever has no batch yet is sealed next, in whatever order ids were given and transactions ended.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import structlog
from django.db import IntegrityError, models, transaction

from balcao.events.models import Access, Batch, Event
from balcao.lib.fingerprint import fingerprint

log = structlog.get_logger()

LOGS: Mapping[str, type[models.Model]] = {"events": Event, "access": Access}
"""The logs that are sealed, each in a chain of its own."""

START = "0" * 64
"""What the first batch follows."""

LIMIT = 1000
_AT_ONCE = 20
_HALF_MARK = 8


def seal_due(now: datetime) -> int:
    """Seal what waits in every log, at most 20 batches of each at a time; how many were made."""
    made = 0
    for name in LOGS:
        for _ in range(_AT_ONCE):
            if seal(name, now=now) is None:
                break
            made += 1
    return made


def seal(name: str, *, now: datetime, limit: int = LIMIT) -> Batch | None:
    """Close one batch of a log; None when nothing waits, or another ticker was faster."""
    if not _waiting(name).exists():
        return None  # a quiet desk never takes SQLite's write lock
    try:
        with transaction.atomic():
            batch = _seal(name, now=now, limit=limit)
    except IntegrityError:
        return None
    if batch:
        log.info("audit.sealed", log=name, batch=batch.number, rows=batch.count, head=batch.head)
    return batch


def _waiting(name: str) -> "models.QuerySet[Any]":
    return LOGS[name]._default_manager.filter(batch=None)


def _seal(name: str, *, now: datetime, limit: int) -> Batch | None:
    # The head first, the rows after: rows that a faster ticker took in between are then not seen.
    last = Batch.objects.filter(log=name).order_by("-number").first()
    rows = list(_waiting(name).order_by("pk").values(*columns(name))[:limit])
    if not rows:
        return None
    prints = [(row["id"], print_of(row)) for row in rows]
    batch = Batch(
        log=name,
        number=last.number + 1 if last else 1,
        previous=last.head if last else START,
        count=len(rows),
        digest=digest_of(prints),
        marks=marks_of(prints),
        sealed_at=now,
    )
    batch.head = head_of(batch)
    batch.save(force_insert=True)
    taken = _waiting(name).filter(pk__in=[row["id"] for row in rows]).update(batch=batch.number)
    if taken != len(rows):
        raise IntegrityError("rows were sealed by somebody else")
    return batch


def columns(name: str) -> tuple[str, ...]:
    """All columns of a log but the seal itself."""
    fields = LOGS[name]._meta.concrete_fields
    return tuple(field.attname for field in fields if field.attname != "batch")


def print_of(row: Mapping[str, Any]) -> bytes:
    """The fingerprint of a row, of the columns of ``columns``."""
    return bytes.fromhex(fingerprint(row))


def digest_of(prints: Iterable[tuple[int, bytes]]) -> str:
    """The digest of a batch: over the fingerprints of its rows, in order of id."""
    return hashlib.sha256(b"".join(one for _pk, one in prints)).hexdigest()


def marks_of(prints: Iterable[tuple[int, bytes]]) -> bytes:
    """What names a row later: its id, and the beginning of its fingerprint."""
    return b"".join(
        pk.to_bytes(_HALF_MARK, "big", signed=True) + one[:_HALF_MARK] for pk, one in prints
    )


def read_marks(marks: bytes) -> dict[int, bytes]:
    """Id -> beginning of the fingerprint, as it was when the batch was sealed."""
    size = 2 * _HALF_MARK
    pieces = (marks[place : place + size] for place in range(0, len(marks), size))
    return {
        int.from_bytes(one[:_HALF_MARK], "big", signed=True): one[_HALF_MARK:] for one in pieces
    }


def mark_fits(mark: bytes, one: bytes) -> bool:
    """Whether a row's fingerprint begins as it did when it was sealed."""
    return mark == one[:_HALF_MARK]


def head_of(batch: Batch) -> str:
    """The head that belongs to what the batch says."""
    return fingerprint(
        {
            "log": batch.log,
            "number": batch.number,
            "previous": batch.previous,
            "count": batch.count,
            "digest": batch.digest,
            "marks": hashlib.sha256(bytes(batch.marks)).hexdigest(),
            "sealed_at": batch.sealed_at,
        }
    )
