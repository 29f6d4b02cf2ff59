"""Business hours as people say them."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from balcao.policy.book import Calendar, Span

WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


def clock(minute: int) -> str:
    """A minute of the day: `08:00`, `24:00`."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def spans(found: Sequence[Span]) -> str:
    """The hours of one day: `08:00 to 12:00 and 13:30 to 18:00`."""
    said = [
        _("%(start)s to %(end)s") % {"start": clock(span.start), "end": clock(span.end)}
        for span in found
    ]
    return f" {_('and')} ".join(said) or _("closed")


def week(calendar: Calendar) -> str:
    """The usual week, days with the same hours together: `Monday to Friday, 08:00 to 18:00`."""
    runs: list[tuple[int, int]] = []
    for day, hours in enumerate(calendar.week):
        if runs and calendar.week[runs[-1][0]] == hours:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    said = [
        _("%(days)s, %(hours)s") % {"days": _days(*run), "hours": spans(calendar.week[run[0]])}
        for run in runs
        if calendar.week[run[0]]
    ]
    return "; ".join(said) or _("closed")


def table(calendar: Calendar) -> list[tuple[str, str]]:
    """Every day of the usual week with its hours, for a table."""
    return [(str(WEEKDAYS[day]), spans(found)) for day, found in enumerate(calendar.week)]


def _days(first: int, last: int) -> str:
    if first == last:
        return str(WEEKDAYS[first])
    names = {"first": WEEKDAYS[first], "last": str(WEEKDAYS[last])}
    if last - first == 1:
        return _("%(first)s and %(last)s") % names
    return pgettext("weekdays", "%(first)s to %(last)s") % names
