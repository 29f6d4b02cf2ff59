"""A one-off's whole life through the real actions: whatever people try, and in whatever order."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from balcao.entitlements import actions as entitlements
from balcao.entitlements.models import LedgerEntry, PrepaidTicket
from balcao.people.models import User
from balcao.policy.access import Actor
from balcao.policy.lifecycle import State, Verb
from balcao.policy.prepaid import Entry, Standing, fold, standing
from balcao.rulebook.queries import current
from balcao.tickets import actions
from balcao.tickets.models import Deadline, ScopeQuestion, Ticket
from tests.cast import NOW, acting, an_agent, an_answer
from tests.sales import a_seller, a_sold_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("installation")]

NO = (actions.Refused, actions.Conflict, actions.NotAllowed, entitlements.Conflict)
DAY = timedelta(days=1)


class _Life:
    """One sold ticket, the people around it, and the time; each method is something they try."""

    def __init__(self, *, agreed: bool) -> None:
        self.ticket = a_sold_ticket(agreed=agreed)
        self.agent, self.seller = an_agent(), a_seller()
        self.now: datetime = NOW

    def describe(self) -> None:
        actions.customer_message(
            actor=self._as(self.ticket.opener),
            now=self.now,
            ticket_id=self.ticket.pk,
            body="Parou de gravar.",
            key=secrets.token_hex(8),
        )

    def answer(self) -> None:
        an_answer(self.ticket, self.agent, now=self.now)

    def resolve(self) -> None:
        an_answer(self.ticket, self.agent, now=self.now, then=Verb.RESOLVE)

    def call_off(self) -> None:
        self._move(self.ticket.opener, Verb.CANCEL)

    def solve_alone(self) -> None:
        self._move(self.ticket.opener, Verb.RESOLVE)

    def reopen(self) -> None:
        self._move(self.ticket.opener, Verb.REOPEN)

    def ask(self) -> None:
        self._move(self.agent, Verb.ASK_SALES)

    def say_covered(self) -> None:
        self._say(covered=True)

    def say_not_covered(self) -> None:
        self._say(covered=False)

    def refund(self) -> None:
        with transaction.atomic():
            actions.refund_oneoff(
                actor=self._as(self.seller), now=self.now, ticket_id=self.ticket.pk
            )

    def wait(self) -> None:
        self.now += 5 * DAY
        self.tick()

    def wait_long(self) -> None:
        self.now += 200 * DAY
        self.tick()

    def tick(self) -> None:
        for _ in range(5):
            entitlements.run_prepaid(self.now)
            actions.run_due(self.now)
            actions.run_questions(self.now)

    def _as(self, user: User) -> Actor:
        return acting(user, now=self.now)

    def _move(self, user: User, verb: Verb) -> None:
        actions.change_state(
            actor=acting(user, now=self.now), now=self.now, ticket_id=self.ticket.pk, verb=verb
        )

    def _say(self, *, covered: bool) -> None:
        actions.answer_scope(
            actor=acting(self.seller, now=self.now),
            now=self.now,
            ticket_id=self.ticket.pk,
            covered=covered,
            reason="x",
        )


TRIES: list[Callable[[_Life], None]] = [
    _Life.describe,
    _Life.answer,
    _Life.resolve,
    _Life.call_off,
    _Life.solve_alone,
    _Life.reopen,
    _Life.ask,
    _Life.say_covered,
    _Life.say_not_covered,
    _Life.refund,
    _Life.wait,
    _Life.wait_long,
]

# States of the ticket while the ledger's last line is this one.
AGREE = {
    Entry.SOLD: {State.SOLD},
    Entry.RETURNED: {State.SOLD},
    Entry.EXPIRED: {State.SOLD},
    Entry.REFUNDED: {State.CANCELLED},
    Entry.SUBMITTED: {State.OPEN, State.ASKING_SALES},
    Entry.CONSUMED: set(State) - {State.SOLD, State.OPEN, State.CANCELLED},
}


def _check(life: _Life) -> None:
    ticket = Ticket.objects.get(pk=life.ticket.pk)
    row = PrepaidTicket.objects.get(ticket=ticket)
    lines = list(LedgerEntry.objects.filter(prepaid=row).order_by("place"))
    account = fold((Entry(line.entry), line.last_day) for line in lines)
    assert account is not None
    assert [line.place for line in lines] == list(range(1, row.place + 1))
    assert (account.last, account.last_day) == (Entry(row.last), row.last_day)
    assert State(ticket.state) in AGREE[account.last], (ticket.state, account.last)
    stands = standing(account, now=life.now, timezone=current().timezone)
    unused = stands in (Standing.AVAILABLE, Standing.EXPIRED, Standing.REFUNDED)
    assert Deadline.objects.filter(ticket=ticket).count() == (0 if unused else 2)
    asked = ScopeQuestion.objects.filter(ticket=ticket, answered_at=None).count()
    assert asked == (ticket.state == State.ASKING_SALES.value)
    assert (ticket.started_at is None) or account.last is Entry.CONSUMED


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(tries=st.lists(st.sampled_from(TRIES), max_size=12), agreed=st.booleans())
def test_o1_s28_ledger_ticket_and_date_agree_whatever_people_try(
    tries: list[Callable[[_Life], None]], agreed: bool
) -> None:
    life = _Life(agreed=agreed)
    for attempt in tries:
        life.now += timedelta(minutes=30)
        with suppress(*NO):
            attempt(life)
        _check(life)
