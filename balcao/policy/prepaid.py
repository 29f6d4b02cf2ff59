"""The one-off ticket: how long it is good (S28, S43, R21), and the ledger of what becomes of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from balcao.policy import reminding, worktime
from balcao.policy.book import ONEOFF_KINDS, Calendar, Policy
from balcao.policy.entitlement import Coverage
from balcao.policy.lifecycle import State, Verb
from balcao.policy.reasons import NO_TICKET, ONEOFF_EXPIRED
from balcao.policy.reminding import Reminder

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_END_OF_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Expiry:
    """When a one-off ends.

    ``counted`` is the day the months lead to, ``last_day`` the last one it is good on: the same,
    or a later one when a closed day was moved. ``last_instant`` is its last whole second and
    ``expired_from`` the first moment at which it has expired, both UTC; nothing lies between.
    """

    counted: date
    last_day: date
    last_instant: datetime
    expired_from: datetime

    def is_over(self, now: datetime) -> bool:
        """Whether it has expired at ``now``."""
        return now >= self.expired_from


def expiry(bought: date, policy: Policy, *, timezone: str | None = None) -> Expiry:
    """When a one-off bought on the local day ``bought`` ends (R21, R22).

    ``oneoff.months`` calendar months later, on the day of the same number, at the end of that day
    in ``timezone`` (the policy's unless given). ``oneoff.on_closed_day`` says what happens when the
    desk is closed all that day (Civil Code art. 132 §1).
    """
    zone = ZoneInfo(timezone or policy.timezone)
    counted = months_later(bought, policy.oneoff.months)
    last_day = counted
    if policy.oneoff.on_closed_day == "next_business_day":
        last_day = _business_day(counted, policy.calendar)
    expired_from = worktime.moment_of(last_day, _END_OF_DAY, zone).astimezone(UTC)
    return Expiry(
        counted=counted,
        last_day=last_day,
        last_instant=expired_from - _SECOND,
        expired_from=expired_from,
    )


def months_later(day: date, months: int) -> date:
    """The day of the same number ``months`` later; where it is missing, the day after (R21).

    Bought on 29 February: 1 March. Bought on the 31st: the first of the month after a shorter one.
    That is the Civil Code, art. 132 §3; libraries of dates usually go back to the last day.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        # No month that lacks a day is a December.
        return date(year, month + 2, 1)


def _business_day(day: date, calendar: Calendar) -> date:
    """``day``, or the next one with business hours; ``day`` when there is none in ten years."""
    for later in range(worktime.HORIZON_DAYS):
        candidate = day + later * _DAY
        if worktime.spans_on(calendar, candidate):
            return candidate
    return day


class Entry(StrEnum):
    """What is written in the ledger of a one-off, in its order; nothing is ever taken out.

    ORDERED: it waits to be paid for. DROPPED: the order was given up. SOLD: sales confirmed it, and
    it has its number. SUBMITTED: its problem was described (R16). CONSUMED: service started.
    RETURNED: it was called off before that, or found not to be covered (R18). REFUNDED: the money
    went back. EXPIRED: its last day is over (S28). EXTENDED: an exception gives it another (R14).
    """

    ORDERED = "ordered"
    DROPPED = "dropped"
    SOLD = "sold"
    SUBMITTED = "submitted"
    CONSUMED = "consumed"
    RETURNED = "returned"
    REFUNDED = "refunded"
    EXPIRED = "expired"
    EXTENDED = "extended"


class Standing(StrEnum):
    """How a one-off stands at a moment: what its ledger and the date say together."""

    AWAITING_PAYMENT = "awaiting_payment"
    AVAILABLE = "available"
    IN_USE = "in_use"
    USED = "used"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    DROPPED = "dropped"


_UNUSED = frozenset({Entry.SUBMITTED, Entry.REFUNDED, Entry.EXPIRED, Entry.EXTENDED})

# What may be written after what (O1). A use is SUBMITTED, then CONSUMED or RETURNED; sales may find
# that what was begun is not covered, which gives the credit back too (R18).
FOLLOWS: Mapping[Entry | None, frozenset[Entry]] = MappingProxyType(
    {
        None: frozenset({Entry.ORDERED}),
        Entry.ORDERED: frozenset({Entry.SOLD, Entry.DROPPED}),
        Entry.DROPPED: frozenset(),
        Entry.SOLD: _UNUSED,
        Entry.SUBMITTED: frozenset({Entry.CONSUMED, Entry.RETURNED}),
        Entry.CONSUMED: frozenset({Entry.RETURNED}),
        Entry.RETURNED: _UNUSED,
        Entry.EXTENDED: _UNUSED,
        Entry.EXPIRED: frozenset({Entry.EXTENDED, Entry.REFUNDED}),
        Entry.REFUNDED: frozenset(),
    }
)

# Good to be submitted, while its last day is not over.
UNUSED = frozenset({Entry.SOLD, Entry.RETURNED, Entry.EXTENDED})
# Written by these, the last day is told with the entry.
DATED = frozenset({Entry.SOLD, Entry.EXTENDED})

_STANDING = {
    Entry.ORDERED: Standing.AWAITING_PAYMENT,
    Entry.DROPPED: Standing.DROPPED,
    Entry.SUBMITTED: Standing.IN_USE,
    Entry.CONSUMED: Standing.USED,
    Entry.REFUNDED: Standing.REFUNDED,
    Entry.EXPIRED: Standing.EXPIRED,
}


class Disorder(ValueError):
    """An entry that may not follow the one before it."""


@dataclass(frozen=True, slots=True)
class Account:
    """What a ledger adds up to. ``last_day``: the last local day it is good on, once it is sold.

    ``uses``: how often its problem was described; all but the last were returned.
    """

    last: Entry
    last_day: date | None
    uses: int


def may_follow(last: Entry | None, entry: Entry) -> bool:
    """Whether ``entry`` may be written after ``last`` (None: the ledger is empty)."""
    return entry in FOLLOWS[last]


def may_extend(last: Entry) -> bool:
    """Whether an exception may give it another last day (R14): while nobody uses it."""
    return may_follow(last, Entry.EXTENDED)


def fold(entries: Iterable[tuple[Entry, date | None]]) -> Account | None:
    """What the ledger adds up to; each entry with its last day, where it tells one. None: empty.

    Raises Disorder when an entry may not follow the one before it, or a last day is missing.
    """
    account: Account | None = None
    for entry, last_day in entries:
        account = following(account, entry, last_day)
    return account


def following(account: Account | None, entry: Entry, last_day: date | None = None) -> Account:
    """The account after one more entry. Raises Disorder, as ``fold`` does."""
    if not may_follow(account.last if account else None, entry):
        raise Disorder(f"{entry} after {account.last if account else 'nothing'}")
    if (entry in DATED) is not (last_day is not None):
        raise Disorder(f"{entry} with last day {last_day}")
    before = account or Account(entry, None, 0)
    if last_day and before.last_day and last_day <= before.last_day:
        raise Disorder(f"{entry} gives no later day than {before.last_day}")
    return Account(
        last=entry,
        last_day=last_day or before.last_day,
        uses=before.uses + (entry is Entry.SUBMITTED),
    )


def is_over(last_day: date, *, now: datetime, timezone: str) -> bool:
    """Whether the last day ended in ``timezone``: at midnight, not before (S28)."""
    return now >= ends_at(last_day, timezone)


def ends_at(last_day: date, timezone: str) -> datetime:
    """The first moment, UTC, at which a one-off that is good until ``last_day`` has expired."""
    return worktime.moment_of(last_day, _END_OF_DAY, ZoneInfo(timezone)).astimezone(UTC)


def standing(account: Account, *, now: datetime, timezone: str) -> Standing:
    """How the one-off stands at ``now``. The date speaks before the ledger notes it (S28)."""
    if account.last in UNUSED:
        assert account.last_day is not None
        over = is_over(account.last_day, now=now, timezone=timezone)
        return Standing.EXPIRED if over else Standing.AVAILABLE
    return _STANDING[account.last]


def balance(account: Account, *, now: datetime, timezone: str) -> int:
    """How many services the holder can still ask for with it: one, or none."""
    return int(standing(account, now=now, timezone=timezone) is Standing.AVAILABLE)


def may_refund(account: Account, *, now: datetime, timezone: str) -> bool:
    """Whether the money of a one-off may go back: while it is unused and its last day not over.

    What expired is over (S28): only an exception of two people gives it another day (R14), and with
    that it may be refunded. The ledger itself takes a refund after it, as was done before.
    """
    return standing(account, now=now, timezone=timezone) is Standing.AVAILABLE


def cover(kind: str, account: Account, *, now: datetime, timezone: str) -> Coverage:
    """What covers a ticket that is a one-off of ``kind``: itself, and no contract or licence (S33).

    One that is in use, or was used, stays covered to its end (R20).
    """
    stands = standing(account, now=now, timezone=timezone)
    over = stands is Standing.EXPIRED
    none = over or stands in (Standing.REFUNDED, Standing.DROPPED, Standing.AWAITING_PAYMENT)
    return Coverage(
        kind=kind,
        contract=None,
        licence=None,
        covered=not none,
        until=None if none else account.last_day,
        reason=(ONEOFF_EXPIRED if over else NO_TICKET) if none else None,
        since=account.last_day if over else None,
        findings=(),
    )


def days_left(last_day: date, *, now: datetime, timezone: str) -> int:
    """How many days of the calendar are left after today; 0 on the last day, negative after it."""
    return (last_day - now.astimezone(ZoneInfo(timezone)).date()).days


def next_reminder(
    last_day: date, *, told: int | None, now: datetime, policy: Policy
) -> Reminder | None:
    """The next reminder before ``last_day``, one for each of ``oneoff.remind_days``; None: there is
    none left. ``told``: the smallest step that was told already.
    """
    return reminding.next_reminder(
        last_day, steps=policy.oneoff.remind_days, told=told, now=now, policy=policy
    )


def spends(kind: str, verb: Verb, *, started: bool) -> bool:
    """Whether ``verb`` uses up a one-off of ``kind`` that was submitted.

    Service starts with the first public act (R3), or by attending what was scheduled; a training is
    attended, or it never took place (S38, R28). What was served and resolved was used. ``started``:
    service had started before.
    """
    if verb is Verb.START:
        return kind != "oneoff_training"
    return verb is Verb.ATTEND or (verb is Verb.RESOLVE and started)


def ending(verb: Verb, *, unused: bool, started: bool, silent: bool) -> Verb:
    """What ending a one-off by ``verb`` really is: RETURN while it is ``unused`` (S29, R18).

    Called off before service, or solved by its customer alone: it is good for another problem. So
    it is when time alone ends it (``silent``); what the team served and resolved was used.
    """
    if not unused:
        return verb
    if verb is Verb.CANCEL:
        return Verb.RETURN
    return Verb.RETURN if verb is Verb.RESOLVE and (silent or not started) else verb


def solved_alone(kind: str, *, started: bool) -> bool:
    """Whether its customer can say that it is solved. A training is attended, not solved: until
    then it is moved or called off (S38, R28).
    """
    return started or kind != "oneoff_training"


NOT_COVERED: Final = "not_covered"
"""Why a one-off was returned whose problem sales found to be outside it (R18)."""


def goes_on(
    *, cause: str, returned_at: datetime, answers: bool, invited_at: datetime | None
) -> bool:
    """Whether a mail to a one-off that was returned goes on about the problem it had, rather than
    describe another one (R16).

    Sales has just said no to that problem (``cause``), and what answers it is still about it: it
    must not submit the same thing again (R18). A mail that begins anew describes the next problem,
    and so does one that answers what we wrote since, at ``invited_at``, of a one-off that can be
    used. One that its holder gave back, or solved alone, waits for the next problem at once.
    ``answers``: it is an answer to a mail.
    """
    if cause != NOT_COVERED or not answers:
        return False
    return invited_at is None or invited_at <= returned_at


def awaits_slot(kind: str, state: State) -> bool:
    """Whether service starts by keeping an appointment, and by nothing said before it (R29)."""
    return kind in ONEOFF_KINDS and state is State.SCHEDULED
