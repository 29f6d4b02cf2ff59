"""Deadlines over changes of the clock (P3): those of 2018 in Brazil, and invented ones to come."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.book import Policy
from balcao.policy.sla import DeadlineName, TicketClock, due_of, explain_of, promise
from balcao.policy.tests.builders import HOUR, a_policy, brief
from balcao.policy.tests.invented_zone import CHANGES, NAME, invented_zone
from balcao.policy.worktime import business_between

SAO_PAULO = "America/Sao_Paulo"
# In 2018 its clock went back on 18 February at midnight, and forward on 4 November.
AROUND = (
    (SAO_PAULO, datetime(2018, 2, 16, tzinfo=UTC)),
    (SAO_PAULO, datetime(2018, 11, 2, tzinfo=UTC)),
    (NAME, CHANGES[0][0] - timedelta(days=2)),
    (NAME, CHANGES[2][0] - timedelta(days=2)),
)
WEEK = {
    day: ["00:00-02:00", "08:00-12:00", "13:00-24:00"]
    for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
}


@cache
def by_business(zone: str) -> Policy:
    """Several spans a day, in that zone."""
    return a_policy({"calendar.timezone": zone, "calendar.week": WEEK, "sla.clock": "business"})


@pytest.fixture(autouse=True, scope="module")
def _invented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with invented_zone(Path(tmp_path_factory.mktemp("zones"))):
        yield


def test_p3_the_clock_of_2018_really_moves() -> None:
    zone = ZoneInfo(SAO_PAULO)
    for _name, begins in AROUND[:2]:
        offsets = {
            (begins + hours * HOUR).astimezone(zone).utcoffset() for hours in range(0, 96, 6)
        }
        assert len(offsets) == 2


@brief
@given(
    st.sampled_from(AROUND), st.integers(0, 4 * 24 * 60), st.sampled_from(["start", "resolution"])
)
def test_p3_elapsed_time_is_exact_whatever_the_clock_on_the_wall_does(
    around: tuple[str, datetime], minutes: int, name: DeadlineName
) -> None:
    zone, begins = around
    policy = a_policy({"calendar.timezone": zone})
    opened = (begins + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone))
    ticket = TicketClock(opened, None, "saas")
    found = explain_of(ticket, promise(policy, policy), name, met_at=None, now=opened)
    assert found.due is not None
    # Subtracting two moments of one zone compares its wall clocks; elapsed time is that of UTC.
    elapsed = found.due - opened.astimezone(UTC)
    assert elapsed == found.promised == (24 if name == "start" else 40) * HOUR
    assert [span.kind.value for span in found.spans] == ["counted"]


@brief
@given(st.sampled_from(AROUND), st.integers(0, 4 * 24 * 60))
def test_p3_business_time_is_the_time_the_desk_was_really_open(
    around: tuple[str, datetime], minutes: int
) -> None:
    zone, begins = around
    policy = by_business(zone)
    opened = begins + timedelta(minutes=minutes)
    due = due_of(TicketClock(opened, None, "saas"), promise(policy, policy))
    assert due.start_due is not None
    assert due.resolution_due is not None
    assert business_between(opened, due.start_due, policy.calendar) == 24 * HOUR
    assert business_between(opened, due.resolution_due, policy.calendar) == 40 * HOUR


def test_p3_a_day_with_25_hours_gives_an_hour_more_and_one_with_23_an_hour_less() -> None:
    around_the_clock = {day: ["00:00-24:00"] for day in WEEK}
    policy = a_policy(
        {
            "calendar.timezone": SAO_PAULO,
            "calendar.week": around_the_clock,
            "calendar.days": [],
            "sla.clock": "business",
        }
    )
    zone = ZoneInfo(SAO_PAULO)
    for day, wall in (
        (datetime(2018, 2, 17, 12, tzinfo=zone), 11),
        (datetime(2018, 11, 3, 12, tzinfo=zone), 13),
    ):
        due = due_of(TicketClock(day, None, "saas"), promise(policy, policy)).start_due
        assert due is not None
        assert due - day.astimezone(UTC) == 24 * HOUR
        assert due.astimezone(zone).hour == wall
