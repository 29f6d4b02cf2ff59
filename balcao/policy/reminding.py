"""When somebody is reminded of a last day: some days before it, each step once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from balcao.policy import worktime
from balcao.policy.book import Calendar, Policy

_DAY = timedelta(days=1)
_NOON = 12 * 60
_END_OF_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Reminder:
    """When somebody is next reminded of the last day, and by which step (days before it)."""

    at: datetime
    days: int


def next_reminder(
    last_day: date, *, steps: Sequence[int], told: int | None, now: datetime, policy: Policy
) -> Reminder | None:
    """The next reminder before ``last_day``; None: there is none left.

    One for each of ``steps``, so many days before it, when the desk opens that day, or at noon of a
    closed one. ``told``: the smallest step that was told already. Of several that were missed only
    the nearest to the last day is told, and none once it is over.
    """
    zone = ZoneInfo(policy.timezone)
    left = sorted(step for step in steps if told is None or step < told)
    passed = [step for step in left if _moment(last_day, step, policy.calendar, zone) <= now]
    if passed and now < worktime.moment_of(last_day, _END_OF_DAY, zone):
        return Reminder(now, passed[0])
    ahead = [step for step in left if _moment(last_day, step, policy.calendar, zone) > now]
    if not ahead:
        return None
    return Reminder(_moment(last_day, ahead[-1], policy.calendar, zone), ahead[-1])


def _moment(last_day: date, step: int, calendar: Calendar, zone: ZoneInfo) -> datetime:
    day = last_day - step * _DAY
    spans = worktime.spans_on(calendar, day)
    return worktime.moment_of(day, spans[0].start if spans else _NOON, zone).astimezone(UTC)
