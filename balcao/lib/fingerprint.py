"""One text for one set of values, and its digest: how the record notices that a row was changed."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime


def fingerprint(columns: Mapping[str, object]) -> str:
    """SHA-256, in hexadecimal, of what the columns hold.

    Empty values (None, false, no text, no entries) count as not there, so that a column added later
    leaves the fingerprints of older rows as they are. Moments are compared in UTC, to the
    microsecond; the order of keys says nothing.
    """
    told = {name: _plain(value) for name, value in columns.items() if not _empty(value)}
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _empty(value: object) -> bool:
    if isinstance(value, str | list | dict | tuple):
        return not value
    return value is None or value is False


def _plain(value: object) -> object:
    """The value as a database gives it back: JSON's types only, whatever it was in memory."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, dict | list | tuple):
        again: object = json.loads(json.dumps(value))
        return again
    return value if isinstance(value, str | int | float) else str(value)
