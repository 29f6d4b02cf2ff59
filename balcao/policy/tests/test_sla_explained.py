"""The explanation of a deadline, and what holds for every one."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.book import Clock, Policy
from balcao.policy.sla import (
    ExplainedSpan,
    Interval,
    SpanKind,
    due,
    explain,
)
from balcao.policy.tests.builders import DAY, HOUR, POLICY, a_policy, recife, thorough
from balcao.policy.tests.sla_cases import (
    BERLIN,
    BUSINESS,
    CINZAS,
    ELAPSED,
    FRIDAY_17,
    NEVER_OPEN,
    ZERO,
    pause,
)
from balcao.policy.worktime import is_open

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
    repeated = datetime(2006, 10, 29, 2, 45, tzinfo=UTC)
    spans = explain(repeated, repeated + HOUR, clock=BUSINESS, policy=policy)
    assert [(span.kind.value, span.start) for span in spans] == [("holiday", repeated)]


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
