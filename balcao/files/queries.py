"""Reading stored files."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings
from django.db.models import Sum

from balcao.events.statements import Statement
from balcao.files.models import Scan, StoredFile

WINDOW = timedelta(days=30)
"""What somebody sent longer ago counts against nothing."""


@dataclass(frozen=True, slots=True)
class Quota:
    """Whose quotas files count against (I5): a person's, a ticket's with what is ``left`` on it."""

    owner: int | None = None
    ticket: int | None = None
    left: Callable[[], int] | None = None


def no_room(size: int, *, owner: int | None, room: int | None, now: datetime) -> str:
    """Why ``size`` more bytes are not kept (I5): "ticket" when they exceed ``room``, which is what
    is left on theirs, "person" when their owner sent too much lately, empty when there is room.

    The one place that says so, for every door; asked before anything is written, and again by
    ``actions.store_within`` while nobody else asks.
    """
    if size and room is not None and size > room:
        return "ticket"
    if size and owner is not None and sent_by(owner, now=now) + size > settings.PERSON_QUOTA:
        return "person"
    return ""


def sent_by(owner: int, *, now: datetime) -> int:
    """How many bytes the person sent in the last 30 days, attached to something or not."""
    found = _SENT.rows(owner, now - WINDOW)
    return int(found[0][0]) if found else 0


_SENT = Statement(
    lambda owner, since: (
        StoredFile.objects.filter(owner_id=owner, created_at__gt=since)
        .values("owner_id")
        .annotate(total=Sum("size"))
        .values_list("total")
    ),
    *(int, datetime),
)


def waiting_for_scanner(file_id: UUID) -> StoredFile | None:
    """The file, while it is held for the virus scanner."""
    return StoredFile.objects.filter(pk=file_id, scan=Scan.WAITING).first()


def folder() -> Path:
    """Where all stored files are."""
    return Path(settings.DATA) / "files"


def path_of(file_id: UUID) -> Path:
    """Where the bytes are; the name depends on nothing a person wrote."""
    return folder() / file_id.hex[:2] / str(file_id)


def open_file(file: StoredFile) -> IO[bytes]:
    """Open for reading. Raises FileNotFoundError when the disk lost it."""
    return path_of(file.pk).open("rb")
