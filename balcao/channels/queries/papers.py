"""The PDF that goes along with a mail."""

from balcao.files.models import StoredFile

MOST = 5_000_000
"""So many bytes at most: more is refused by many a server."""


def goes_along(file: StoredFile | None) -> bool:
    """Whether a mail can take it: it is not too large, and the virus scanner does not hold it."""
    return file is not None and not file.held and file.size <= MOST
