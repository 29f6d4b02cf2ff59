"""Guessing by telephone, and what waits for a customer's word."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.assisted import EXPIRED, WAITING, answerable, standing
from balcao.policy.calls import counted_with
from balcao.policy.tests.builders import NOW

SECOND = timedelta(seconds=1)
PHONES = st.sampled_from(["", "+5581987654321", "+558121219700"])


def test_c2_a_guess_counts_for_the_call_the_person_and_the_telephone() -> None:
    assert counted_with(call=1, person=None, phone="") == ("call.miss:1",)
    assert counted_with(call=1, person=7, phone="+5581987654321") == (
        "call.miss:1",
        "call.miss.person:7",
        "call.miss.phone:+5581987654321",
    )


@given(
    calls=st.lists(st.integers(1, 99), min_size=2, max_size=2, unique=True),
    person=st.none() | st.integers(1, 9),
    phone=PHONES,
)
def test_c2_another_call_of_the_same_caller_goes_on_counting(
    calls: list[int], person: int | None, phone: str
) -> None:
    one, other = (set(counted_with(call=call, person=person, phone=phone)) for call in calls)
    assert bool(one & other) is (person is not None or phone != "")


@pytest.mark.parametrize("state", ["confirmed", "declined", "refused"])
@given(seconds=st.integers(-9, 9))
def test_r13_what_was_answered_stays_so(state: str, seconds: int) -> None:
    now = NOW + seconds * SECOND
    assert standing(state, expires_at=NOW, now=now) == state
    assert not answerable(state, expires_at=NOW, now=now)


@given(seconds=st.integers(-9, 9))
def test_r13_what_waits_is_answered_before_it_expires(seconds: int) -> None:
    now = NOW + seconds * SECOND
    in_time = seconds < 0
    assert standing(WAITING, expires_at=NOW, now=now) == (WAITING if in_time else EXPIRED)
    assert answerable(WAITING, expires_at=NOW, now=now) is in_time
