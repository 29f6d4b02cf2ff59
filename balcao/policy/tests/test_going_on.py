"""What is written to a one-off after sales said no to its problem (R16, R18)."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.prepaid import NOT_COVERED, goes_on
from balcao.policy.tests.builders import HOUR, recife

RETURNED = recife("2026-11-13 12:00")


@pytest.mark.parametrize("invited_at", [None, RETURNED - HOUR, RETURNED])
def test_r18_what_answers_not_covered_or_something_older_goes_on_about_it(
    invited_at: datetime | None,
) -> None:
    assert goes_on(cause=NOT_COVERED, returned_at=RETURNED, answers=True, invited_at=invited_at)


def test_r16_a_new_mail_or_an_answer_to_what_was_written_since_describes_the_next_problem() -> None:
    later = RETURNED + HOUR
    assert not goes_on(cause=NOT_COVERED, returned_at=RETURNED, answers=False, invited_at=None)
    assert not goes_on(cause=NOT_COVERED, returned_at=RETURNED, answers=True, invited_at=later)


@given(
    st.sampled_from(["", "ticket_ended", "refunded"]), st.booleans(), st.none() | st.just(RETURNED)
)
def test_r16_what_was_called_off_waits_for_the_next_problem_at_once(
    cause: str, answers: bool, invited_at: datetime | None
) -> None:
    assert not goes_on(cause=cause, returned_at=RETURNED, answers=answers, invited_at=invited_at)
