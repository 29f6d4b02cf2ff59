"""Business time, against a model that looks at every single minute."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.book import Calendar, Span
from balcao.policy.tests.builders import DAY, HOUR, POLICY, a_calendar, brief, recife, thorough
from balcao.policy.tests.invented_zone import CHANGES as CLOCK_CHANGES
from balcao.policy.tests.invented_zone import NAME, invented_zone
from balcao.policy.worktime import (
    HORIZON_DAYS,
    add_business,
    business_between,
    is_open,
    moment_of,
    next_opening,
    open_intervals,
    spans_on,
)

MINUTE = timedelta(minutes=1)
SHIPPED = POLICY.calendar
EMPTY = a_calendar()

# Zones and the days around a change of their clocks: an hour forward and back, half an hour, one
# minute past midnight, at midnight, a whole date left out, none at all, and our invented one.
CHANGES = (
    ("Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 24, 12, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 2, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 3, tzinfo=UTC)),
    ("America/St_Johns", datetime(2006, 10, 28, 16, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 11, 3, 15, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 2, 17, 15, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 29, 20, tzinfo=UTC)),
    ("America/Recife", datetime(2026, 1, 16, 12, tzinfo=UTC)),
    (NAME, datetime(2026, 3, 10, 3, tzinfo=UTC)),
    (NAME, datetime(2026, 3, 12, 20, tzinfo=UTC)),
    (NAME, datetime(2026, 3, 15, 20, tzinfo=UTC)),
)
WINDOW = 2 * DAY


@pytest.fixture(autouse=True, scope="module")
def _invented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with invented_zone(Path(tmp_path_factory.mktemp("zones"))):
        yield


@st.composite
def hours(draw: st.DrawFn) -> tuple[Span, ...]:
    """Up to three spans of a day, in order and apart or touching."""
    edges = sorted(draw(st.sets(st.integers(0, 1440), min_size=0, max_size=6)))
    spans = [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False)]
    if len(spans) > 1 and draw(st.booleans()):
        spans[1] = Span(spans[0].end, spans[1].end)
    return tuple(spans)


@st.composite
def calendars(draw: st.DrawFn, timezone: str, around: date) -> Calendar:
    day = draw(st.integers(-2, 3)) * DAY + around
    return Calendar(
        timezone=timezone,
        week=tuple(draw(st.lists(hours(), min_size=7, max_size=7))),
        days=draw(st.sampled_from([{}, {day: draw(hours())}])),
        names={},
    )


@st.composite
def situations(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    """A calendar and the beginning of two days in which the clock of its zone may change."""
    zone, begin = draw(st.sampled_from(CHANGES))
    return draw(calendars(zone, begin.date())), begin


@cache
def shown(begin: datetime, timezone: str) -> list[tuple[datetime, date, int]]:
    """Each minute of the two days, with the highest date and minute the wall clock ever showed."""
    zone = ZoneInfo(timezone)
    rows = []
    highest = datetime.min  # noqa: DTZ901 - a wall clock
    moment = begin - 2 * DAY
    while moment < begin + WINDOW:
        highest = max(highest, moment.astimezone(zone).replace(tzinfo=None))
        if moment >= begin:
            rows.append((moment, highest.date(), highest.hour * 60 + highest.minute))
        moment += MINUTE
    return rows


def open_minutes(begin: datetime, start: datetime, calendar: Calendar) -> list[datetime]:
    """The model: the open minutes from ``start`` to the end of the two days from ``begin``.

    A span is open from the first moment the wall clock shows its start or more until the first
    moment it shows its end or more, so the highest time shown so far decides.
    """
    return [
        moment
        for moment, day, minute in shown(begin, calendar.timezone)
        if moment >= start
        and any(span.start <= minute < span.end for span in spans_on(calendar, day))
    ]


@brief
@given(situations())
def test_intervals_are_the_open_minutes_and_no_others(
    situation: tuple[Calendar, datetime],
) -> None:
    calendar, begin = situation
    end = begin + WINDOW
    expected = open_minutes(begin, begin, calendar)
    found = list(open_intervals(begin, end, calendar))
    minutes = [
        start + number * MINUTE
        for start, stop in found
        for number in range(int((stop - start) / MINUTE))
    ]
    assert minutes == expected
    assert business_between(begin, end, calendar) == len(expected) * MINUTE
    assert all(before[1] < after[0] for before, after in pairwise(found))


@brief
@given(situations(), st.integers(0, int(WINDOW / MINUTE)), st.integers(1, 600))
def test_adding_stops_at_the_end_of_the_last_minute_needed(
    situation: tuple[Calendar, datetime], offset: int, amount: int
) -> None:
    calendar, begin = situation
    start, end = begin + offset * MINUTE, begin + WINDOW
    expected = open_minutes(begin, start, calendar)
    if len(expected) >= amount:
        assert add_business(start, amount * MINUTE, calendar) == expected[amount - 1] + MINUTE
    else:
        found = add_business(start, amount * MINUTE, calendar)
        assert found is None or found > end


@brief
@given(situations(), st.integers(0, int(WINDOW / MINUTE)))
def test_the_next_opening_is_the_next_open_minute(
    situation: tuple[Calendar, datetime], offset: int
) -> None:
    calendar, begin = situation
    moment, end = begin + offset * MINUTE, begin + WINDOW
    expected = open_minutes(begin, moment, calendar)
    found = next_opening(moment, calendar)
    if expected:
        assert found == expected[0]
    else:
        assert found is None or found >= end
    assert is_open(moment, calendar) == (found == moment)


@thorough
@given(
    situations(),
    st.timedeltas(timedelta(0), WINDOW),
    st.timedeltas(timedelta(0), timedelta(hours=60)),
    st.timedeltas(timedelta(0), timedelta(hours=60)),
)
def test_adding_and_measuring_agree_and_more_is_never_earlier(
    situation: tuple[Calendar, datetime], offset: timedelta, amount: timedelta, more: timedelta
) -> None:
    calendar, begin = situation
    start = begin + offset
    found = add_business(start, amount, calendar)
    later = add_business(start, amount + more, calendar)
    if found is None:
        assert later is None
        return
    assert found >= start
    assert business_between(start, found, calendar) == amount
    assert later is None or later >= found
    assert add_business(found, more, calendar) == later or more == timedelta(0)


@thorough
@given(situations(), st.lists(st.timedeltas(timedelta(0), 3 * DAY), min_size=3, max_size=3))
def test_measured_time_adds_up(
    situation: tuple[Calendar, datetime], offsets: list[timedelta]
) -> None:
    calendar, begin = situation
    a, b, c = (begin + offset for offset in sorted(offsets))
    whole = business_between(a, c, calendar)
    assert whole == business_between(a, b, calendar) + business_between(b, c, calendar)
    assert timedelta(0) <= whole <= c - a


def test_the_invented_clock_really_jumps() -> None:
    zone = ZoneInfo(NAME)
    for change, offset in CLOCK_CHANGES:
        before = (change - MINUTE).astimezone(zone).utcoffset()
        assert change.astimezone(zone).utcoffset() == timedelta(seconds=offset) != before


def test_a_calendar_that_never_opens_ends_the_search() -> None:
    start = recife("2026-01-16 17:00")
    assert add_business(start, MINUTE, EMPTY) is None
    assert next_opening(start, EMPTY) is None
    assert not is_open(start, EMPTY)
    assert business_between(start, start + 3650 * DAY, EMPTY) == timedelta(0)
    assert list(open_intervals(start, start + DAY, EMPTY)) == []


def test_a_calendar_that_only_opens_on_past_dates_ends_the_search() -> None:
    past = a_calendar(days={date(2026, 1, 2): (Span(480, 1080),)})
    assert next_opening(recife("2026-01-16 17:00"), past) is None
    assert next_opening(recife("2026-01-01 17:00"), past) == recife("2026-01-02 08:00")


def test_a_calendar_whose_every_date_is_overridden_closed_ends_the_search() -> None:
    start = date(2026, 1, 1)
    closed = {start + number * DAY: () for number in range(HORIZON_DAYS + 30)}
    calendar = a_calendar((480, 1080), days=closed, weekend=True)
    assert next_opening(recife("2026-01-16 17:00"), calendar) is None


def test_the_end_of_all_dates_ends_the_search() -> None:
    last = datetime(9999, 12, 30, 12, tzinfo=UTC)
    assert add_business(last, 1000 * HOUR, a_calendar((0, 1440), weekend=True)) is None


def test_the_beginning_of_all_dates_is_no_accident() -> None:
    first = datetime(1, 1, 2, 12, tzinfo=UTC)
    assert next_opening(first, a_calendar((0, 1440), timezone="UTC", weekend=True)) == first


def test_nothing_to_add_is_the_same_moment_even_when_closed() -> None:
    sunday = recife("2026-01-18 03:00")
    assert add_business(sunday, timedelta(0), SHIPPED) == sunday
    assert add_business(sunday, -HOUR, SHIPPED) == sunday


def test_time_that_runs_out_at_closing_ends_there_and_not_at_the_next_opening() -> None:
    assert add_business(recife("2026-01-16 17:00"), HOUR, SHIPPED) == recife("2026-01-16 18:00")
    assert next_opening(recife("2026-01-16 18:00"), SHIPPED) == recife("2026-01-19 08:00")


def test_a_holiday_is_left_out() -> None:
    before = recife("2026-04-20 17:00")
    assert add_business(before, 2 * HOUR, SHIPPED) == recife("2026-04-22 09:00")


def test_results_are_in_utc_whatever_the_zone_of_the_question() -> None:
    found = add_business(recife("2026-01-16 17:00"), HOUR, SHIPPED)
    assert found is not None
    assert found.tzinfo is UTC
    assert all(
        moment.tzinfo is UTC
        for pair in open_intervals(recife("2026-01-16 12:00"), recife("2026-01-20 12:00"), SHIPPED)
        for moment in pair
    )


def test_an_ambiguous_moment_given_in_local_time_is_open_like_the_same_one_in_utc() -> None:
    night = a_calendar((0, 360), timezone="Europe/Berlin", weekend=True)
    for hour in (0, 1):
        moment = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
        assert is_open(moment.astimezone(ZoneInfo("Europe/Berlin")), night)
        assert is_open(moment, night)


def test_a_repeated_local_time_means_its_first_occurrence() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert moment_of(date(2026, 10, 25), 150, berlin) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_missing_local_time_means_the_moment_of_the_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    change = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert moment_of(date(2026, 3, 29), 150, berlin) == change
    assert moment_of(date(2026, 3, 29), 179, berlin) == change


def test_hours_that_the_clock_leaps_over_are_no_opening() -> None:
    leapt = a_calendar((130, 170), timezone="Europe/Berlin", weekend=True)
    change = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert not is_open(change, leapt)
    assert next_opening(change - MINUTE, leapt) == datetime(2026, 3, 30, 0, 10, tzinfo=UTC)


def test_a_night_shift_is_an_hour_shorter_and_longer_with_the_clock() -> None:
    night = a_calendar((0, 360), timezone="Europe/Berlin", weekend=True)
    berlin = ZoneInfo("Europe/Berlin")
    for day, length in ((28, 6), (29, 5), (30, 6)):
        midnight = datetime(2026, 3, day, tzinfo=berlin)
        assert business_between(midnight, midnight + timedelta(hours=12), night) == length * HOUR
    midnight = datetime(2026, 10, 25, tzinfo=berlin)
    assert business_between(midnight, midnight + timedelta(hours=12), night) == 7 * HOUR


def test_round_the_clock_is_one_interval() -> None:
    always = a_calendar((0, 720), (720, 1440), timezone="Europe/Berlin", weekend=True)
    start = datetime(2026, 3, 20, tzinfo=UTC)
    assert list(open_intervals(start, start + 30 * DAY, always)) == [(start, start + 30 * DAY)]


def test_measuring_has_no_horizon() -> None:
    start = recife("2026-01-01 00:00")
    whole = business_between(start, start + 30 * 365 * DAY, a_calendar((0, 1440), weekend=True))
    assert whole == 30 * 365 * DAY


def test_nothing_lies_between_a_moment_and_an_earlier_one() -> None:
    later, earlier = recife("2026-01-16 17:00"), recife("2026-01-16 09:00")
    assert business_between(later, earlier, SHIPPED) == timedelta(0)
