"""Deadlines (S11-S13, R1-R5) and their explanation."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.book import KINDS, ONEOFF_KINDS, Clock, Policy
from balcao.policy.lifecycle import State
from balcao.policy.sla import (
    ExplainedSpan,
    Interval,
    SpanKind,
    chip,
    clock_for,
    due,
    explain,
    fraction_left,
    is_stopped,
    left,
    rolls,
    stopped_states,
)
from balcao.policy.tests.builders import DAY, HOUR, POLICY, a_policy, recife, thorough
from balcao.policy.worktime import is_open

ELAPSED, BUSINESS = Clock.ELAPSED, Clock.BUSINESS
FRIDAY_17 = recife("2026-01-16 17:00")
ZERO = timedelta(0)
NEVER_OPEN = a_policy({"calendar.week": {}, "calendar.days": []})
CINZAS = a_policy(
    {
        "calendar.days": [
            {"date": "2026-02-17", "name": "Carnaval"},
            {"date": "2026-02-18", "name": "Cinzas", "spans": ["13:00-18:00"]},
            {"date": "2026-02-21", "name": "Plantão", "spans": ["08:00-12:00"]},
        ]
    }
)
BERLIN = a_policy({"calendar.timezone": "Europe/Berlin", "calendar.week.sun": ["00:00-06:00"]})


def pause(start: str, end: str | None) -> Interval:
    return Interval(recife(start), recife(end) if end else None)


# --------------------------------------------------------------- the promises


def test_s12_service_starts_within_24_hours() -> None:
    assert due(FRIDAY_17, clock=ELAPSED, policy=POLICY).start_due == FRIDAY_17 + 24 * HOUR


def test_s13_service_is_concluded_within_40_hours() -> None:
    assert due(FRIDAY_17, clock=ELAPSED, policy=POLICY).resolution_due == FRIDAY_17 + 40 * HOUR


def test_s11_every_kind_of_entitlement_has_the_standard_deadlines() -> None:
    for kind in (*KINDS, None):
        found = due(FRIDAY_17, clock=clock_for(POLICY, kind), policy=POLICY)
        assert (found.start_due, found.resolution_due) == (
            FRIDAY_17 + 24 * HOUR,
            FRIDAY_17 + 40 * HOUR,
        )


def test_r1_the_owners_example_in_elapsed_hours() -> None:
    found = due(FRIDAY_17, clock=ELAPSED, policy=POLICY)
    assert found.start_due == recife("2026-01-17 17:00")
    assert found.resolution_due == recife("2026-01-18 09:00")


def test_r1_the_owners_example_in_business_hours() -> None:
    found = due(FRIDAY_17, clock=BUSINESS, policy=POLICY)
    assert found.start_due == recife("2026-01-21 11:00")
    assert found.resolution_due == recife("2026-01-22 17:00")


def test_r1_a_kind_may_have_its_own_clock() -> None:
    policy = a_policy({"sla.clock_by_kind": {"saas": "business"}})
    assert clock_for(policy, "saas") is BUSINESS
    assert clock_for(policy, "rental") is ELAPSED
    assert clock_for(policy, None) is ELAPSED


def test_s31_the_standard_hours_are_the_policys_to_change() -> None:
    policy = a_policy({"sla.start_hours": 0.5, "sla.resolution_hours": 8})
    found = due(FRIDAY_17, clock=ELAPSED, policy=policy)
    assert found.start_due == FRIDAY_17 + 30 * timedelta(minutes=1)
    assert found.resolution_due == FRIDAY_17 + 8 * HOUR


def test_a_calendar_that_never_opens_has_no_business_deadline() -> None:
    found = due(FRIDAY_17, clock=BUSINESS, policy=NEVER_OPEN, roll=True)
    assert (found.start_due, found.resolution_due) == (None, None)
    assert due(FRIDAY_17, clock=ELAPSED, policy=NEVER_OPEN, roll=True).start_due is None


# ------------------------------------------------------------------ anchor, R2


def test_r2_the_conclusion_may_be_counted_from_the_start_of_service() -> None:
    policy = a_policy({"sla.resolution_anchor": "started"})
    started = FRIDAY_17 + 3 * HOUR
    assert due(FRIDAY_17, clock=ELAPSED, policy=policy).resolution_due is None
    found = due(FRIDAY_17, clock=ELAPSED, policy=policy, started=started)
    assert found.resolution_due == started + 40 * HOUR
    assert found.start_due == FRIDAY_17 + 24 * HOUR
    assert due(FRIDAY_17, clock=ELAPSED, policy=POLICY, started=started) == due(
        FRIDAY_17, clock=ELAPSED, policy=POLICY
    )


# ------------------------------------------------------------------ pauses, R4


def test_r4_a_pause_moves_the_conclusion_and_never_the_start() -> None:
    waited = pause("2026-01-17 08:00", "2026-01-17 13:00")
    found = due(FRIDAY_17, clock=ELAPSED, policy=POLICY, pauses=[waited])
    assert found.start_due == FRIDAY_17 + 24 * HOUR
    assert found.resolution_due == FRIDAY_17 + 45 * HOUR


def test_r4_in_business_hours_only_the_open_part_of_a_pause_matters() -> None:
    waited = pause("2026-01-19 17:00", "2026-01-20 09:00")
    found = due(FRIDAY_17, clock=BUSINESS, policy=POLICY, pauses=[waited])
    assert found.resolution_due == recife("2026-01-23 09:00")


def test_r4_overlapping_pauses_count_once() -> None:
    once = due(
        FRIDAY_17,
        clock=ELAPSED,
        policy=POLICY,
        pauses=[pause("2026-01-17 08:00", "2026-01-17 13:00")],
    )
    twice = due(
        FRIDAY_17,
        clock=ELAPSED,
        policy=POLICY,
        pauses=[
            pause("2026-01-17 10:00", "2026-01-17 13:00"),
            pause("2026-01-17 08:00", "2026-01-17 11:00"),
            pause("2026-01-17 09:00", "2026-01-17 10:00"),
            pause("2026-01-17 09:30", "2026-01-17 09:30"),
        ],
    )
    assert once == twice


def test_r4_pauses_before_opening_and_after_the_deadline_change_nothing() -> None:
    plain = due(FRIDAY_17, clock=ELAPSED, policy=POLICY)
    outside = [
        pause("2026-01-15 08:00", "2026-01-16 12:00"),
        pause("2026-01-18 09:00", "2026-01-18 10:00"),
        pause("2026-01-19 09:00", None),
    ]
    assert due(FRIDAY_17, clock=ELAPSED, policy=POLICY, pauses=outside) == plain


def test_r4_a_pause_that_began_before_opening_counts_from_opening() -> None:
    found = due(
        FRIDAY_17,
        clock=ELAPSED,
        policy=POLICY,
        pauses=[pause("2026-01-15 08:00", "2026-01-16 18:00")],
    )
    assert found.resolution_due == FRIDAY_17 + 41 * HOUR


def test_r4_while_a_pause_runs_the_conclusion_is_unknown_unless_asked_as_of_now() -> None:
    running = [pause("2026-01-17 08:00", None)]
    assert due(FRIDAY_17, clock=ELAPSED, policy=POLICY, pauses=running).resolution_due is None
    found = due(
        FRIDAY_17,
        clock=ELAPSED,
        policy=POLICY,
        pauses=running,
        now=recife("2026-01-17 10:00"),
    )
    assert found.resolution_due == FRIDAY_17 + 42 * HOUR


def test_r4_a_running_pause_swallows_what_overlaps_it() -> None:
    running = [pause("2026-01-17 08:00", None), pause("2026-01-17 09:00", "2026-01-17 10:00")]
    assert due(FRIDAY_17, clock=ELAPSED, policy=POLICY, pauses=running).resolution_due is None
    late = [pause("2026-01-17 08:00", "2026-01-17 09:00"), pause("2026-01-17 08:30", None)]
    assert due(FRIDAY_17, clock=ELAPSED, policy=POLICY, pauses=late).resolution_due is None


def test_r5_time_spent_resolved_does_not_count_after_a_reopening() -> None:
    assert stopped_states(POLICY) == {"waiting_customer", "resolved"}
    assert is_stopped(POLICY, State.WAITING_CUSTOMER)
    assert not is_stopped(POLICY, State.WAITING_THIRD)
    widened = a_policy({"sla.pause_states": ["waiting_third"]})
    assert is_stopped(widened, State.WAITING_THIRD)
    assert not is_stopped(widened, State.WAITING_CUSTOMER)


# ----------------------------------------------------------------- rolling, R1


def test_r1_a_one_offs_deadline_in_closed_hours_rolls_to_the_next_opening() -> None:
    found = due(FRIDAY_17, clock=ELAPSED, policy=POLICY, roll=True)
    assert found.start_due == recife("2026-01-19 08:00")
    assert found.resolution_due == recife("2026-01-19 08:00")


def test_r1_a_deadline_in_open_hours_or_at_closing_does_not_roll() -> None:
    monday = recife("2026-01-19 10:00")
    assert due(monday, clock=ELAPSED, policy=POLICY, roll=True).start_due == monday + DAY
    evening = recife("2026-01-19 18:00")
    assert due(evening, clock=ELAPSED, policy=POLICY, roll=True).start_due == evening + DAY


def test_r1_only_one_offs_roll_and_only_while_the_policy_says_so() -> None:
    assert [kind for kind in KINDS if rolls(POLICY, kind)] == list(ONEOFF_KINDS)
    assert not rolls(POLICY, None)
    keep = a_policy({"sla.due_when_closed": "keep"})
    assert not any(rolls(keep, kind) for kind in KINDS)


# --------------------------------------------------------------- explanations


def told(spans: tuple[ExplainedSpan, ...]) -> list[tuple[str, str, str]]:
    zone = FRIDAY_17.tzinfo
    return [
        (span.kind.value, span.note, span.end.astimezone(zone).strftime("%d %H:%M"))
        for span in spans
    ]


def test_an_elapsed_deadline_explains_what_counted_and_what_paused() -> None:
    spans = explain(
        FRIDAY_17,
        FRIDAY_17 + 45 * HOUR,
        clock=ELAPSED,
        policy=POLICY,
        pauses=[pause("2026-01-17 08:00", "2026-01-17 13:00")],
    )
    assert told(spans) == [
        ("counted", "", "17 08:00"),
        ("paused", "", "17 13:00"),
        ("counted", "", "18 14:00"),
    ]


def test_a_business_deadline_explains_nights_weekends_and_holidays_by_name() -> None:
    spans = explain(
        recife("2026-04-17 17:00"), recife("2026-04-22 09:00"), clock=BUSINESS, policy=POLICY
    )
    assert told(spans) == [
        ("counted", "", "17 18:00"),
        ("closed", "", "20 08:00"),
        ("counted", "", "20 18:00"),
        ("closed", "", "21 00:00"),
        ("holiday", "Tiradentes", "22 00:00"),
        ("closed", "", "22 08:00"),
        ("counted", "", "22 09:00"),
    ]


def test_the_closed_part_of_a_half_day_is_a_holiday_and_extra_hours_are_none() -> None:
    spans = explain(
        recife("2026-02-17 12:00"), recife("2026-02-18 14:00"), clock=BUSINESS, policy=CINZAS
    )
    assert told(spans) == [
        ("holiday", "Carnaval", "18 00:00"),
        ("holiday", "Cinzas", "18 13:00"),
        ("counted", "", "18 14:00"),
    ]
    extra = explain(
        recife("2026-02-21 07:00"), recife("2026-02-21 13:00"), clock=BUSINESS, policy=CINZAS
    )
    assert [span.kind.value for span in extra] == ["closed", "counted", "closed"]


def test_a_holiday_on_a_day_that_is_closed_anyway_is_only_closed() -> None:
    assert POLICY.calendar.days[date(2026, 11, 15)] == ()
    spans = explain(
        recife("2026-11-14 00:00"), recife("2026-11-16 00:00"), clock=BUSINESS, policy=POLICY
    )
    assert told(spans) == [("closed", "", "16 00:00")]


def test_a_running_pause_lasts_to_the_end_and_empty_time_has_no_span() -> None:
    spans = explain(
        FRIDAY_17,
        FRIDAY_17 + DAY,
        clock=ELAPSED,
        policy=POLICY,
        pauses=[pause("2026-01-10 08:00", "2026-01-11 08:00"), pause("2026-01-16 10:00", None)],
    )
    assert told(spans) == [("paused", "", "17 17:00")]
    for clock in Clock:
        assert explain(FRIDAY_17, FRIDAY_17, clock=clock, policy=POLICY) == ()


def test_pauses_that_touch_are_told_as_one() -> None:
    touching = [
        pause("2026-01-17 08:00", "2026-01-17 09:00"),
        pause("2026-01-17 09:00", "2026-01-17 10:00"),
    ]
    spans = explain(FRIDAY_17, FRIDAY_17 + DAY, clock=ELAPSED, policy=POLICY, pauses=touching)
    assert told(spans)[1] == ("paused", "", "17 10:00")


def test_closed_time_is_cut_right_where_the_clock_goes_back_over_midnight() -> None:
    policy = a_policy(
        {
            "calendar.timezone": "America/St_Johns",
            "calendar.days": [{"date": "2006-10-29", "name": "Festa"}],
            "calendar.week.sun": ["08:00-18:00"],
        }
    )
    start = datetime(2006, 10, 29, 0, 0, tzinfo=UTC)
    spans = explain(start, start + DAY, clock=BUSINESS, policy=policy)
    # 00:01 of the 29th becomes 23:01 of the 28th: the date began with the first midnight.
    assert [(span.kind.value, span.start) for span in spans] == [
        ("closed", start),
        ("holiday", datetime(2006, 10, 29, 2, 30, tzinfo=UTC)),
    ]


# ------------------------------------------------------------------ properties

policies = st.sampled_from([POLICY, CINZAS, BERLIN, NEVER_OPEN])
moments = st.timedeltas(ZERO, timedelta(days=365)).map(
    lambda offset: datetime(2026, 1, 1, tzinfo=UTC) + offset
)
short = st.timedeltas(ZERO, timedelta(days=4))


@st.composite
def some_pauses(draw: st.DrawFn) -> tuple[datetime, list[Interval]]:
    """A moment of opening, and pauses around and after it that may overlap; the last may run."""
    opened = draw(moments)
    pauses = [
        Interval(opened + offset - HOUR, opened + offset - HOUR + length)
        for offset, length in draw(st.lists(st.tuples(short, short), max_size=4))
    ]
    if draw(st.booleans()):
        pauses.append(Interval(opened + draw(short), None))
    return opened, pauses


@thorough
@given(some_pauses(), short, st.sampled_from(Clock), policies)
def test_the_explanation_tiles_the_time_without_gap_or_overlap(
    case: tuple[datetime, list[Interval]], length: timedelta, clock: Clock, policy: Policy
) -> None:
    opened, pauses = case
    spans = explain(opened, opened + length, clock=clock, policy=policy, pauses=pauses)
    assert sum((span.end - span.start for span in spans), ZERO) == length
    assert all(span.start < span.end for span in spans)
    if spans:
        assert (spans[0].start, spans[-1].end) == (opened, opened + length)
    for before, after in pairwise(spans):
        assert before.end == after.start
        assert (before.kind, before.note) != (after.kind, after.note)


@thorough
@given(some_pauses(), st.sampled_from(Clock), policies)
def test_what_is_counted_up_to_the_deadline_is_the_budget(
    case: tuple[datetime, list[Interval]], clock: Clock, policy: Policy
) -> None:
    opened, pauses = case
    found = due(opened, clock=clock, policy=policy, pauses=pauses).resolution_due
    if found is None:
        assert policy is NEVER_OPEN or any(each.end is None for each in pauses)
        return
    spans = explain(opened, found, clock=clock, policy=policy, pauses=pauses)
    counted = [span for span in spans if span.kind is SpanKind.COUNTED]
    assert sum((span.end - span.start for span in counted), ZERO) == policy.sla.resolution
    assert spans[-1].kind is SpanKind.COUNTED


@thorough
@given(some_pauses(), short, short, st.sampled_from(Clock), policies)
def test_one_more_pause_never_brings_a_deadline_nearer(
    case: tuple[datetime, list[Interval]],
    offset: timedelta,
    length: timedelta,
    clock: Clock,
    policy: Policy,
) -> None:
    opened, pauses = case
    more = [*pauses, Interval(opened + offset, opened + offset + length)]
    first = due(opened, clock=clock, policy=policy, pauses=pauses)
    second = due(opened, clock=clock, policy=policy, pauses=more)
    assert first.start_due == second.start_due
    if first.resolution_due is None:
        assert second.resolution_due is None
    elif second.resolution_due is not None:
        assert second.resolution_due >= first.resolution_due


@thorough
@given(moments, policies, st.sampled_from(Clock))
def test_a_rolled_deadline_is_not_earlier_and_falls_in_open_hours(
    opened: datetime, policy: Policy, clock: Clock
) -> None:
    plain = due(opened, clock=clock, policy=policy)
    rolled = due(opened, clock=clock, policy=policy, roll=True)
    for before, after in (
        (plain.start_due, rolled.start_due),
        (plain.resolution_due, rolled.resolution_due),
    ):
        if after is None:
            assert policy is NEVER_OPEN
            continue
        assert before is not None
        assert after >= before
        tick = timedelta(microseconds=1)
        assert is_open(after, policy.calendar) or is_open(after - tick, policy.calendar)


@thorough
@given(some_pauses(), short, st.sampled_from(Clock))
def test_the_zone_in_which_a_moment_is_given_does_not_matter(
    case: tuple[datetime, list[Interval]], length: timedelta, clock: Clock
) -> None:
    opened, pauses = case
    # The change of the clock falls in the middle of the case.
    shift = datetime(2026, 10, 25, tzinfo=UTC) - opened
    berlin = ZoneInfo("Europe/Berlin")

    def local(moment: datetime) -> datetime:
        return (moment + shift).astimezone(berlin)

    in_utc = [Interval(each.start + shift, each.end and each.end + shift) for each in pauses]
    in_berlin = [Interval(local(each.start), each.end and local(each.end)) for each in pauses]
    assert due(local(opened), clock=clock, policy=BERLIN, pauses=in_berlin, roll=True) == due(
        opened + shift, clock=clock, policy=BERLIN, pauses=in_utc, roll=True
    )
    until = opened + length
    assert explain(
        local(opened), local(until), clock=clock, policy=BERLIN, pauses=in_berlin
    ) == explain(opened + shift, until + shift, clock=clock, policy=BERLIN, pauses=in_utc)


# ----------------------------------------------------------------------- chips


def test_time_left_is_negative_when_late() -> None:
    assert left(FRIDAY_17, FRIDAY_17 - HOUR) == HOUR
    assert left(FRIDAY_17, FRIDAY_17 + HOUR) == -HOUR
    assert left(None, FRIDAY_17) is None


def test_the_fraction_left_goes_from_one_to_none() -> None:
    end = FRIDAY_17 + 4 * HOUR
    at = [fraction_left(end, opened=FRIDAY_17, now=FRIDAY_17 + n * HOUR) for n in (-1, 0, 3, 4, 5)]
    assert at == [1.0, 1.0, 0.25, 0.0, 0.0]
    assert fraction_left(FRIDAY_17, opened=FRIDAY_17, now=FRIDAY_17) == 0.0


@pytest.mark.parametrize(
    ("hours", "expected"), [(0, "ok"), (2.9, "ok"), (3, "soon"), (4, "soon"), (4.1, "late")]
)
def test_a_deadline_is_soon_in_its_last_quarter_and_late_after_it(
    hours: float, expected: str
) -> None:
    now = FRIDAY_17 + hours * HOUR
    end = FRIDAY_17 + 4 * HOUR
    assert chip(end, opened=FRIDAY_17, met_at=None, paused=False, now=now) == expected


def test_a_kept_promise_is_met_and_one_kept_late_stays_late() -> None:
    end = FRIDAY_17 + 4 * HOUR
    much_later = FRIDAY_17 + 30 * DAY
    kept = chip(end, opened=FRIDAY_17, met_at=end, paused=False, now=much_later)
    late = chip(end, opened=FRIDAY_17, met_at=end + HOUR, paused=True, now=much_later)
    assert (kept, late) == ("met", "late")
    assert chip(None, opened=FRIDAY_17, met_at=end, paused=False, now=end) == "met"


def test_a_paused_deadline_is_paused_and_none_is_none() -> None:
    assert (
        chip(FRIDAY_17, opened=FRIDAY_17, met_at=None, paused=True, now=FRIDAY_17 + DAY) == "paused"
    )
    assert chip(None, opened=FRIDAY_17, met_at=None, paused=False, now=FRIDAY_17) == "none"
