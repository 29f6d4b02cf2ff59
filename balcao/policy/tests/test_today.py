"""What must happen today, and what was passed over today (R24)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy import routing, sla
from balcao.policy.lifecycle import State
from balcao.policy.tests.builders import HOUR, NOW

ZONES = ("America/Recife", "America/Sao_Paulo", "Pacific/Auckland", "America/Havana", "UTC")
BEGIN = datetime(2005, 1, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(0), timedelta(days=35 * 365)).map(lambda later: BEGIN + later)


@given(moments, st.sampled_from(ZONES))
def test_a_day_holds_its_moments_and_ends_where_the_next_begins(now: datetime, name: str) -> None:
    began, ends = routing.day_began(now, name), sla.day_ends(now, name)
    assert began <= now < ends
    assert routing.day_began(ends, name) == ends
    assert timedelta(hours=22) <= ends - began <= timedelta(hours=26)
    local = now.astimezone(ZoneInfo(name)).date()
    assert ends.astimezone(ZoneInfo(name)).date() == local + timedelta(days=1)


def test_the_day_ends_at_midnight_in_recife_not_in_greenwich() -> None:
    night = datetime(2026, 1, 17, 1, 0, tzinfo=UTC)
    assert sla.day_ends(night, "America/Recife") == datetime(2026, 1, 17, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "met", "paused", "asked"),
    [
        (NOW - HOUR, None, False, True),
        (NOW + HOUR, None, False, False),
        (NOW, None, False, False),
        (None, None, False, False),
        (NOW - HOUR, NOW, False, False),
        (NOW - HOUR, None, True, False),
    ],
)
def test_a_promise_is_due_before_a_moment_while_it_runs(
    due: datetime | None, met: datetime | None, paused: bool, asked: bool
) -> None:
    assert sla.due_before(due, met_at=met, paused=paused, moment=NOW) is asked


@given(st.none() | moments, moments, st.sampled_from(ZONES))
def test_r24_a_ticket_passed_over_is_given_again_from_the_next_day_on(
    skipped_at: datetime | None, now: datetime, name: str
) -> None:
    given_again = routing.may_be_given(skipped_at=skipped_at, now=now, timezone=name)
    if skipped_at is None:
        assert given_again
    else:
        zone = ZoneInfo(name)
        earlier = skipped_at.astimezone(zone).date() < now.astimezone(zone).date()
        assert given_again is earlier


def test_r24_only_a_ticket_held_as_the_next_in_line_is_passed_over() -> None:
    def skips(
        state: State = State.OPEN, until: datetime | None = NOW + HOUR, is_mine: bool = True
    ) -> bool:
        return routing.may_skip(state=state, claimed_until=until, is_mine=is_mine, now=NOW)

    assert skips()
    assert not skips(until=None), "an owner gives back"
    assert not skips(until=NOW), "the claim is over"
    assert not skips(is_mine=False)
    assert not skips(state=State.IN_SERVICE)
