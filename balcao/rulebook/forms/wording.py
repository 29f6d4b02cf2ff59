"""The book in words: what a version says, and what a change would make of it."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from balcao.policy.book.changes import TABLES, Change, Document, Topic, diff, value_at
from balcao.rulebook.actions import shipped_document
from balcao.rulebook.forms.catalogue import Services, settings_of
from balcao.rulebook.forms.settings import Setting, default_of, spans_in_words
from balcao.web import format

_LISTS = (("calendar", "days"), ("suspended", "periods"))


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a version says; lines of one ``group`` stand together."""

    group: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changes; ``before`` or ``after`` is empty where there is none."""

    topic: Topic
    what: str
    before: str
    after: str


def contents(topic: Topic, document: Document, services: Services = ()) -> list[Line]:
    """What ``document`` says about ``topic``."""
    shipped = shipped_document()
    found = []
    for setting in settings_of(topic, document, services):
        value = value_at(document, setting.path)
        if value is None and setting.optional:
            continue
        said = setting.words(default_of(setting, shipped) if value is None else value)
        found.append(Line(str(setting.group), str(setting.label), said))
    found += [Line("", what, said) for what, said in _listed(topic, document).values()]
    return found


def differences(before: Document, after: Document, services: Services = ()) -> list[Difference]:
    """What changes from one document to the other, in the order of the topics."""
    shipped = shipped_document()
    found = []
    for topic in TABLES:
        known = {
            setting.path: setting
            for document in (before, after)
            for setting in settings_of(topic, document, services)
        }
        for change in _leaves(diff(before, after)):
            if change.path[0] in TABLES[topic] and change.path not in _LISTS:
                found += _said(topic, change, known.get(change.path), shipped)
        found += _moved(topic, before, after)
    return found


def _leaves(changes: tuple[Change, ...]) -> Iterator[Change]:
    """Tables that came or went, value by value."""
    for change in changes:
        tables = [value for value in (change.before, change.after) if isinstance(value, Mapping)]
        if len(tables) == 1 and None in (change.before, change.after):
            empty: Mapping[str, object] = {}
            one = change.before if isinstance(change.before, Mapping) else empty
            other = change.after if isinstance(change.after, Mapping) else empty
            for inner in _leaves(diff(one, other)):
                yield Change((*change.path, *inner.path), inner.before, inner.after)
        else:
            yield change


def _said(
    topic: Topic, change: Change, setting: Setting | None, shipped: Document
) -> list[Difference]:
    if setting is None:
        what = ".".join(change.path)
        texts = ["" if value is None else str(value) for value in (change.before, change.after)]
        return [Difference(topic, what, *texts)]
    values = [
        default_of(setting, shipped) if value is None else value
        for value in (change.before, change.after)
    ]
    what = f"{setting.group}: {setting.label}" if setting.group else str(setting.label)
    if setting.shape == "long":
        return [Difference(topic, what, *_lines(*(str(value or "") for value in values)))]
    before, after = (setting.words(value) for value in values)
    return [Difference(topic, what, before, after)] if before != after else []


def _lines(before: str, after: str) -> tuple[str, str]:
    """The lines of two texts that differ."""
    gone, come = [], []
    for line in difflib.ndiff(before.strip().splitlines(), after.strip().splitlines()):
        if line.startswith("- "):
            gone.append(line[2:])
        elif line.startswith("+ "):
            come.append(line[2:])
    return "\n".join(gone), "\n".join(come)


def _moved(topic: Topic, before: Document, after: Document) -> Iterator[Difference]:
    """Days and periods that came, went or changed."""
    old, new = _listed(topic, before), _listed(topic, after)
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            (was_called, was), (is_called, is_now) = old.get(key, ("", "")), new.get(key, ("", ""))
            if was_called and is_called and was_called != is_called:
                yield Difference(topic, is_called, f"{was_called}: {was}", is_now)
            else:
                yield Difference(topic, is_called or was_called, was, is_now)


def _listed(topic: Topic, document: Document) -> dict[str, tuple[str, str]]:
    """Key -> (what it is, what it says) for the lists of ``topic``, in order."""
    if topic is Topic.CALENDAR:
        return dict(sorted(_days(document)))
    if topic is Topic.SUSPENSIONS:
        return dict(sorted(_periods(document)))
    return {}


def _rows(document: Document, path: tuple[str, ...]) -> list[dict[str, Any]]:
    found = value_at(document, path)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _days(document: Document) -> Iterator[tuple[str, tuple[str, str]]]:
    for row in _rows(document, ("calendar", "days")):
        day = date.fromisoformat(str(row["date"]))
        hours = spans_in_words(row.get("spans", ()))
        yield str(day), (f"{format.day(day)} {row['name']}", hours)


def _periods(document: Document) -> Iterator[tuple[str, tuple[str, str]]]:
    zone = ZoneInfo(str(value_at(document, ("calendar", "timezone"))))
    for row in _rows(document, ("suspended", "periods")):
        begins, ends = (datetime.fromisoformat(str(row[key])) for key in ("begins", "ends"))
        said = _("%(begins)s to %(ends)s") % {
            "begins": _moment(begins, zone),
            "ends": _moment(ends, zone),
        }
        yield f"{begins.timestamp():020.0f} {row['reason']}", (str(row["reason"]), said)


def _moment(moment: datetime, zone: tzinfo) -> str:
    return f"{format.day(moment.astimezone(zone).date())} {format.time(moment, tz=zone)}"
