"""Why a deadline is what it is, as pages draw and list it: for the team and for the customer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.policy.book import Clock
from balcao.policy.sla import ExplainedSpan, Explanation, SpanKind
from balcao.web import format
from balcao.web.format import Look

WIDTH = 1000
"""Units of the drawn bar from its beginning to its end."""

_WORDS = {
    SpanKind.COUNTED: gettext_lazy("Counted"),
    SpanKind.PAUSED: gettext_lazy(
        "Paused: the customer was asked, a time was agreed, or it was resolved"
    ),
    SpanKind.SUSPENDED: gettext_lazy("Deadlines suspended"),
    SpanKind.CLOSED: gettext_lazy("Outside business hours"),
    SpanKind.HOLIDAY: gettext_lazy("Holiday"),
    SpanKind.LATE: gettext_lazy("Late"),
}
_CUSTOMERS = {
    SpanKind.PAUSED: gettext_lazy(
        "Paused: we waited for you or for the time we agreed on, or it was resolved"
    )
}
_LOOKS = {
    SpanKind.COUNTED: Look(tone="brand", icon="timer"),
    SpanKind.PAUSED: Look(tone="paused", icon="circle-pause"),
    SpanKind.SUSPENDED: Look(tone="paused", icon="circle-pause"),
    SpanKind.CLOSED: Look(tone="plain", icon="moon"),
    SpanKind.HOLIDAY: Look(tone="plain", icon="calendar-clock"),
    SpanKind.LATE: Look(tone="late", icon="circle-alert"),
}


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


@dataclass(frozen=True, slots=True)
class Timeline:
    """One deadline's way. ``marker``: where now stands on the bar, None outside of it."""

    deadline: str
    title: str
    promised: str
    used: str
    by_business: bool
    begins: datetime | None
    due: datetime | None
    met: datetime | None
    stretches: tuple[Stretch, ...]
    marker: int | None


def timelines(found: Iterable[Explanation], *, now: datetime, staff: bool) -> list[Timeline]:
    """Each deadline's way, for the team or for the customer."""
    return [timeline(each, now=now, staff=staff) for each in found]


def timeline(found: Explanation, *, now: datetime, staff: bool) -> Timeline:
    """An explanation, drawn to scale and in words."""
    return Timeline(
        deadline=found.deadline,
        title=_("Start of service") if found.deadline == "start" else _("Conclusion"),
        promised=hours(found.promised),
        used=hours(found.used),
        by_business=found.clock is Clock.BUSINESS,
        begins=found.begins,
        due=found.due,
        met=found.met_at,
        stretches=_stretches(found.spans, staff=staff),
        marker=_marker(found.spans, now),
    )


def hours(length: timedelta) -> str:
    """A length in hours, as deadlines are promised: `40 h`, `16 h 20`."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return format.span(length)
    rest = f"\u00a0{minutes % 60:02d}" if minutes % 60 else ""
    return f"{minutes // 60}\u00a0h{rest}"


def _stretches(spans: tuple[ExplainedSpan, ...], *, staff: bool) -> tuple[Stretch, ...]:
    if not spans:
        return ()
    first, whole = spans[0].start, spans[-1].end - spans[0].start
    return tuple(
        Stretch(
            kind=span.kind.value,
            look=_LOOKS[span.kind],
            text=_text(span, staff=staff),
            start=span.start,
            end=span.end,
            length=hours(span.end - span.start),
            x=round((span.start - first) / whole * WIDTH),
            width=max(round((span.end - span.start) / whole * WIDTH), 1),
        )
        for span in spans
    )


def _text(span: ExplainedSpan, *, staff: bool) -> str:
    words = _WORDS[span.kind] if staff else _CUSTOMERS.get(span.kind, _WORDS[span.kind])
    return f"{words}: {span.note}" if span.note else str(words)


def _marker(spans: tuple[ExplainedSpan, ...], now: datetime) -> int | None:
    if not spans or not spans[0].start <= now <= spans[-1].end:
        return None
    return round((now - spans[0].start) / (spans[-1].end - spans[0].start) * WIDTH)
