"""The shape of what people attach, the same wherever they attach it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from balcao.files.actions import store
from balcao.files.models import StoredFile
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


def keep_uploads(uploads: Uploads, *, now: datetime) -> list[StoredFile]:
    """Store what was attached, outside any transaction. Raises OSError when the disk is full."""
    return [
        store(upload.file, name=upload.name or "", now=now)
        for upload in uploads
        if upload.file is not None
    ]
