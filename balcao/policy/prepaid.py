"""How long a one-off is good (S28, S43, R21)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from balcao.policy import worktime
from balcao.policy.book import Calendar, Policy

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_END_OF_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Expiry:
    """When a one-off ends.

    ``counted`` is the day the months lead to, ``last_day`` the last one it is good on: the same,
    or a later one when a closed day was moved. ``last_instant`` is its last whole second and
    ``expired_from`` the first moment at which it has expired, both UTC; nothing lies between.
    """

    counted: date
    last_day: date
    last_instant: datetime
    expired_from: datetime

    def is_over(self, now: datetime) -> bool:
        """Whether it has expired at ``now``."""
        return now >= self.expired_from


def expiry(bought: date, policy: Policy, *, timezone: str | None = None) -> Expiry:
    """When a one-off bought on the local day ``bought`` ends (R21, R22).

    ``oneoff.months`` calendar months later, on the day of the same number, at the end of that day
    in ``timezone`` (the policy's unless given). ``oneoff.on_closed_day`` says what happens when the
    desk is closed all that day (Civil Code art. 132 §1).
    """
    zone = ZoneInfo(timezone or policy.timezone)
    counted = months_later(bought, policy.oneoff.months)
    last_day = counted
    if policy.oneoff.on_closed_day == "next_business_day":
        last_day = _business_day(counted, policy.calendar)
    expired_from = worktime.moment_of(last_day, _END_OF_DAY, zone).astimezone(UTC)
    return Expiry(
        counted=counted,
        last_day=last_day,
        last_instant=expired_from - _SECOND,
        expired_from=expired_from,
    )


def months_later(day: date, months: int) -> date:
    """The day of the same number ``months`` later; where it is missing, the day after (R21).

    Bought on 29 February: 1 March. Bought on the 31st: the first of the month after a shorter one.
    That is the Civil Code, art. 132 §3; libraries of dates usually go back to the last day.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        # No month that lacks a day is a December.
        return date(year, month + 2, 1)


def _business_day(day: date, calendar: Calendar) -> date:
    """``day``, or the next one with business hours; ``day`` when there is none in ten years."""
    for later in range(worktime.HORIZON_DAYS):
        candidate = day + later * _DAY
        if worktime.spans_on(calendar, candidate):
            return candidate
    return day
