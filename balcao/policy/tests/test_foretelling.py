"""Ends foretold: each step once, the nearest one only, whatever the clock does (P5)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.foretelling import next_look, own_end, step_due
from balcao.policy.tests.builders import DAY, NOW, TODAY, a_contract, recife, thorough

ZONE = "America/Recife"
STEPS = (7, 30, 60)
ENDS = TODAY + 100 * DAY


@pytest.mark.parametrize(
    ("left", "told", "step"),
    [
        (61, None, None),
        (60, None, 60),
        (59, 60, None),
        (30, 60, 30),
        (30, None, 30),
        (8, 30, None),
        (7, 30, 7),
        (0, 30, 7),
        (0, 7, None),
        (-1, None, None),
    ],
)
def test_s05_a_step_is_told_from_its_day_on_and_once(
    left: int, told: int | None, step: int | None
) -> None:
    assert step_due(TODAY + left * DAY, told=told, warn_days=STEPS, today=TODAY) == step


def test_s05_the_next_look_is_the_local_midnight_of_the_next_step() -> None:
    looked = next_look(ENDS, told=None, warn_days=STEPS, now=NOW, timezone=ZONE)
    assert looked == recife("2026-02-25 00:00")
    assert looked == datetime(2026, 2, 25, 3, 0, tzinfo=UTC)
    after = next_look(ENDS, told=60, warn_days=STEPS, now=looked, timezone=ZONE)
    assert after == looked + 30 * DAY


def test_s05_steps_that_have_begun_pass_in_silence_and_without_an_end_there_are_none() -> None:
    soon = TODAY + 20 * DAY
    assert next_look(soon, told=None, warn_days=STEPS, now=NOW, timezone=ZONE) == recife(
        "2026-01-29 00:00"
    )
    for ends in (None, TODAY + 7 * DAY, TODAY - DAY):
        assert next_look(ends, told=None, warn_days=STEPS, now=NOW, timezone=ZONE) is None


def test_s05_a_line_that_ends_with_its_contract_is_foretold_by_the_contract() -> None:
    contract = a_contract(ends=TODAY)
    assert own_end(TODAY, contract) is None
    assert own_end(TODAY + DAY, contract) is None
    assert own_end(TODAY - DAY, contract) == TODAY - DAY
    assert own_end(TODAY, None) == own_end(TODAY, a_contract(ends=None)) == TODAY
    assert own_end(None, contract) is None


@thorough
@given(
    st.sets(st.integers(1, 90), min_size=1, max_size=5).map(sorted),
    st.integers(0, 120),
    st.lists(st.integers(-48, 24 * 40), max_size=40),
)
def test_p5_however_the_clock_jumps_no_step_is_told_twice_or_out_of_order(
    steps: list[int], left: int, jumps: list[int]
) -> None:
    now, ends, told, heard = NOW, TODAY + left * DAY, None, []
    look = next_look(ends, told=told, warn_days=steps, now=now, timezone=ZONE)
    for hours in jumps:
        now += timedelta(hours=hours)
        if look is None or now < look:
            continue
        today = now.astimezone(recife("2026-01-01 00:00").tzinfo).date()
        step = step_due(ends, told=told, warn_days=steps, today=today)
        if step is not None:
            heard.append(step)
            told = step
            assert (ends - today).days <= step
        look = next_look(ends, told=told, warn_days=steps, now=now, timezone=ZONE)
    assert heard == sorted(set(heard), reverse=True)
    assert set(heard) <= set(steps)
