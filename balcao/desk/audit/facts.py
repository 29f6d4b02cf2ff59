"""What the data of an event say, in words; what only a machine reads stays as it is."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from balcao.policy.lifecycle import State
from balcao.web import format, words
from balcao.web.words import record, tables

# Digests say nothing to a reader; the check of the record compares them.
_UNSAID = frozenset({"digest", "files", "decided", "facts", "row", "head"})
_STATES = frozenset(state.value for state in State)

Data = Mapping[str, object]


def told(data: Data, numbers: Mapping[int, str]) -> str:
    """The facts that a person asks about. ``numbers``: of tickets, by id."""
    said = [
        f"{label}: {text}"
        for name, label in record.FACTS.items()
        if name in data and (text := _value(name, data[name], numbers))
    ]
    return " · ".join(said)


def raw(data: Data) -> str:
    """The codes and ids of an event, as they are."""
    said = [
        f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in sorted(data.items())
        if name not in _UNSAID and value not in (None, "", [])
    ]
    return " · ".join(said)


def tickets_in(data: Data) -> set[int]:
    """The ids of the tickets that an event names."""
    named = data.get("ticket")
    return {named} if isinstance(named, int) else set()


def _value(name: str, value: object, numbers: Mapping[int, str]) -> str:
    """One fact in words; empty where they say no more than the code."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "ticket":
        return format.number(numbers[value]) if isinstance(value, int) and value in numbers else ""
    if name == "cents":
        return format.money(value) if isinstance(value, int) else ""
    if name == "rules":
        return ", ".join(map(str, value)) if isinstance(value, list) else ""
    if isinstance(value, int):
        return str(value) if name in record.COUNTED else ""
    return _code(name, value) if isinstance(value, str) else ""


def _code(name: str, value: str) -> str:
    if name == "door":
        return words.door(value).text if value in tables.DOORS else ""
    if name in ("from", "to", "state"):
        return words.state(value, staff=True).text if value in _STATES else ""
    if name == "reason":
        return words.reason(value) if value in tables.REASONS else ""
    try:
        return format.day(date.fromisoformat(value))
    except ValueError:
        return ""
