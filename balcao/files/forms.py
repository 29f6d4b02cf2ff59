"""The shape of what people attach, the same wherever they attach it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from balcao.files.actions import Full, store_within
from balcao.files.models import StoredFile
from balcao.files.queries import Quota
from balcao.web import format

MAX_FILES = 10

Uploads = Sequence["UploadedFile[Any]"]


def file_limit() -> int:
    """Most bytes of files in one form: a little less than a request may hold, for the text."""
    return settings.MAX_UPLOAD // (1024 * 1024) * 1_000_000


@dataclass(frozen=True, slots=True)
class FileRules:
    """What may be attached, in words and bytes."""

    hint: str
    limit: int
    too_big: str


def file_rules() -> FileRules:
    """The rules of every form that takes files."""
    size = format.file_size(file_limit())
    hint = _("Up to %(count)d files and %(size)s in all. You can also drag or paste them.")
    return FileRules(
        hint=hint % {"count": MAX_FILES, "size": size},
        limit=file_limit(),
        too_big=_("The files are too large: together they may have %(size)s.") % {"size": size},
    )


def check_uploads(uploads: Uploads) -> None:
    """Raises ValidationError, in words, when there are too many files or they are too large."""
    if len(uploads) > MAX_FILES:
        raise ValidationError(
            _("Choose at most %(count)d files, or put them in one ZIP file.") % {"count": MAX_FILES}
        )
    if sum(upload.size or 0 for upload in uploads) > file_limit():
        raise ValidationError(
            _("The files are too large: together they may have %(size)s.")
            % {"size": format.file_size(file_limit())}
        )


class NoRoom(OSError):
    """The quota of the ticket or the person is used up; ``said`` says so in words (I5)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.said = no_room_words(code)


def no_room_words(code: str) -> str:
    """What ``queries.no_room`` says, for whoever sent the files."""
    if code == "ticket":
        text = _(
            "The files were not kept: a request holds at most %(size)s of files, and this one is"
            " full. Open a new one for them, or send a link."
        )
        return text % {"size": format.file_size(settings.TICKET_QUOTA)}
    text = _(
        "The files were not kept: each person sends at most %(size)s in 30 days, and that is used"
        " up. Send your text without them, or a link."
    )
    return text % {"size": format.file_size(settings.PERSON_QUOTA)}


def keep_uploads(uploads: Uploads, *, now: datetime, quota: Quota) -> list[StoredFile]:
    """Store what was attached, outside any transaction.

    Raises NoRoom, and then nothing is stored; OSError when the disk is full.
    """
    sent = ((upload.file, upload.name or "") for upload in uploads if upload.file is not None)
    try:
        return store_within(sent, now=now, quota=quota)
    except Full as refused:
        raise NoRoom(refused.code) from refused
