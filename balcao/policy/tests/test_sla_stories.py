"""Each deadline of a ticket told from its beginning to its end."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.book import Policy
from balcao.policy.lifecycle import State
from balcao.policy.sla import (
    DeadlineName,
    Explanation,
    SpanKind,
    Stay,
    TicketClock,
    due_of,
    explain_of,
    promise,
)
from balcao.policy.tests.builders import DAY, HOUR, POLICY, a_policy, recife, thorough
from balcao.policy.tests.sla_cases import FRIDAY_17

ZERO = timedelta(0)
BY_CLOCK = {clock: a_policy({"sla.clock": clock}) for clock in ("elapsed", "business")}


def told(found: Explanation) -> list[tuple[str, float]]:
    return [(span.kind.value, (span.end - span.start) / HOUR) for span in found.spans]


def of(
    deadline: DeadlineName,
    *,
    policy: Policy = POLICY,
    hours: float,
    kind: str = "saas",
    met: float | None = None,
    started: float | None = None,
    stays: tuple[Stay, ...] = (),
) -> Explanation:
    """The deadline so many hours after the opening."""
    started_at = None if started is None else FRIDAY_17 + started * HOUR
    return explain_of(
        TicketClock(FRIDAY_17, started_at, kind, stays),
        promise(policy, policy),
        deadline,
        met_at=None if met is None else FRIDAY_17 + met * HOUR,
        now=FRIDAY_17 + hours * HOUR,
    )


def waiting(begins: float, ends: float | None) -> Stay:
    end = None if ends is None else FRIDAY_17 + ends * HOUR
    return Stay(State.WAITING_CUSTOMER.value, FRIDAY_17 + begins * HOUR, end)


def test_r4_the_start_is_never_paused_and_the_conclusion_is() -> None:
    stays = (waiting(5, 10),)
    start, resolution = (of(name, hours=12, stays=stays) for name in ("start", "resolution"))
    assert told(start) == [("counted", 24)]
    assert told(resolution) == [("counted", 5), ("paused", 5), ("counted", 35)]
    assert (start.used, resolution.used) == (12 * HOUR, 7 * HOUR)
    assert (start.promised, resolution.promised) == (24 * HOUR, 40 * HOUR)


def test_r4_while_the_customer_is_asked_there_is_no_deadline_and_the_pause_runs() -> None:
    found = of("resolution", hours=20, stays=(waiting(5, None),))
    assert found.due is None
    assert told(found) == [("counted", 5), ("paused", 15)]
    assert found.used == 5 * HOUR


def test_a_promise_kept_early_ends_there_and_one_kept_late_says_how_late() -> None:
    assert told(of("start", hours=50, met=3)) == [("counted", 3)]
    assert told(of("start", hours=50, met=30)) == [("counted", 24), ("late", 6)]
    assert told(of("start", hours=30)) == [("counted", 24), ("late", 6)]


def test_r1_a_rolled_deadline_closes_with_the_time_it_was_rolled_over() -> None:
    found = of("start", hours=1, kind="oneoff_problem")
    assert told(found) == [("counted", 24), ("closed", 39)]
    assert found.due == recife("2026-01-19 08:00")
    met = of("start", hours=30, kind="oneoff_problem", met=26)
    assert told(met) == [("counted", 24), ("closed", 2)]


def test_r2_a_conclusion_counted_from_the_start_has_nothing_to_tell_before_it() -> None:
    policy = a_policy({"sla.resolution_anchor": "started"})
    before = of("resolution", policy=policy, hours=5)
    assert (before.begins, before.due, before.spans, before.used) == (None, None, (), ZERO)
    after = of("resolution", policy=policy, hours=5, started=4)
    assert after.begins == FRIDAY_17 + 4 * HOUR
    assert told(after) == [("counted", 40)]


def test_a_calendar_that_never_opens_only_has_closed_time_until_now() -> None:
    never = a_policy({"sla.clock": "business", "calendar.week": {}, "calendar.days": []})
    found = of("start", policy=never, hours=5)
    assert (found.due, told(found)) == (None, [("closed", 5)])


def test_r4_a_suspension_is_in_both_with_its_reason() -> None:
    period = {
        "begins": "2026-01-17T08:00-03:00",
        "ends": "2026-01-17T13:00-03:00",
        "reason": "Temporal",
    }
    policy = a_policy({"suspended.periods": [period]})
    for name in ("start", "resolution"):
        found = of(name, policy=policy, hours=1)
        [suspended] = [span for span in found.spans if span.kind is SpanKind.SUSPENDED]
        assert (suspended.note, suspended.end - suspended.start) == ("Temporal", 5 * HOUR)


@thorough
@given(
    st.sampled_from(["elapsed", "business"]),
    st.sampled_from(["saas", "oneoff_problem"]),
    st.lists(st.tuples(st.floats(0, 80), st.floats(0.1, 30)), max_size=3),
    st.floats(0, 400),
    st.none() | st.floats(0, 400),
)
def test_the_story_tiles_the_time_and_agrees_with_the_deadline(
    clock: str, kind: str, waits: list[tuple[float, float]], hours: float, met: float | None
) -> None:
    policy = BY_CLOCK[clock]
    stays = tuple(waiting(begins, begins + length) for begins, length in waits)
    ticket = TicketClock(FRIDAY_17, None, kind, stays)
    due = due_of(ticket, promise(policy, policy))
    for name, moment in (("start", due.start_due), ("resolution", due.resolution_due)):
        found = of(name, policy=policy, hours=hours, kind=kind, met=met, stays=stays)  # type: ignore[arg-type]
        assert found.due == moment
        assert moment is not None
        end = found.met_at or max(moment, FRIDAY_17 + hours * HOUR)
        assert sum((span.end - span.start for span in found.spans), ZERO) == end - FRIDAY_17
        assert all(a.end == b.start for a, b in pairwise(found.spans))
        counted = sum(
            (span.end - span.start for span in found.spans if span.kind is SpanKind.COUNTED), ZERO
        )
        assert counted <= found.promised
        if end >= moment:
            assert counted == found.promised
        assert found.used <= counted
        late = [span for span in found.spans if span.kind is SpanKind.LATE]
        assert bool(late) is (end > moment)


def test_the_story_of_a_day_more_is_a_day_longer() -> None:
    first, second = (of("start", hours=hours) for hours in (30, 54))
    assert second.spans[-1].end - first.spans[-1].end == DAY
