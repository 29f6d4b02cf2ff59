"""The states of a ticket and the verbs that lead from one to another: one table (mission 4)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from balcao.policy.book import ONEOFF_KINDS, Policy, TicketRules


class State(StrEnum):
    """Where a ticket stands. ``SOLD`` is a one-off whose problem is not described yet."""

    SOLD = "sold"
    OPEN = "open"
    IN_SERVICE = "in_service"
    ASKING_SALES = "asking_sales"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_THIRD = "waiting_third"
    SCHEDULED = "scheduled"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Verb(StrEnum):
    """What can be done to a ticket's state."""

    SUBMIT = "submit"
    START = "start"
    ASK_SALES = "ask_sales"
    ANSWER_SCOPE = "answer_scope"
    WAIT_CUSTOMER = "wait_customer"
    CUSTOMER_MESSAGE = "customer_message"
    WAIT_THIRD = "wait_third"
    RESUME = "resume"
    SCHEDULE = "schedule"
    ATTEND = "attend"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CLOSE = "close"
    CANCEL = "cancel"
    RETURN = "return"
    REFUND = "refund"


# "Open" in S16, S17 and S22. An unexpired sold ticket is open too, but only the ledger knows.
OPEN_STATES: frozenset[State] = frozenset(
    {
        State.OPEN,
        State.IN_SERVICE,
        State.ASKING_SALES,
        State.WAITING_CUSTOMER,
        State.WAITING_THIRD,
        State.SCHEDULED,
    }
)

# No verb leads on from here.
TERMINAL: frozenset[State] = frozenset({State.CLOSED, State.CANCELLED})

# ANSWER_SCOPE is not here: it leads back to where the question was asked.
MOVES: Mapping[Verb, Mapping[State | None, State]] = MappingProxyType(
    {
        Verb.SUBMIT: {None: State.OPEN, State.SOLD: State.OPEN},
        Verb.START: {State.OPEN: State.IN_SERVICE},
        Verb.ASK_SALES: {
            State.OPEN: State.ASKING_SALES,
            State.IN_SERVICE: State.ASKING_SALES,
        },
        Verb.WAIT_CUSTOMER: {State.IN_SERVICE: State.WAITING_CUSTOMER},
        Verb.CUSTOMER_MESSAGE: {State.WAITING_CUSTOMER: State.IN_SERVICE},
        Verb.WAIT_THIRD: {
            State.IN_SERVICE: State.WAITING_THIRD,
            State.SCHEDULED: State.WAITING_THIRD,
        },
        Verb.RESUME: {
            State.WAITING_THIRD: State.IN_SERVICE,
            State.SCHEDULED: State.IN_SERVICE,
        },
        Verb.SCHEDULE: {
            State.OPEN: State.SCHEDULED,
            State.IN_SERVICE: State.SCHEDULED,
            State.WAITING_THIRD: State.SCHEDULED,
            State.SCHEDULED: State.SCHEDULED,
        },
        Verb.ATTEND: {State.SCHEDULED: State.IN_SERVICE},
        Verb.RESOLVE: dict.fromkeys(sorted(OPEN_STATES), State.RESOLVED),
        Verb.REOPEN: {State.RESOLVED: State.IN_SERVICE},
        Verb.CLOSE: {State.RESOLVED: State.CLOSED},
        Verb.CANCEL: {
            State.OPEN: State.CANCELLED,
            State.ASKING_SALES: State.CANCELLED,
        },
        # A one-off that was not used up is good for another problem, under its number (R18).
        Verb.RETURN: dict.fromkeys(sorted(OPEN_STATES), State.SOLD),
        # Calling off what is sold gives the money back: sales does it, with the sale.
        Verb.REFUND: {State.SOLD: State.CANCELLED},
    }
)


def next_state(
    state: State | None, verb: Verb, *, previous: State | None = None, started: bool = True
) -> State | None:
    """Where ``verb`` leads from ``state`` (None: no ticket yet); None when it is not allowed.

    ``previous`` is the state in which sales was asked: ANSWER_SCOPE goes back there (R18), and an
    answer "not covered" is CANCEL instead. RESUME from SCHEDULED is an appointment called off: back
    into the line if it was agreed on there (``previous``). SCHEDULE from SCHEDULED: a new time.
    What nobody ever served (``started``) is back in the line when it is reopened: its service is
    still to begin (R3, S30).
    """
    if verb is Verb.REOPEN and state is State.RESOLVED and not started:
        return State.OPEN
    if verb is Verb.RESUME and (state, previous) == (State.SCHEDULED, State.OPEN):
        return State.OPEN
    if verb is Verb.ANSWER_SCOPE:
        asked = MOVES[Verb.ASK_SALES]
        return previous if state is State.ASKING_SALES and previous in asked else None
    return MOVES[verb].get(state)


def needs_words(state: State, verb: Verb, *, staff: bool, started: bool) -> bool:
    """Whether the team cannot do ``verb`` without a word to the customer: what nobody served is not
    resolved in silence, which would keep both promises without an act that the customer sees (R3).
    """
    return staff and not started and verb is Verb.RESOLVE and state in OPEN_STATES


def too_late(verb: Verb, *, started: bool) -> bool:
    """Whether nobody can do ``verb`` any more once service began: what was served is resolved, not
    called off, also while sales is asked. An answer of sales' ends it all the same (R18).
    """
    return started and verb is Verb.CANCEL


def verb_of_customer_message(state: State, *, thanks: bool, goes_on: bool = False) -> Verb | None:
    """What a customer's message does to the state, if anything.

    Any message ends a wait for the customer (R4). On a resolved ticket it reopens, unless it is a
    mere thank-you (R5), and on a one-off that waits for its problem it describes it (R16), unless
    it ``goes_on`` about one that sales found not covered (R18, see ``prepaid.goes_on``).
    """
    if state is State.SOLD and not (thanks or goes_on):
        return Verb.SUBMIT
    if state is State.WAITING_CUSTOMER:
        return Verb.CUSTOMER_MESSAGE
    if state is State.RESOLVED and not thanks:
        return Verb.REOPEN
    return None


def may_answer(state: State) -> bool:
    """Whether the team has something to answer: a one-off waits for its problem first (R16)."""
    return state is not State.SOLD


@dataclass(frozen=True, slots=True)
class Silence:
    """What follows, and when, if the customer goes on saying nothing (R5).

    ``reminds``: how many of the policy's days are over once it is done; None: it resolves.
    ``resolves_at``: when silence resolves the ticket, if nothing is said until then.
    """

    at: datetime
    reminds: int | None
    resolves_at: datetime


def silence(
    *,
    since: datetime,
    reminded: int,
    told: datetime | None,
    now: datetime,
    rules: TicketRules,
    timezone: str,
) -> Silence:
    """The next step for a ticket that waits for its customer since ``since`` (R5).

    ``silence_days`` are days of the calendar in ``timezone``, at the time of day of the question:
    a reminder on each but the last, which resolves the ticket. ``reminded``: how many of them are
    over; ``told``: until when the last reminder gave the customer time. That moment is kept if the
    days change or the reminder was late, and a reminder gives a day at least. Reminders that were
    missed are made up for by one.
    """
    zone = ZoneInfo(timezone)
    moments = [
        (since.astimezone(zone) + timedelta(days=day)).astimezone(UTC) for day in rules.silence_days
    ]
    *reminders, last = moments
    if reminded >= len(reminders):
        at = max(last, told or last)
        return Silence(at=at, reminds=None, resolves_at=at)
    at = reminders[reminded]
    over = sum(moment <= max(now, at) for moment in reminders)
    resolves_at = max(last, max(now, at) + timedelta(days=1))
    return Silence(at=at, reminds=over, resolves_at=resolves_at)


def rules_for(policy: Policy, kind: str | None) -> TicketRules:
    """The rules of a ticket of that kind: the same problem is free for so many days under a one-off
    (R27), which is how long it can be reopened.
    """
    if kind not in ONEOFF_KINDS:
        return policy.ticket
    return replace(policy.ticket, reopen_days=policy.oneoff.same_problem_days)


def closes_at(*, resolved_at: datetime, rules: TicketRules) -> datetime:
    """When a resolved ticket is closed for good: ``reopen_days`` times 24 hours later (R5)."""
    return resolved_at + timedelta(days=rules.reopen_days)


def may_reopen(*, resolved_at: datetime, now: datetime, rules: TicketRules) -> bool:
    """Whether a resolved ticket can still be reopened (R5): before ``closes_at``, not at it."""
    return now < closes_at(resolved_at=resolved_at, rules=rules)


RATE_DAYS = 30
"""How long after its resolution a ticket can be rated, also by the link in the mail about it."""


def may_rate(state: State, *, resolved_at: datetime | None, rated: bool, now: datetime) -> bool:
    """Whether the customer can say what they think of the service: once it is resolved.

    A rating can be changed until the ticket is closed; after that a first one can still be given,
    until ``RATE_DAYS`` times 24 hours since it was resolved are over, and not at that instant.
    """
    if resolved_at is None or state not in (State.RESOLVED, State.CLOSED):
        return False
    return now < resolved_at + timedelta(days=RATE_DAYS) and not (rated and state is State.CLOSED)
