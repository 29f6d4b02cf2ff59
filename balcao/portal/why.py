"""Why this deadline ("Por que este prazo?"): every stretch of its time (R1-R4)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from balcao.policy import sla
from balcao.policy.book import Clock
from balcao.policy.sla import ExplainedSpan, SpanKind
from balcao.portal import clocks, parts
from balcao.rulebook.queries import version
from balcao.tickets import queries
from balcao.web import format
from balcao.web.format import Look
from balcao.web.guards import PageRequest, guard

_WORDS = {
    SpanKind.COUNTED: gettext_lazy("Counted"),
    SpanKind.PAUSED: gettext_lazy("Paused: we waited for you, or it was resolved"),
    SpanKind.SUSPENDED: gettext_lazy("Deadlines suspended"),
    SpanKind.CLOSED: gettext_lazy("Outside business hours: not counted"),
    SpanKind.HOLIDAY: gettext_lazy("Holiday: not counted"),
}
_LOOKS = {
    SpanKind.COUNTED: Look(tone="brand", icon="timer"),
    SpanKind.PAUSED: Look(tone="paused", icon="circle-pause"),
    SpanKind.SUSPENDED: Look(tone="paused", icon="circle-pause"),
    SpanKind.CLOSED: Look(tone="plain", icon="moon"),
    SpanKind.HOLIDAY: Look(tone="plain", icon="calendar-clock"),
}
WIDTH = 1000
"""Units of the drawn bar from the opening to its end."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch in words, and where it stands on the drawn bar."""

    kind: str
    look: Look
    text: str
    start: datetime
    end: datetime
    length: str
    x: int
    width: int


@guard("portal")
def why(request: PageRequest, number: str) -> HttpResponse:
    """The promise, the time line and the sum."""
    ticket = queries.get_own(request.actor, number)
    now = request.now
    policy = version(ticket.policy_version)
    target = sla.target_for(policy, ticket.kind)
    spans = queries.explain_deadline(ticket, now=now)
    promises = clocks.of_ticket(queries.deadlines_of(ticket, now=now), state=ticket.state)
    context = {
        "ticket": ticket,
        "start": promises.start.chip(now) if promises.start else None,
        "conclusion": promises.conclusion.chip(now) if promises.conclusion else None,
        "stretches": _stretches(spans),
        "marker": _marker(spans, now),
        "counted": hours(_counted(spans)),
        "start_target": hours(target.start),
        "conclusion_target": hours(target.resolution),
        "by_business": sla.clock_for(policy, ticket.kind) is Clock.BUSINESS,
        "zone_name": policy.timezone,
    }
    return parts.show(request, "portal/why.html", context, place="tickets")


def hours(length: timedelta) -> str:
    """A length in hours, as deadlines are promised: `40 h`, `16 h 20`."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return format.span(length)
    rest = f"\u00a0{minutes % 60:02d}" if minutes % 60 else ""
    return f"{minutes // 60}\u00a0h{rest}"


def _counted(spans: tuple[ExplainedSpan, ...]) -> timedelta:
    counted = (span.end - span.start for span in spans if span.kind is SpanKind.COUNTED)
    return sum(counted, timedelta())


def _stretches(spans: tuple[ExplainedSpan, ...]) -> list[Stretch]:
    if not spans:
        return []
    first, whole = spans[0].start, spans[-1].end - spans[0].start
    return [
        Stretch(
            kind=span.kind.value,
            look=_LOOKS[span.kind],
            text=f"{_WORDS[span.kind]} ({span.note})" if span.note else str(_WORDS[span.kind]),
            start=span.start,
            end=span.end,
            length=hours(span.end - span.start),
            x=round((span.start - first) / whole * WIDTH),
            width=max(round((span.end - span.start) / whole * WIDTH), 1),
        )
        for span in spans
    ]


def _marker(spans: tuple[ExplainedSpan, ...], now: datetime) -> int | None:
    """Where now stands on the bar; None outside of it."""
    if not spans or not spans[0].start <= now <= spans[-1].end:
        return None
    return round((now - spans[0].start) / (spans[-1].end - spans[0].start) * WIDTH)
