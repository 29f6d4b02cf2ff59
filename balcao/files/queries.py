"""Reading stored files."""

from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings

from balcao.files.models import StoredFile


def folder() -> Path:
    """Where all stored files are."""
    return Path(settings.DATA) / "files"


def path_of(file_id: UUID) -> Path:
    """Where the bytes are; the name depends on nothing a person wrote."""
    return folder() / file_id.hex[:2] / str(file_id)


def open_file(file: StoredFile) -> IO[bytes]:
    """Open for reading. Raises FileNotFoundError when the disk lost it."""
    return path_of(file.pk).open("rb")
