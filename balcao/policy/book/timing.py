"""From the document to the policy's times: business hours, promises, suspensions."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from balcao.policy.book.reader import Table, present
from balcao.policy.book.types import (
    KINDS,
    PAUSABLE_STATES,
    Calendar,
    Clock,
    SlaRules,
    Span,
    Suspension,
    Target,
)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)")


def calendar(table: Table) -> Calendar:
    """Business hours; the week is required."""
    timezone = table.text("timezone", _is_zone, "a time zone such as America/Recife")
    week = _week(table)
    days: dict[date, tuple[Span, ...]] = {}
    names: dict[date, str] = {}
    for row in table.tables("days"):
        day = _day(row)
        name = row.text("name")
        spans = _spans(row, "spans")
        row.end()
        if day in days:
            row.problem("date", "%(value)s is there twice", value=day)
        if day is not None:
            days[day], names[day] = spans, name
    table.end()
    return Calendar(timezone, week, MappingProxyType(days), MappingProxyType(names))


def _is_zone(name: str) -> bool:
    # ZoneInfo looks the name up among files, and says ValueError to one that leads elsewhere.
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _week(table: Table) -> tuple[tuple[Span, ...], ...]:
    if "week" not in table.names():
        table.problem("week", "is missing")
    week = table.table("week")
    spans = tuple(_spans(week, name) for name in WEEKDAYS)
    week.end()
    return spans


def _day(row: Table) -> date | None:
    value = row.take("date")
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        row.problem("date", "must be a date such as 2026-12-25")
        return None


def _spans(table: Table, key: str) -> tuple[Span, ...]:
    """A list of texts "08:00-12:00", in order and apart; "24:00" is the end of the day."""
    spans: list[Span] = []
    for text in table.sequence(key, ()):
        span = _span(str(text))
        if span is None:
            must = '"%(value)s" must be like "08:00-18:00", the end after the start'
            table.problem(key, must, value=text)
        elif spans and span.start < spans[-1].end:
            must = '"%(value)s" must begin after the one before it ends'
            table.problem(key, must, value=text)
        else:
            spans.append(span)
    return tuple(spans)


def _span(text: str) -> Span | None:
    match = _SPAN.fullmatch(text)
    if match is None:
        return None
    start = int(match[1]) * 60 + int(match[2])
    end = int(match[3]) * 60 + int(match[4]) if match[3] else 24 * 60
    return Span(start, end) if start < end else None


def sla(table: Table) -> SlaRules:
    """What is promised, and what counts for it."""
    anchors: tuple[Literal["opened", "started"], ...] = ("opened", "started")
    closed: tuple[Literal["keep", "next_opening"], ...] = ("keep", "next_opening")
    start, resolution = table.number("start_hours", 24), table.number("resolution_hours", 40)
    rules = SlaRules(
        clock=table.choice("clock", Clock, Clock.ELAPSED),
        clock_by_kind=_clocks(table.table("clock_by_kind")),
        start=timedelta(hours=start),
        resolution=timedelta(hours=resolution),
        resolution_anchor=table.choice("resolution_anchor", anchors, "opened"),
        pause_states=_pause_states(table),
        due_when_closed=table.choice("due_when_closed", closed, "next_opening"),
        targets=_targets(table.table("targets"), start, resolution),
        warn_left=_percent(table, "warn_left_percent", 25) / 100,
    )
    table.end()
    return rules


def _targets(table: Table, start: float, resolution: float) -> Mapping[str, Target]:
    """A kind that names only one of the two hours keeps the standard's other."""
    targets: dict[str, Target] = {}
    for kind in present(table, KINDS):
        row = table.table(kind)
        targets[kind] = Target(
            start=timedelta(hours=row.number("start_hours", start)),
            resolution=timedelta(hours=row.number("resolution_hours", resolution)),
        )
        row.end()
    table.end(KINDS)
    return MappingProxyType(targets)


def _percent(table: Table, key: str, default: int) -> int:
    value = table.whole(key, default)
    if value < 100:
        return value
    table.problem(key, "must be below 100")
    return default


def _clocks(table: Table) -> Mapping[str, Clock]:
    clocks = {kind: table.choice(kind, Clock, Clock.ELAPSED) for kind in present(table, KINDS)}
    table.end(KINDS)
    return MappingProxyType(clocks)


def _pause_states(table: Table) -> frozenset[str]:
    states = [str(state) for state in table.sequence("pause_states", ("waiting_customer",))]
    for state in states:
        if state not in PAUSABLE_STATES:
            known = ", ".join(PAUSABLE_STATES)
            must = "%(value)s is not one of %(known)s"
            table.problem("pause_states", must, value=state, known=known)
    return frozenset(states)


def suspensions(table: Table) -> Iterator[Suspension]:
    """The periods, as written."""
    for row in table.tables("periods"):
        begins, ends = _moment(row, "begins"), _moment(row, "ends")
        reason = row.text("reason")
        row.end()
        if begins and ends and begins >= ends:
            row.problem("ends", "must be after the beginning")
        elif begins and ends:
            yield Suspension(begins, ends, reason)
    table.end()


def _moment(row: Table, key: str) -> datetime | None:
    value = row.take(key)
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is not None:
        return moment.astimezone(UTC)
    row.problem(key, "must be a moment with its offset, such as 2026-11-20T08:00-03:00")
    return None
