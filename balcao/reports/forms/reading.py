"""The shape of what is asked: documents, days and moments as somebody typed them."""

import json
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from balcao.policy.book import Policy, PolicyError, parse
from balcao.policy.book.reader import Problem

# Years that calendars, time zones and deadlines can be counted in.
YEARS = range(1970, 2200)
UNSAVED = 0


class Unreadable(ValueError):
    """Something typed that cannot be read; the text says in one sentence what is wrong with it."""


def policy_in(raw: bytes) -> Policy:
    """The policy of a TOML or JSON document, as version 0: nobody has saved it.

    Raises PolicyError with every problem; that it cannot be read at all is one, too.
    """
    return parse(_document(raw), version=UNSAVED)


def _document(raw: bytes) -> Mapping[str, object]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable("is not UTF-8 text") from None
    as_json = text.lstrip().startswith("{")
    try:
        found = json.loads(text) if as_json else tomllib.loads(text)
    except (ValueError, RecursionError) as problem:
        kind = "JSON" if as_json else "TOML"
        raise _unreadable(f"is not {kind}: {problem}") from None
    if isinstance(found, Mapping):
        return found
    raise _unreadable("must be a table")


def _unreadable(text: str) -> PolicyError:
    return PolicyError((Problem("the document", text, {}),))


def moment(text: str, *, timezone: str) -> datetime:
    """An aware moment from ISO 8601; one without an offset is local to ``timezone``."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Unreadable(f"{_shown(text)} is not a moment such as 2026-11-20T17:00.") from None
    if found.year not in YEARS:
        raise Unreadable(f"{_shown(text)} does not lie between 1970 and 2199.")
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(timezone))


def day(text: str) -> date:
    """A date from ISO 8601."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise Unreadable(f"{_shown(text)} is not a date such as 2026-11-20.") from None
    if found.year not in YEARS:
        raise Unreadable(f"{_shown(text)} does not lie between 1970 and 2199.")
    return found


def timezone(name: str) -> str:
    """The name of a time zone that exists."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unreadable(f"{_shown(name)} is not a time zone such as America/Recife.") from None
    return name


def _shown(text: str) -> str:
    """What somebody gave us, short enough and safe to print."""
    return text[:40].encode("utf-8", "replace").decode("utf-8")
