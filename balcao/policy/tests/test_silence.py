"""A customer who says nothing is reminded, and at last the ticket is resolved (R5)."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.book import TicketRules
from balcao.policy.lifecycle import Silence, silence
from balcao.policy.tests.builders import DAY, HOUR, recife

ASKED = recife("2026-01-16 17:00")


def step(
    reminded: int = 0,
    *,
    now: datetime = ASKED,
    told: datetime | None = None,
    days: tuple[int, ...] = (2, 5, 7),
    since: datetime = ASKED,
    timezone: str = "America/Recife",
) -> Silence:
    rules = TicketRules(reopen_days=7, silence_days=days, claim_minutes=5)
    return silence(
        since=since, reminded=reminded, told=told, now=now, rules=rules, timezone=timezone
    )


def test_r5_reminders_on_days_2_and_5_and_resolved_on_day_7() -> None:
    end = ASKED + 7 * DAY
    assert step() == Silence(ASKED + 2 * DAY, 1, end)
    assert step(1, told=end) == Silence(ASKED + 5 * DAY, 2, end)
    assert step(2, told=end) == Silence(end, None, end)


def test_r5_days_are_days_of_the_policys_zone_at_the_time_of_the_question() -> None:
    # Berlin's clock goes forward on 29 March: that day has 23 hours.
    since = datetime.fromisoformat("2026-03-28T12:00+01:00")
    found = step(since=since, now=since, timezone="Europe/Berlin")
    assert found.at == datetime.fromisoformat("2026-03-30T12:00+02:00")
    assert found.at - since == 47 * HOUR


def test_r5_reminders_that_were_missed_are_made_up_for_by_one_and_give_a_day() -> None:
    late = ASKED + 8 * DAY
    found = step(now=late)
    assert (found.at, found.reminds) == (ASKED + 2 * DAY, 2)
    assert found.resolves_at == late + DAY
    assert step(2, told=found.resolves_at, now=late) == Silence(late + DAY, None, late + DAY)


def test_r5_what_a_reminder_said_holds_when_the_days_change() -> None:
    told = ASKED + 7 * DAY
    assert step(1, told=told, days=(1, 2)).at == told
    assert step(1, told=told, days=(1, 14)).at == ASKED + 14 * DAY
    assert step(5, told=told).at == told


def test_r5_a_policy_with_one_day_resolves_without_a_reminder() -> None:
    assert step(days=(3,)) == Silence(ASKED + 3 * DAY, None, ASKED + 3 * DAY)


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=5, unique=True).map(sorted),
    st.lists(st.timedeltas(timedelta(0), 40 * DAY), max_size=30).map(sorted),
)
def test_r5_whenever_the_ticker_looks_it_reminds_in_order_and_resolves_last(
    days: list[int], looks: list[timedelta]
) -> None:
    reminded, told = 0, None
    for look in looks:
        now = ASKED + look
        found = step(reminded, now=now, told=told, days=tuple(days))
        if found.at > now:
            continue
        if found.reminds is None:
            assert reminded == len(days) - 1
            assert now >= ASKED + days[-1] * DAY
            assert told is None or now >= told
            return
        assert reminded < found.reminds <= len(days) - 1
        assert found.resolves_at >= now + DAY
        reminded, told = found.reminds, found.resolves_at
