"""The expiry of one-offs, held against a table that is counted day by day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.book import Policy, PolicyError
from balcao.policy.prepaid import (
    UNUSED,
    Account,
    Entry,
    ends_at,
    expiry,
    may_refund,
    months_later,
)
from balcao.policy.tests.builders import DAY, POLICY, a_policy, thorough

Day = tuple[int, int, int]

NEXT_BUSINESS_DAY = {"oneoff.on_closed_day": "next_business_day"}
SECOND = timedelta(seconds=1)

# ------------------------------------------------- an oracle that knows no library of dates
# Four years of purchases with a 29 February and the last summer times of Brazil.

FIRST: Day = (2016, 1, 1)
PURCHASES = 1461
LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# Hours west of Greenwich at the last second of a day, by decree, not by a library.
STANDARD = {
    "America/Noronha": 2,
    "America/Recife": 3,
    "America/Sao_Paulo": 3,
    "America/Manaus": 4,
    "America/Rio_Branco": 5,
}
# The days whose last second was in summer time in São Paulo: the clock went forward at the midnight
# that began the first, and back at the midnight that should have ended the day after the last.
SUMMERS = (
    ((2016, 10, 16), (2017, 2, 17)),
    ((2017, 10, 15), (2018, 2, 16)),
    ((2018, 11, 4), (2019, 2, 15)),
)
# Closed all day, on top of Saturdays and Sundays; the eve of Christmas 2018 is a half day.
HOLIDAYS: tuple[Day, ...] = (
    (2017, 1, 2),
    (2017, 6, 16),
    (2018, 12, 25),
    (2020, 1, 1),
    (2020, 1, 2),
)
HALF_DAY: Day = (2018, 12, 24)


def _after(day: Day) -> Day:
    year, month, number = day
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    length = 29 if month == 2 and leap else LENGTHS[month - 1]
    if number < length:
        return year, month, number + 1
    return (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)


@cache
def _days() -> tuple[Day, ...]:
    """Every day of 2016 to 2020 and a little more; 1 January 2016 was a Friday."""
    days = [FIRST]
    for _ in range(PURCHASES + 400):
        days.append(_after(days[-1]))
    return tuple(days)


def _counted(place: int) -> int:
    """The place of the expiry: the first day reached that is 12 months on with the same number,
    or the day on which a 13th month begins because there was none.
    """
    year, month, number = _days()[place]
    for later in range(place + 1, len(_days())):
        at_year, at_month, at_number = _days()[later]
        months = (at_year - year) * 12 + at_month - month
        if (months == 12 and at_number == number) or months == 13:
            return later
    raise AssertionError("the table is too short")


def _open_on(place: int) -> bool:
    weekend = place % 7 in (1, 2)  # Friday is 0
    return not weekend and _days()[place] not in HOLIDAYS


def _midnight(place: int, zone: str) -> datetime:
    """The moment that ends a day, UTC."""
    hours = STANDARD[zone]
    if zone == "America/Sao_Paulo":
        hours -= sum(first <= _days()[place] <= last for first, last in SUMMERS)
    return datetime(*_days()[place + 1], tzinfo=UTC) + timedelta(hours=hours)


def _table() -> Iterator[tuple[date, int]]:
    for place in range(PURCHASES):
        yield date(*_days()[place]), place


# ------------------------------------------------------------------------------ the table


@pytest.mark.parametrize("zone", STANDARD)
def test_p1_r21_every_purchase_of_four_years_ends_where_the_civil_code_says(zone: str) -> None:
    for bought, place in _table():
        found = expiry(bought, POLICY, timezone=zone)
        ends = _counted(place)
        assert found.counted == found.last_day == date(*_days()[ends]), bought
        assert found.expired_from == _midnight(ends, zone), bought
        assert found.last_instant == _midnight(ends, zone) - SECOND, bought
        last = found.last_instant.astimezone(ZoneInfo(zone))
        assert (last.date(), last.hour, last.minute, last.second) == (found.last_day, 23, 59, 59)


@pytest.mark.parametrize("zone", STANDARD)
def test_p1_r21_a_closed_last_day_moves_to_the_next_business_day_if_the_policy_says(
    zone: str,
) -> None:
    days = [{"date": date(*day), "name": "Feriado", "spans": []} for day in HOLIDAYS]
    days.append({"date": date(*HALF_DAY), "name": "Véspera", "spans": ["08:00-12:00"]})
    policy = a_policy({**NEXT_BUSINESS_DAY, "calendar.days": days})
    moved = 0
    for bought, place in _table():
        found = expiry(bought, policy, timezone=zone)
        counted = ends = _counted(place)
        while not _open_on(ends):
            ends += 1
        moved += ends != counted
        assert found.counted == date(*_days()[counted]), bought
        assert found.last_day == date(*_days()[ends]), bought
        assert found.expired_from == _midnight(ends, zone), bought
    assert moved > PURCHASES * 2 // 7


# ------------------------------------------------------------------- the cases people ask about


@pytest.mark.parametrize(
    ("bought", "months", "last"),
    [
        (date(2027, 11, 26), 12, date(2028, 11, 26)),
        (date(2028, 2, 29), 12, date(2029, 3, 1)),
        (date(2027, 2, 28), 12, date(2028, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 3, 1)),
        (date(2026, 8, 31), 1, date(2026, 10, 1)),
        (date(2026, 12, 31), 2, date(2027, 3, 1)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
    ],
)
def test_s28_s43_the_months_lead_to_the_same_day_or_the_day_after(
    bought: date, months: int, last: date
) -> None:
    assert months_later(bought, months) == last
    assert expiry(bought, a_policy({"oneoff.months": months})).last_day == last


def test_s28_it_is_good_until_the_last_second_and_over_at_midnight() -> None:
    found = expiry(date(2026, 11, 26), POLICY)
    midnight = datetime(2027, 11, 27, 3, 0, tzinfo=UTC)  # 00:00 in Recife
    assert found.expired_from == midnight
    assert not found.is_over(midnight - timedelta(microseconds=1))
    assert found.is_over(midnight)


def test_p1_summer_time_that_begins_at_midnight_takes_nothing_away() -> None:
    """Midnight of 4 November 2018 did not exist in São Paulo: at 24:00 it was 01:00."""
    found = expiry(date(2017, 11, 3), POLICY, timezone="America/Sao_Paulo")
    assert found.expired_from == datetime(2018, 11, 4, 3, 0, tzinfo=UTC)
    local = found.expired_from.astimezone(ZoneInfo("America/Sao_Paulo"))
    assert (local.day, local.hour) == (4, 1)


def test_p1_summer_time_that_ends_at_midnight_gives_the_repeated_hour_too() -> None:
    """17 February 2018 had 25 hours in São Paulo: 23:00 came twice."""
    found = expiry(date(2017, 2, 17), POLICY, timezone="America/Sao_Paulo")
    assert found.expired_from == datetime(2018, 2, 18, 3, 0, tzinfo=UTC)
    assert not found.is_over(datetime(2018, 2, 18, 2, 30, tzinfo=UTC))


def test_r21_a_desk_that_never_opens_moves_nothing() -> None:
    week: dict[str, list[str]] = {name: [] for name in "mon tue wed thu fri sat sun".split()}
    policy = a_policy({**NEXT_BUSINESS_DAY, "calendar.week": week, "calendar.days": []})
    assert expiry(date(2026, 11, 26), policy).last_day == date(2027, 11, 26)


def test_r21_the_months_are_few_enough_for_a_calendar() -> None:
    assert a_policy({"oneoff.months": 1200}).oneoff.months == 1200
    with pytest.raises(PolicyError, match=r"oneoff\.months"):
        a_policy({"oneoff.months": 1201})


# ------------------------------------------------------------------------------- properties

days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
policies = st.sampled_from([POLICY, a_policy(NEXT_BUSINESS_DAY)])
zones = st.sampled_from(sorted(STANDARD))


@thorough
@given(days, st.integers(0, 800), policies, zones)
def test_p1_who_buys_later_never_expires_earlier(
    bought: date, later: int, policy: Policy, zone: str
) -> None:
    first = expiry(bought, policy, timezone=zone)
    second = expiry(bought + later * DAY, policy, timezone=zone)
    assert first.expired_from <= second.expired_from


@thorough
@given(days, policies, zones)
def test_p1_a_year_is_never_cut_short(bought: date, policy: Policy, zone: str) -> None:
    found = expiry(bought, policy, timezone=zone)
    assert timedelta(days=365) <= found.counted - bought <= timedelta(days=366)
    assert found.counted <= found.last_day
    assert found.expired_from - found.last_instant == SECOND


@thorough
@given(days, st.integers(1, 1200))
def test_p1_the_number_of_the_day_stays_or_it_is_the_first(bought: date, months: int) -> None:
    found = months_later(bought, months)
    apart = (found.year - bought.year) * 12 + found.month - bought.month
    assert (found.day, apart) in ((bought.day, months), (1, months + 1))


@pytest.mark.parametrize("last", sorted(Entry))
def test_s28_money_goes_back_for_what_is_unused_and_not_over(last: Entry) -> None:
    zone, day = "America/Recife", date(2027, 11, 13)
    over = ends_at(day, zone)
    account = Account(last, day, 0)
    assert may_refund(account, now=over - SECOND, timezone=zone) is (last in UNUSED)
    assert not may_refund(account, now=over, timezone=zone)
