"""From the document of a policy version to the typed policy."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from balcao.policy.book.reader import Table, is_whole
from balcao.policy.book.types import (
    KINDS,
    PAUSABLE_STATES,
    RETENTION_DAYS,
    SETTABLE_RULES,
    Calendar,
    Clock,
    Company,
    EmailRules,
    EntitlementRules,
    Mode,
    Policy,
    PolicyError,
    SlaRules,
    Span,
    TicketRules,
    Verdict,
)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)")
_SLUG = re.compile(r"\*|[a-z0-9][a-z0-9_-]*")


def parse(document: Mapping[str, object], *, version: int) -> Policy:
    """The typed policy of a document (the shape of ``rulebook/default.toml``).

    Company, time zone and week are required; every other field that is missing has the default of
    the table of decisions (R1-R36), so that a version saved earlier stays readable. Dates may be
    dates or ISO text. Raises PolicyError with every problem, each with its path; a key that nobody
    knows is one, with the known key it resembles.
    """
    problems: list[str] = []
    top = Table("", document, problems)
    company = _company(top.table("company"))
    calendar = _calendar(top.table("calendar"))
    sla = _sla(top.table("sla"))
    entitlement = _entitlement(top.table("entitlement"))
    ticket = _ticket(top.table("ticket"))
    email = _email(top.table("email"))
    modes = _modes(top.table("rules"))
    default, scope = _scope(top.table("scope"))
    retention = _retention(top.table("retention"))
    top.end()
    if problems:
        raise PolicyError(tuple(problems))
    return Policy(
        version=version,
        company=company,
        timezone=calendar.timezone,
        calendar=calendar,
        sla=sla,
        entitlement=entitlement,
        ticket=ticket,
        email=email,
        modes=modes,
        scope=scope,
        scope_default=default,
        retention=retention,
    )


def _company(table: Table) -> Company:
    company = Company(
        name=table.text("name"),
        portal_url=table.text(
            "portal_url",
            lambda text: re.fullmatch(r"https?://[^\s/]\S*", text) is not None,
            "an address that begins with https:// or http://",
        ),
        support_address=table.text(
            "support_address",
            lambda text: re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", text) is not None,
            "one e-mail address",
        ),
        support_phone=table.text("support_phone"),
        sales_phone=table.text("sales_phone"),
    )
    table.end()
    return company


def _calendar(table: Table) -> Calendar:
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
            row.problem("date", f"{day} is there twice")
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
            table.problem(key, f'"{text}" must be like "08:00-18:00", the end after the start')
        elif spans and span.start < spans[-1].end:
            table.problem(key, f'"{text}" must begin after the one before it ends')
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


def _sla(table: Table) -> SlaRules:
    anchors: tuple[Literal["opened", "started"], ...] = ("opened", "started")
    closed: tuple[Literal["keep", "next_opening"], ...] = ("keep", "next_opening")
    rules = SlaRules(
        clock=table.choice("clock", Clock, Clock.ELAPSED),
        clock_by_kind=_clocks(table.table("clock_by_kind")),
        start=timedelta(hours=table.number("start_hours", 24)),
        resolution=timedelta(hours=table.number("resolution_hours", 40)),
        resolution_anchor=table.choice("resolution_anchor", anchors, "opened"),
        pause_states=_pause_states(table),
        due_when_closed=table.choice("due_when_closed", closed, "next_opening"),
    )
    table.end()
    return rules


def _clocks(table: Table) -> Mapping[str, Clock]:
    clocks = {kind: table.choice(kind, Clock, Clock.ELAPSED) for kind in _present(table, KINDS)}
    table.end(KINDS)
    return MappingProxyType(clocks)


def _pause_states(table: Table) -> frozenset[str]:
    states = [str(state) for state in table.sequence("pause_states", ("waiting_customer",))]
    for state in states:
        if state not in PAUSABLE_STATES:
            table.problem("pause_states", f"{state} is not one of {', '.join(PAUSABLE_STATES)}")
    return frozenset(states)


def _entitlement(table: Table) -> EntitlementRules:
    require: tuple[Literal["both", "licence", "contract"], ...] = ("both", "licence", "contract")
    lapse: tuple[Literal["finish", "freeze"], ...] = ("finish", "freeze")
    rules = EntitlementRules(
        require=table.choice("require", require, "both"),
        on_lapse=table.choice("on_lapse", lapse, "finish"),
    )
    table.end()
    return rules


def _ticket(table: Table) -> TicketRules:
    silence = table.sequence("silence_days", (2, 5, 7))
    days = tuple(int(str(day)) for day in silence if is_whole(day))
    if not days or len(days) != len(silence) or list(days) != sorted(set(days)):
        table.problem("silence_days", "must be whole numbers above zero, each above the last")
    rules = TicketRules(
        reopen_days=table.whole("reopen_days", 7),
        silence_days=days,
        claim_minutes=table.whole("claim_minutes", 5),
    )
    table.end()
    return rules


def _email(table: Table) -> EmailRules:
    allowed: tuple[Literal["participants", "organisation"], ...] = ("participants", "organisation")
    unregistered: tuple[Literal["notify", "silent", "bounce"], ...] = ("notify", "silent", "bounce")
    auth: tuple[Literal["aligned_or_token", "aligned", "off"], ...] = (
        "aligned_or_token",
        "aligned",
        "off",
    )
    new: tuple[Literal["draft_notice", "quarantine"], ...] = ("draft_notice", "quarantine")
    rules = EmailRules(
        allowed=table.choice("allowed", allowed, "participants"),
        unregistered=table.choice("unregistered", unregistered, "notify"),
        require_auth=table.choice("require_auth", auth, "aligned_or_token"),
        new=table.choice("new", new, "draft_notice"),
    )
    table.end()
    return rules


def _modes(table: Table) -> Mapping[str, Mode]:
    modes = {rule: table.choice(rule, Mode, Mode.ENFORCE) for rule in SETTABLE_RULES}
    table.end()
    return MappingProxyType(modes)


def _scope(table: Table) -> tuple[Verdict, Mapping[str, Mapping[str, Verdict]]]:
    default = table.choice("default", Verdict, Verdict.ASK)
    rows: dict[str, Mapping[str, Verdict]] = {}
    for kind in _present(table, KINDS):
        row = table.table(kind)
        for slug in row.names():
            if not _SLUG.fullmatch(slug):
                row.problem(slug, 'must be the short name of a service, or "*" for any')
        rows[kind] = MappingProxyType(
            {slug: row.choice(slug, Verdict, default) for slug in row.names()}
        )
    table.end(KINDS)
    return default, MappingProxyType(rows)


def _present(table: Table, keys: Sequence[str]) -> list[str]:
    return [key for key in keys if key in table.names()]


def _retention(table: Table) -> Mapping[str, int]:
    days = {name: table.whole(name, default) for name, default in RETENTION_DAYS.items()}
    table.end()
    return MappingProxyType(days)
