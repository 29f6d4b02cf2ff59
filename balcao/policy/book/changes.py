"""Two documents of the policy compared, and topics: the parts of the book that change as one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

Document = Mapping[str, object]


class Topic(StrEnum):
    """What one form changes. WHOLE is the book itself: going back to an earlier version."""

    RULES = "rules"
    CALENDAR = "calendar"
    DEADLINES = "deadlines"
    SUSPENSIONS = "suspensions"
    ENTITLEMENT = "entitlement"
    SCOPE = "scope"
    TICKETS = "tickets"
    EMAIL = "email"
    ONEOFF = "oneoff"
    APPOINTMENTS = "appointments"
    PAYMENT = "payment"
    EXCEPTIONS = "exceptions"
    RETENTION = "retention"
    COMPANY = "company"
    PAGE = "page"
    WHOLE = "whole"


# The tables of the document that belong to each topic; every table to exactly one.
TABLES: Mapping[Topic, tuple[str, ...]] = MappingProxyType(
    {
        Topic.RULES: ("rules",),
        Topic.CALENDAR: ("calendar",),
        Topic.DEADLINES: ("sla",),
        Topic.SUSPENSIONS: ("suspended",),
        Topic.ENTITLEMENT: ("entitlement", "gate"),
        Topic.SCOPE: ("scope",),
        Topic.TICKETS: ("ticket", "queue"),
        Topic.EMAIL: ("email",),
        Topic.ONEOFF: ("oneoff",),
        Topic.APPOINTMENTS: ("training", "appointment", "meeting"),
        Topic.PAYMENT: ("payment",),
        Topic.EXCEPTIONS: ("override", "change", "access"),
        Topic.RETENTION: ("retention",),
        Topic.COMPANY: ("company",),
        Topic.PAGE: ("page", "kb"),
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs, at ``path``. None: it is not there (no document holds a null).

    Lists are values: what a list gained or lost, a page says in words.
    """

    path: tuple[str, ...]
    before: object
    after: object


def diff(before: Document, after: Document) -> tuple[Change, ...]:
    """What turns ``before`` into ``after``, by path."""
    return tuple(_compared((), before, after))


def _compared(path: tuple[str, ...], before: Document, after: Document) -> Iterator[Change]:
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _compared((*path, key), old, new)
        elif old != new or type(old) is not type(new):
            yield Change((*path, key), old, new)


def patch(document: Document, changes: tuple[Change, ...]) -> dict[str, object]:
    """``document`` with ``changes`` made: patching a with diff(a, b) gives b."""
    found = dict(document)
    for change in changes:
        _put(found, change.path, change.after)
    return found


def value_at(document: Document, path: tuple[str, ...]) -> object:
    """What stands at ``path``; None: nothing."""
    found: object = document
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _put(table: dict[str, object], path: tuple[str, ...], value: object) -> None:
    key, rest = path[0], path[1:]
    if rest:
        inner = table.get(key)
        copy = dict(inner) if isinstance(inner, Mapping) else {}
        _put(copy, rest, value)
        table[key] = copy
    elif value is None:
        table.pop(key, None)
    else:
        table[key] = value


def part_of(document: Document, topic: Topic) -> dict[str, object]:
    """The tables of ``document`` that belong to ``topic``."""
    if topic is Topic.WHOLE:
        return dict(document)
    return {name: document[name] for name in TABLES[topic] if name in document}


def with_part(document: Document, topic: Topic, part: Document) -> dict[str, object]:
    """``document`` with all tables of ``topic`` taken from ``part``, and nothing else changed.

    Raises ValueError when ``part`` holds a table of another topic.
    """
    if topic is Topic.WHOLE:
        return dict(part)
    if not set(part) <= set(TABLES[topic]):
        raise ValueError(f"these tables are not all of {topic}: {', '.join(sorted(part))}")
    return {**{name: document[name] for name in document if name not in TABLES[topic]}, **part}


def has_moved(topic: Topic, made_from: Document, current: Document) -> bool:
    """Whether somebody changed ``topic`` since a draft was made from the first document.

    If not, the draft stands on the current one as it is; if so, saving it would undo their change.
    """
    return part_of(made_from, topic) != part_of(current, topic)


def joined(made_from: Document, mine: Document, theirs: Document) -> dict[str, object] | None:
    """Two changes of the same document as one; None: both changed the same value.

    A list of tables (days, periods) is no value of its own: each table in it is, known by its date
    or by all that it says.
    """
    changes = list(diff(made_from, theirs))
    for change in diff(made_from, mine):
        touching = [one for one in changes if _touch(one.path, change.path)]
        if not touching:
            changes.append(change)
            continue
        one = touching[0]
        if one == change:
            continue
        if one.path != change.path:
            return None
        value = _both(change.before, change.after, one.after)
        if value is None:
            return None
        changes[changes.index(one)] = Change(change.path, change.before, value)
    return patch(made_from, tuple(changes))


def _touch(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one path is the other, or leads to it."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _both(before: object, mine: object, theirs: object) -> object:
    """What two people made of one value; None: they cannot both have their way."""
    rows = [_by_key(value) for value in (before, mine, theirs)]
    if None in rows:
        return None
    old, my, their = (found or {} for found in rows)
    joint = {}
    for key in sorted({*old, *my, *their}):
        if my.get(key) != old.get(key) != their.get(key) != my.get(key):
            return None
        joint[key] = their.get(key) if my.get(key) == old.get(key) else my.get(key)
    return [row for row in joint.values() if row is not None]


def _by_key(value: object) -> dict[str, object] | None:
    """A list of tables by what each is known by; None: it is no such list."""
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        return None
    return {str(row.get("date") or sorted(row.items())): row for row in value}
