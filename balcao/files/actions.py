"""Writing stored files: the bytes are safe on disk before their row exists."""

import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, ForeignKey, Model, OuterRef, ProtectedError

from balcao.events.actions import enqueue
from balcao.events.changes import insert
from balcao.files.models import Scan, StoredFile
from balcao.files.queries import Quota, folder, no_room, path_of
from balcao.lib.names import clean_filename
from balcao.lib.secrets_scan import SCANNED, secrets_in
from balcao.lib.sniff import sniff

_CHUNK = 1024 * 1024
_HEAD = 4096


class Full(OSError):
    """A quota is used up; ``code`` as ``queries.no_room`` says it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def store(
    content: bytes | IO[bytes], *, name: str, now: datetime, owner: int | None = None
) -> StoredFile:
    """Keep ``content`` and return its row, whatever the quotas say; outside any transaction.

    The bytes are written beside their place, flushed to the disk (fsync) and renamed, then the row
    is made; a crash in between leaves a file without a row, never a row without bytes. Raises
    OSError when the disk is full; then nothing is left behind.
    """
    row = put(content, name=name, now=now, owner=owner)
    with transaction.atomic():
        save(row, now=now)
    return row


def put(
    content: bytes | IO[bytes], *, name: str, now: datetime, owner: int | None = None
) -> StoredFile:
    """The bytes as ``store`` keeps them, and their row for the caller to ``save`` or
    ``take_back``. Outside any transaction.
    """
    return _put(content, name=name, now=now, quota=Quota(owner))


def save(row: StoredFile, *, now: datetime) -> None:
    """Make the row of what was ``put``, in the transaction of what it is part of."""
    insert([row])
    _have_scanned([row], now=now)


def take_back(row: StoredFile) -> None:
    """Remove what was ``put`` and never saved."""
    path_of(row.pk).unlink(missing_ok=True)


def store_within(
    contents: Iterable[tuple[bytes | IO[bytes], str]], *, now: datetime, quota: Quota
) -> list[StoredFile]:
    """Keep pairs of content and name as ``store`` does, all or none of them.

    Who sends at the same moment waits while the quotas are asked and the rows made, so that all
    together never exceed them. Raises Full.
    """
    rows: list[StoredFile] = []
    try:
        for content, name in contents:
            rows.append(_put(content, name=name, now=now, quota=quota))
        with transaction.atomic():
            _one_at_a_time(quota)
            room = quota.left() if quota.left else None
            size = sum(row.size for row in rows)
            if code := no_room(size, owner=quota.owner, room=room, now=now):
                raise Full(code)
            StoredFile.objects.bulk_create(rows)
            _have_scanned(rows, now=now)
    except BaseException:
        for row in rows:
            take_back(row)
        raise
    return rows


def _one_at_a_time(quota: Quota) -> None:
    """Until the transaction ends nobody else asks for these. SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        return
    asked = [
        number
        for kind, owner in enumerate((quota.owner, quota.ticket))
        if owner is not None
        for number in (kind, owner % 2**31)
    ]
    if asked:
        locks = ", ".join(["pg_advisory_xact_lock(%s, %s)"] * (len(asked) // 2))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {locks}", asked)


def _put(content: bytes | IO[bytes], *, name: str, now: datetime, quota: Quota) -> StoredFile:
    """The bytes in their place; the row is the caller's to save."""
    file_id = uuid.uuid4()
    target = path_of(file_id)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    partial = target.with_suffix(".partial")
    try:
        clean = clean_filename(name)
        head, size, digest, secrets = _write(content, partial, clean)
        partial.rename(target)
        _sync_folder(target.parent)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    return StoredFile(
        id=file_id,
        name=clean,
        content_type=sniff(head, clean),
        size=size,
        sha256=digest,
        flagged=",".join(sorted(secrets)),
        created_at=now,
        owner_id=quota.owner,
        meant_for=quota.ticket,
        scan=Scan.WAITING if settings.CLAMD else "",
    )


def _have_scanned(rows: Iterable[StoredFile], *, now: datetime) -> None:
    for row in rows:
        if row.scan:
            enqueue("files.scan", now=now, key=f"files.scan:{row.pk.hex}", file=row.pk.hex)


def settle_scan(file_id: uuid.UUID, *, infected: bool) -> None:
    """What the scanner said, once. An infected file is kept, and never handed out (I3)."""
    StoredFile.objects.filter(pk=file_id, scan=Scan.WAITING).update(
        scan=Scan.INFECTED if infected else Scan.CLEAN
    )


def _write(
    content: bytes | IO[bytes], path: Path, name: str
) -> tuple[bytes, int, str, frozenset[str]]:
    digest = hashlib.sha256()
    size = 0
    head = b""
    secrets: frozenset[str] = frozenset()
    with path.open("xb") as out:
        for chunk in _chunks(content):
            head = head or chunk[:_HEAD]
            if size < SCANNED:
                secrets |= set(secrets_in(chunk[:SCANNED], name))
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return head, size, digest.hexdigest(), secrets


def _chunks(content: bytes | IO[bytes]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    content.seek(0)
    while chunk := content.read(_CHUNK):
        yield chunk


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def discard_partials(*, now: datetime, older_than: timedelta = timedelta(days=1)) -> int:
    """Remove what a crash left half written longer than ``older_than`` ago; how many files went.

    Whole files stay even without a row: a database restored from an older copy, or the wrong one,
    must never empty the store.
    """
    limit = (now - older_than).timestamp()
    old = [path for path in folder().glob("??/*.partial") if path.stat().st_mtime <= limit]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def discard_orphans(
    *, now: datetime, older_than: timedelta = timedelta(days=1), limit: int = 500
) -> int:
    """Remove files that were sent and never became part of anything (a form that came back, or was
    sent twice), longer than ``older_than`` ago; how many went.

    A file goes only when this database has its row and every table that may name a file was asked.
    When one cannot be asked, the database raises and nothing is removed; what is on the disk
    without a row stays.
    """
    rows = StoredFile.objects.filter(created_at__lte=now - older_than)
    for model, field in _references():
        rows = rows.exclude(Exists(model._base_manager.filter(**{field: OuterRef("pk")})))
    found = list(rows.order_by("created_at").values_list("pk", flat=True)[:limit])
    for file_id in found:
        discard(file_id)
    return len(found)


def _references() -> list[tuple[type[Model], str]]:
    """Every table with a column that names a stored file, and the column."""
    return [
        (model, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.remote_field.model is StoredFile
    ]


def discard(file_id: uuid.UUID) -> None:
    """Let go of a file. The row first: bytes without a row do no harm. One in use stays."""
    try:
        with transaction.atomic():
            StoredFile.objects.filter(pk=file_id).delete()
    except (ProtectedError, IntegrityError):
        return
    path_of(file_id).unlink(missing_ok=True)
