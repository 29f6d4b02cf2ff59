""" "Por que este prazo?": every stretch of time that made a deadline what it is (R1-R4)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from balcao.desk import chips
from balcao.desk.menu import menu
from balcao.desk.place import is_fragment, place_of
from balcao.policy import sla
from balcao.policy.book import Clock
from balcao.policy.sla import ExplainedSpan, SpanKind
from balcao.rulebook.queries import version
from balcao.tickets import queries
from balcao.web import format
from balcao.web.guards import PageRequest, guard

_WORDS = {
    SpanKind.COUNTED: gettext_lazy("Counted"),
    SpanKind.PAUSED: gettext_lazy("Paused: the customer was asked"),
    SpanKind.SUSPENDED: gettext_lazy("Deadlines suspended"),
    SpanKind.CLOSED: gettext_lazy("Outside business hours"),
    SpanKind.HOLIDAY: gettext_lazy("Holiday"),
}
_WIDTH = 1000
"""Units of the drawn bar from opening to its end."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch in words, and where it stands on the drawn bar."""

    kind: str
    text: str
    start: datetime
    end: datetime
    length: str
    x: int
    width: int


@guard("desk")
def why(request: PageRequest, number: str) -> HttpResponse:
    ticket = queries.get_for(request.actor, number)
    now = request.now
    policy = version(ticket.policy_version)
    target = sla.target_for(policy, ticket.kind)
    spans = queries.explain_deadline(ticket, now=now)
    place = place_of(request)
    context = {
        "ticket": ticket,
        "place": place,
        "chips": chips.of_ticket(
            queries.deadlines_of(ticket, now=now),
            state=ticket.state,
            now=now,
        ),
        "stretches": _stretches(spans),
        "marker": _marker(spans, now),
        "bar_width": _WIDTH,
        "counted": hours(_total(spans, SpanKind.COUNTED)),
        "start_target": hours(target.start),
        "resolution_target": hours(target.resolution),
        "by_business": sla.clock_for(policy, ticket.kind) is Clock.BUSINESS,
        "version": policy.version,
        "zone_name": policy.calendar.timezone,
    }
    if is_fragment(request):
        return render(request, "desk/why_alone.html", context)
    return render(request, "desk/why.html", {**context, "views": menu(request.actor, place=place)})


def hours(length: timedelta) -> str:
    """A length in hours, as the deadlines are promised: `40 h`, `16 h 20`."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return format.span(length)
    rest = f"\u00a0{minutes % 60:02d}" if minutes % 60 else ""
    return f"{minutes // 60}\u00a0h{rest}"


def _total(spans: tuple[ExplainedSpan, ...], kind: SpanKind) -> timedelta:
    return sum((span.end - span.start for span in spans if span.kind is kind), timedelta())


def _stretches(spans: tuple[ExplainedSpan, ...]) -> list[Stretch]:
    if not spans:
        return []
    first, whole = spans[0].start, spans[-1].end - spans[0].start
    return [
        Stretch(
            kind=span.kind.value,
            text=f"{_WORDS[span.kind]}: {span.note}" if span.note else str(_WORDS[span.kind]),
            start=span.start,
            end=span.end,
            length=hours(span.end - span.start),
            x=round((span.start - first) / whole * _WIDTH),
            width=max(round((span.end - span.start) / whole * _WIDTH), 1),
        )
        for span in spans
    ]


def _marker(spans: tuple[ExplainedSpan, ...], now: datetime) -> int | None:
    """Where now stands on the bar; None outside of it."""
    if not spans or not spans[0].start <= now <= spans[-1].end:
        return None
    whole = spans[-1].end - spans[0].start
    return round((now - spans[0].start) / whole * _WIDTH)
