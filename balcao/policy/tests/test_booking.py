"""Times for appointments: which are free, until when one moves, and what a missed one costs."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy import worktime
from balcao.policy.book import Span
from balcao.policy.booking import (
    A_DAY,
    A_FEW,
    CELL,
    CLOSED,
    EARLY,
    FURTHEST,
    LEAD,
    MOST_PEOPLE,
    NOT_WORKING,
    PAST_EXPIRY,
    PATIENCE,
    STEP,
    TAKEN,
    TOO_FAR,
    TOO_SOON,
    Agenda,
    Slot,
    a_choice,
    arranges,
    cells,
    consumes,
    free_slots,
    is_meeting_link,
    may_attend,
    may_be_offered,
    may_miss,
    may_move,
    may_teach,
    remind_at,
    why_not,
)
from balcao.policy.lifecycle import State
from balcao.policy.prepaid import expiry
from balcao.policy.tests.builders import HOUR, NOW, POLICY, RECIFE, a_calendar, brief, recife

MINUTE = timedelta(minutes=1)
OFFICE = a_calendar((480, 720), (780, 1080))
MORNINGS = Agenda(week=((Span(540, 720),),) * 5 + ((),) * 2)
MONDAY = recife("2026-01-19 00:00")


def slot(begins: str, minutes: int = 60) -> Slot:
    at = recife(f"2026-01-{begins}").astimezone(UTC)
    return Slot(at, at + minutes * MINUTE)


def free(agenda: Agenda, minutes: int = 60, until: datetime | None = None) -> list[str]:
    """The free times of the first Monday, as a clock shows them."""
    found = free_slots(agenda, calendar=OFFICE, now=NOW, until=until, minutes=minutes)
    end = MONDAY + 24 * HOUR
    return [f"{one.begins.astimezone(RECIFE):%H:%M}" for one in found if one.begins < end]


def test_s41_times_are_offered_where_the_agents_hours_and_the_desks_meet() -> None:
    assert free(MORNINGS) == ["09:00", "09:30", "10:00", "10:30", "11:00"]
    early = Agenda(week=((Span(360, 540),),) * 7)
    assert free(early) == ["08:00"]
    assert free(Agenda(week=((Span(1080, 1200),),) * 7)) == []


def test_s37_no_time_crosses_the_desks_lunch() -> None:
    through = Agenda(week=((Span(600, 900),),) * 5 + ((),) * 2)
    assert free(through) == ["10:00", "10:30", "11:00", "13:00", "13:30", "14:00"]


@pytest.mark.parametrize(
    ("busy", "left"),
    [
        (slot("19 10:00"), ["09:00", "11:00"]),
        (slot("19 09:00", 90), ["10:30", "11:00"]),
        (slot("19 10:10", 10), ["09:00", "10:30", "11:00"]),
        (slot("18 09:00", 3000), []),
        (slot("20 09:00"), ["09:00", "09:30", "10:00", "10:30", "11:00"]),
    ],
)
def test_what_is_booked_or_away_is_not_offered(busy: Slot, left: list[str]) -> None:
    assert free(Agenda(week=MORNINGS.week, busy=(busy,))) == left


def test_two_that_overlap_take_no_more_than_both() -> None:
    busy = (slot("19 09:30", 60), slot("19 09:00", 60))
    assert free(Agenda(week=MORNINGS.week, busy=busy)) == ["10:30", "11:00"]


def test_a_longer_training_needs_a_longer_gap() -> None:
    assert free(MORNINGS, minutes=180) == ["09:00"]
    assert free(MORNINGS, minutes=181) == []


def test_r20_no_appointment_ends_after_the_expiry() -> None:
    ends = expiry(recife("2025-01-19 10:00").date(), POLICY).expired_from
    last = free_slots(MORNINGS, calendar=OFFICE, now=NOW, until=ends, minutes=60)[-1]
    assert last == slot("19 11:00")
    assert free(MORNINGS, until=slot("19 10:00").ends) == ["09:00", "09:30", "10:00"]
    assert free(MORNINGS, until=slot("19 10:00").ends - MINUTE) == ["09:00", "09:30"]


def test_none_begins_too_soon_or_too_far_ahead() -> None:
    now = recife("2026-01-19 07:31").astimezone(UTC)
    found = free_slots(MORNINGS, calendar=OFFICE, now=now, until=None, minutes=60)
    assert found[0] == slot("19 10:00")
    assert all(now + LEAD <= one.begins and one.ends <= now + FURTHEST for one in found)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (slot("19 09:00"), ""),
        (slot("19 09:15", 45), ""),
        (Slot(NOW + LEAD - MINUTE, NOW + LEAD + HOUR), TOO_SOON),
        (slot("26 09:00"), PAST_EXPIRY),
        (slot("19 11:30"), CLOSED),
        (slot("19 14:00"), NOT_WORKING),
        (slot("20 10:30"), TAKEN),
    ],
)
def test_why_a_time_cannot_be_agreed_on(wanted: Slot, reason: str) -> None:
    agenda = Agenda(week=MORNINGS.week, busy=(slot("20 11:00"),))
    until = slot("25 00:00").begins
    assert why_not(wanted, agenda, calendar=OFFICE, now=NOW, until=until) == reason


def test_a_time_further_ahead_than_anybody_plans() -> None:
    far = Slot(NOW + FURTHEST, NOW + FURTHEST + HOUR)
    assert why_not(far, MORNINGS, calendar=OFFICE, now=NOW, until=None) == TOO_FAR


_MINUTES = st.integers(0, 95).map(lambda quarter: quarter * 15)


@st.composite
def agendas(draw: st.DrawFn) -> Agenda:
    week = []
    for _ in range(7):
        edges = sorted(draw(st.sets(_MINUTES, max_size=4)))
        pairs = zip(edges[::2], edges[1::2], strict=False)
        week.append(tuple(Span(start, end) for start, end in pairs))
    busy = draw(
        st.lists(
            st.tuples(st.integers(0, 60 * 24 * 12), st.integers(1, 900)).map(
                lambda pair: Slot(NOW + pair[0] * MINUTE, NOW + pair[0] * MINUTE + pair[1] * MINUTE)
            ),
            max_size=6,
        )
    )
    return Agenda(week=tuple(week), busy=tuple(busy))


@brief
@given(agendas(), st.sampled_from([15, 50, 60, 120]), st.integers(0, 10))
def test_s42_what_is_offered_can_be_agreed_on_and_nothing_else(
    agenda: Agenda, minutes: int, days: int
) -> None:
    until = NOW + timedelta(days=days)
    found = free_slots(agenda, calendar=OFFICE, now=NOW, until=until, minutes=minutes)
    assert list(found) == sorted(set(found))
    offered, at = set(found), NOW
    while at < until:
        wanted = Slot(at, at + minutes * MINUTE)
        possible = why_not(wanted, agenda, calendar=OFFICE, now=NOW, until=until) == ""
        assert (wanted in offered) is possible, wanted
        at += STEP
    assert all(one.ends <= until for one in found)
    assert all(
        worktime.business_between(one.begins, one.ends, OFFICE) == minutes * MINUTE for one in found
    )


@given(st.integers(0, 10_000), st.integers(1, 600), st.integers(0, 10_000), st.integers(1, 600))
def test_times_share_a_cell_when_they_overlap(a: int, length: int, b: int, other: int) -> None:
    one = Slot(NOW + a * MINUTE, NOW + (a + length) * MINUTE)
    two = Slot(NOW + b * MINUTE, NOW + (b + other) * MINUTE)
    shared = set(cells(one)) & set(cells(two))
    if one.overlaps(two):
        assert shared
    for cell in shared:
        assert one.begins < cell + CELL
        assert two.begins < cell + CELL


def test_an_hour_takes_four_cells() -> None:
    begins = slot("19 09:00").begins
    assert cells(slot("19 09:00")) == tuple(begins + n * CELL for n in range(4))
    assert len(cells(slot("19 09:10", 50))) == 4


def test_what_times_are_offered_for() -> None:
    offered = {state for state in State if may_be_offered(state, "saas")}
    assert offered == {
        State.OPEN,
        State.IN_SERVICE,
        State.WAITING_CUSTOMER,
        State.WAITING_THIRD,
        State.SCHEDULED,
    }
    for kind, sold in (("oneoff_training", True), ("oneoff_install", True), ("saas", False)):
        assert may_be_offered(State.SOLD, kind) is sold
    assert not may_be_offered(State.SOLD, "oneoff_problem")


def test_s42_only_of_what_is_scheduled_and_not_begun_a_message_arranges_the_time() -> None:
    for kind, expected in (("oneoff_training", True), ("oneoff_install", True)):
        assert arranges(State.SOLD, kind) is expected
        assert not arranges(State.OPEN, kind)
    assert not arranges(State.SOLD, "oneoff_problem")


@pytest.mark.parametrize(
    ("link", "allowed"),
    [
        ("https://reuniao.example/a", True),
        ("http://reuniao.example/a", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//reuniao.example", False),
        ("https://reuniao.example/a\n b", False),
        ("", False),
    ],
)
def test_g4_a_meetings_link_is_an_address_of_the_web(link: str, allowed: bool) -> None:
    assert is_meeting_link(link) is allowed


def test_r28_a_customer_moves_it_until_24_hours_before_and_not_later() -> None:
    begins = slot("21 09:00").begins
    assert may_move(begins, now=begins - 24 * HOUR, hours=24)
    assert not may_move(begins, now=begins - 24 * HOUR + timedelta(microseconds=1), hours=24)


def test_r28_the_first_missed_one_is_warned_of_and_the_second_consumes() -> None:
    assert [consumes(missed=count, warnings=1) for count in (1, 2, 3)] == [False, True, True]
    assert consumes(missed=1, warnings=0)


def test_who_came_is_said_from_shortly_before_it_begins_and_who_did_not_shortly_after() -> None:
    begins, tick = slot("21 09:00").begins, timedelta(microseconds=1)
    assert may_attend(begins, now=begins - EARLY)
    assert not may_attend(begins, now=begins - EARLY - tick)
    assert may_miss(begins, now=begins + PATIENCE)
    assert not may_miss(begins, now=begins + PATIENCE - tick)


def test_it_is_tomorrow_is_said_at_nine_on_the_day_before_in_the_desks_zone() -> None:
    begins = recife("2026-01-21 21:30").astimezone(UTC)
    nine = recife("2026-01-20 09:00").astimezone(UTC)
    for now, at in ((nine - MINUTE, nine), (nine, None)):
        assert remind_at(begins, now=now, timezone="America/Recife") == at


def test_r28_more_people_than_a_training_is_for_need_a_reason() -> None:
    assert may_teach(1, allowed=1, reason="")
    assert not may_teach(2, allowed=1, reason=" ")
    assert may_teach(2, allowed=1, reason="Chegou o sócio.")
    assert may_teach(5, allowed=5, reason="")
    for people in (0, MOST_PEOPLE + 1):
        assert not may_teach(people, allowed=MOST_PEOPLE * 2, reason="Todos.")


def test_s42_a_few_of_the_free_times_are_the_soonest_and_not_all_of_one_day() -> None:
    begins = recife("2026-01-19 08:00")
    slots = [Slot(begins + n * HOUR, begins + (n + 1) * HOUR) for n in range(6 * 24)]
    chosen = a_choice([(1, slots), (2, slots[2:3])], lambda slot: slot.begins.date())
    assert len(chosen) == A_FEW
    assert chosen[0] == (1, begins)
    days = [at.date() for _agent, at in chosen]
    assert days == sorted(days)
    assert max(days.count(day) for day in days) == A_DAY
    assert a_choice([(1, slots[:1]), (2, slots[:1])], lambda slot: slot.begins.date()) == (
        (1, begins),
    )
    assert a_choice([], lambda slot: slot.begins.date()) == ()
