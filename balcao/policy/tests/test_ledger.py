"""The ledger of a one-off: what may follow what, what it adds up to, and when its end is told."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from balcao.policy.lifecycle import State, Verb
from balcao.policy.prepaid import (
    DATED,
    FOLLOWS,
    UNUSED,
    Account,
    Disorder,
    Entry,
    Standing,
    awaits_slot,
    balance,
    cover,
    days_left,
    ending,
    ends_at,
    fold,
    following,
    is_over,
    may_extend,
    may_follow,
    next_reminder,
    solved_alone,
    spends,
    standing,
)
from balcao.policy.reminding import Reminder
from balcao.policy.tests.builders import POLICY, a_policy, brief

E = Entry
ZONE = "America/Recife"
LAST = date(2027, 11, 26)
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
MIDNIGHT = datetime(2027, 11, 27, 3, tzinfo=UTC)  # in Recife


def _dated(entries: Sequence[Entry]) -> list[tuple[Entry, date | None]]:
    """Each with its last day: a sale's is ``LAST``, that of each extension a day later."""
    told = iter(LAST + timedelta(days=days) for days in range(len(entries)))
    return [(entry, next(told) if entry in DATED else None) for entry in entries]


def _account(*entries: Entry) -> Account:
    found = fold(_dated(entries))
    assert found is not None
    return found


SOLD = (E.ORDERED, E.SOLD)


@pytest.mark.parametrize(
    ("entries", "stands", "left"),
    [
        ((E.ORDERED,), Standing.AWAITING_PAYMENT, 0),
        ((E.ORDERED, E.DROPPED), Standing.DROPPED, 0),
        (SOLD, Standing.AVAILABLE, 1),
        ((*SOLD, E.SUBMITTED), Standing.IN_USE, 0),
        ((*SOLD, E.SUBMITTED, E.CONSUMED), Standing.USED, 0),
        ((*SOLD, E.SUBMITTED, E.RETURNED), Standing.AVAILABLE, 1),
        ((*SOLD, E.SUBMITTED, E.CONSUMED, E.RETURNED), Standing.AVAILABLE, 1),
        ((*SOLD, E.REFUNDED), Standing.REFUNDED, 0),
        ((*SOLD, E.EXPIRED), Standing.EXPIRED, 0),
        ((*SOLD, E.EXPIRED, E.EXTENDED), Standing.AVAILABLE, 1),
    ],
)
def test_s28_what_a_ledger_says_of_a_one_off(
    entries: tuple[Entry, ...], stands: Standing, left: int
) -> None:
    account = _account(*entries)
    assert standing(account, now=NOW, timezone=ZONE) is stands
    assert balance(account, now=NOW, timezone=ZONE) == left


def test_an_empty_ledger_is_no_account() -> None:
    assert fold([]) is None


def test_o1_a_one_off_in_use_or_used_up_cannot_be_submitted_again() -> None:
    for used in ((E.SUBMITTED,), (E.SUBMITTED, E.CONSUMED)):
        account = _account(*SOLD, *used)
        assert not may_follow(account.last, E.SUBMITTED)
        with pytest.raises(Disorder):
            following(account, E.SUBMITTED)
    assert following(_account(*SOLD, E.SUBMITTED, E.RETURNED), E.SUBMITTED).uses == 2


@pytest.mark.parametrize("entry", [E.SOLD, E.EXTENDED, E.SUBMITTED])
def test_a_sale_and_an_extension_tell_the_last_day_and_nothing_else_does(entry: Entry) -> None:
    before = fold([(E.ORDERED, None)]) if entry is E.SOLD else _account(*SOLD)
    later = LAST + timedelta(days=1)
    right, wrong = (later, None) if entry in DATED else (None, later)
    with pytest.raises(Disorder):
        following(before, entry, wrong)
    assert following(before, entry, right).last_day == (right or LAST)


def test_r14_an_extension_gives_a_later_day_or_none() -> None:
    with pytest.raises(Disorder):
        following(_account(*SOLD), E.EXTENDED, LAST)
    assert following(_account(*SOLD), E.EXTENDED, LAST + timedelta(days=1)).last.value == "extended"


def test_s28_it_is_good_to_the_last_second_of_its_day_and_not_at_midnight() -> None:
    account = _account(*SOLD)
    last = MIDNIGHT - timedelta(microseconds=1)
    assert ends_at(LAST, ZONE) == MIDNIGHT
    assert standing(account, now=last, timezone=ZONE) is Standing.AVAILABLE
    assert standing(account, now=MIDNIGHT, timezone=ZONE) is Standing.EXPIRED
    assert balance(account, now=MIDNIGHT, timezone=ZONE) == 0
    assert not is_over(LAST, now=last, timezone=ZONE)
    assert is_over(LAST, now=MIDNIGHT, timezone=ZONE)


def test_r20_what_was_submitted_in_time_goes_on_after_the_last_day() -> None:
    account = _account(*SOLD, E.SUBMITTED)
    assert standing(account, now=MIDNIGHT, timezone=ZONE) is Standing.IN_USE


def test_r20_what_is_returned_after_the_last_day_has_expired() -> None:
    account = _account(*SOLD, E.SUBMITTED, E.RETURNED)
    assert standing(account, now=MIDNIGHT, timezone=ZONE) is Standing.EXPIRED


@pytest.mark.parametrize(
    ("now", "left"),
    [(NOW, 365), (MIDNIGHT - timedelta(hours=1), 0), (MIDNIGHT, -1)],
)
def test_the_countdown_is_in_days_of_the_calendar(now: datetime, left: int) -> None:
    assert days_left(LAST, now=now, timezone=ZONE) == left


# ------------------------------------------------------------------------------- what spends it


@pytest.mark.parametrize("kind", ["oneoff_problem", "oneoff_install"])
def test_s26_the_start_of_service_spends_it(kind: str) -> None:
    assert spends(kind, Verb.START, started=False)
    assert spends(kind, Verb.ATTEND, started=False)
    assert not spends(kind, Verb.WAIT_CUSTOMER, started=True)


def test_s38_a_training_is_spent_by_attending_it_and_not_by_arranging_it() -> None:
    assert not spends("oneoff_training", Verb.START, started=False)
    assert spends("oneoff_training", Verb.ATTEND, started=True)
    assert spends("oneoff_training", Verb.RESOLVE, started=True)
    assert not spends("oneoff_training", Verb.RESOLVE, started=False)


@pytest.mark.parametrize(
    ("verb", "started", "silent", "really"),
    [
        (Verb.CANCEL, False, False, Verb.RETURN),
        (Verb.RESOLVE, False, False, Verb.RETURN),
        (Verb.RESOLVE, True, False, Verb.RESOLVE),
        (Verb.RESOLVE, True, True, Verb.RETURN),
        (Verb.START, False, False, Verb.START),
    ],
)
def test_r18_what_ends_before_service_gives_the_credit_back(
    verb: Verb, started: bool, silent: bool, really: Verb
) -> None:
    assert ending(verb, unused=True, started=started, silent=silent) is really
    assert ending(verb, unused=False, started=started, silent=silent) is verb


def test_s38_a_training_is_attended_not_solved_by_its_customer_beforehand() -> None:
    assert not solved_alone("oneoff_training", started=False)
    assert solved_alone("oneoff_training", started=True)
    assert solved_alone("oneoff_install", started=False)


def test_r29_what_has_a_slot_starts_when_it_is_attended() -> None:
    assert awaits_slot("oneoff_training", State.SCHEDULED)
    assert not awaits_slot("oneoff_training", State.OPEN)
    assert not awaits_slot("licensing", State.SCHEDULED)


# ------------------------------------------------------------------------------------ reminders


def test_the_end_is_told_ninety_thirty_seven_days_and_one_day_before() -> None:
    told: int | None = None
    now, found = NOW, []
    while reminder := next_reminder(LAST, told=told, now=now, policy=POLICY):
        found.append(reminder)
        told, now = reminder.days, reminder.at
    assert [each.days for each in found] == [90, 30, 7, 1]
    # At eight in the morning; 28 August and 27 October 2027 are a Saturday and a Wednesday.
    assert found[0].at == datetime(2027, 8, 28, 15, tzinfo=UTC)
    assert found[1].at == datetime(2027, 10, 27, 11, tzinfo=UTC)


def test_of_reminders_that_were_missed_only_the_last_is_told() -> None:
    late = datetime(2027, 11, 20, 12, tzinfo=UTC)
    assert next_reminder(LAST, told=None, now=late, policy=POLICY) == Reminder(late, 7)
    after = next_reminder(LAST, told=7, now=late, policy=POLICY)
    assert after == Reminder(datetime(2027, 11, 25, 11, tzinfo=UTC), 1)


def test_nothing_is_told_of_what_is_over_or_was_told_already() -> None:
    assert next_reminder(LAST, told=None, now=MIDNIGHT, policy=POLICY) is None
    assert next_reminder(LAST, told=1, now=NOW, policy=POLICY) is None


def test_the_owner_says_how_long_before_the_end_it_is_told() -> None:
    once = a_policy({"oneoff.remind_days": [10]})
    found = next_reminder(LAST, told=None, now=NOW, policy=once)
    assert found == Reminder(datetime(2027, 11, 16, 11, tzinfo=UTC), 10)


# --------------------------------------------------------------------------------- its whole life


class ALedgersLife(RuleBasedStateMachine):
    """Any order of entries: what is not refused adds up, and never to more than was sold."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []

    @rule(entry=st.sampled_from(Entry))
    def write(self, entry: Entry) -> None:
        last = self.entries[-1] if self.entries else None
        if may_follow(last, entry):
            self.entries.append(entry)
        else:
            with pytest.raises(Disorder):
                fold(_dated([*self.entries, entry]))

    @invariant()
    def every_use_but_the_last_was_returned(self) -> None:
        if not self.entries:
            return
        account = _account(*self.entries)
        returned = self.entries.count(E.RETURNED)
        assert account.uses == self.entries.count(E.SUBMITTED)
        assert account.uses - returned in (0, 1)
        assert self.entries.count(E.CONSUMED) <= account.uses
        for once in (E.ORDERED, E.SOLD, E.REFUNDED, E.DROPPED):
            assert self.entries.count(once) <= 1

    @invariant()
    def it_is_worth_one_exactly_while_nobody_uses_it(self) -> None:
        if not self.entries:
            return
        account = _account(*self.entries)
        open_uses = account.uses - self.entries.count(E.RETURNED)
        over = {E.REFUNDED, E.EXPIRED} & {account.last}
        worth = E.SOLD in self.entries and not open_uses and not over
        assert balance(account, now=NOW, timezone=ZONE) == int(worth)


TestALedgersLife = ALedgersLife.TestCase
TestALedgersLife.settings = brief


def test_nothing_follows_once_the_money_went_back_and_only_what_is_unused_is_submitted() -> None:
    assert not FOLLOWS[E.REFUNDED] | FOLLOWS[E.DROPPED]
    assert {entry for entry in Entry if E.SUBMITTED in FOLLOWS[entry]} == UNUSED


@pytest.mark.parametrize(
    ("entries", "now", "found"),
    [
        (SOLD, NOW, (True, LAST, None, None)),
        (SOLD, MIDNIGHT, (False, None, "oneoff_expired", LAST)),
        ((*SOLD, E.SUBMITTED), MIDNIGHT, (True, LAST, None, None)),
        ((*SOLD, E.REFUNDED), NOW, (False, None, "no_ticket", None)),
    ],
)
def test_s33_a_one_off_is_covered_by_itself_and_by_nothing_else(
    entries: tuple[Entry, ...], now: datetime, found: tuple[object, ...]
) -> None:
    covers = cover("oneoff_problem", _account(*entries), now=now, timezone=ZONE)
    assert (covers.covered, covers.until, covers.reason, covers.since) == found
    assert (covers.kind, covers.contract, covers.licence) == ("oneoff_problem", None, None)


def test_r14_only_what_nobody_uses_is_given_another_last_day() -> None:
    assert {entry for entry in Entry if may_extend(entry)} == {*UNUSED, E.EXPIRED}
