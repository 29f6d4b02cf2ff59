"""Deadlines that pass are raised: once, soon, and only when they were not kept."""

import time
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.utils import timezone

from balcao.events.models import Event
from balcao.events.ticker import Ticker
from balcao.policy.lifecycle import Verb
from balcao.rulebook.queries import current
from balcao.tickets.actions import change_state, raise_deadlines
from balcao.tickets.models import Deadline, Ticket
from balcao.tickets.queries import deadlines_of, explain_deadlines
from tests.cast import NOW, a_customer, a_ticket, acting, an_agent, an_answer

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def _breaches(ticket: Ticket) -> list[str]:
    rows = Event.objects.filter(verb="ticket.deadline_breached", subject_id=ticket.pk)
    return [row.data["deadline"] for row in rows.order_by("pk")]


def test_s12_a_start_deadline_that_passes_is_raised_once() -> None:
    ticket = a_ticket(a_customer())
    raise_deadlines(NOW + 24 * HOUR - SECOND)
    assert _breaches(ticket) == []
    for _ in range(3):
        raise_deadlines(NOW + 24 * HOUR)
    assert _breaches(ticket) == ["start"]
    raise_deadlines(NOW + 40 * HOUR)
    assert _breaches(ticket) == ["start", "resolution"]


def test_a_kept_paused_or_cancelled_promise_is_not_raised() -> None:
    kept, paused, cancelled = (a_ticket(a_customer()) for _ in range(3))
    agent = an_agent()
    an_answer(kept, agent, then=Verb.RESOLVE)
    an_answer(paused, agent, then=Verb.WAIT_CUSTOMER)
    customer = acting(cancelled.opener)
    change_state(actor=customer, now=NOW, ticket_id=cancelled.pk, verb=Verb.CANCEL)
    raise_deadlines(NOW + 400 * HOUR)
    assert [_breaches(t) for t in (kept, paused, cancelled)] == [[], [], []]


def test_a_late_reply_counts_as_a_breach_even_if_the_ticker_was_away() -> None:
    ticket = a_ticket(a_customer())
    an_answer(ticket, an_agent(), now=NOW + 25 * HOUR)
    assert _breaches(ticket) == ["start"]
    raise_deadlines(NOW + 26 * HOUR)
    assert _breaches(ticket) == ["start"]


def test_the_chip_turns_from_ok_to_soon_to_late() -> None:
    ticket = a_ticket(a_customer())
    chips = [deadlines_of(ticket, now=NOW + hours * HOUR)["start"].chip for hours in (1, 18, 24.1)]
    assert chips == ["ok", "soon", "late"]


def test_the_explanation_tiles_the_time_from_opening_to_the_deadline() -> None:
    ticket = a_ticket(a_customer())
    agent = an_agent()
    an_answer(ticket, agent, now=NOW + HOUR, then=Verb.WAIT_CUSTOMER)
    row, now = Ticket.objects.get(pk=ticket.pk), NOW + 60 * HOUR
    start, resolution = explain_deadlines(row, policy=current(), now=now)
    assert [span.kind.value for span in start.spans] == ["counted"]
    assert start.spans[0].end == NOW + HOUR
    spans = resolution.spans
    assert spans[0].start == NOW
    assert all(a.end == b.start for a, b in pairwise(spans))
    assert [span.kind.value for span in spans] == ["counted", "paused"]
    assert (resolution.due, resolution.used) == (None, HOUR)


@pytest.mark.django_db(transaction=True)
def test_s12_the_running_ticker_raises_a_breach_within_5_seconds() -> None:
    ticket = a_ticket(a_customer(), now=timezone.now())
    due = timezone.now() + SECOND
    Deadline.objects.filter(ticket=ticket, kind="start").update(due_at=due, next_at=due)
    ticker = Ticker()
    ticker.start()
    try:
        while timezone.now() < due + 5 * SECOND and not _breaches(ticket):
            time.sleep(0.05)
    finally:
        ticker.stop()
        ticker.join(5)
        connection.close()
    assert _breaches(ticket) == ["start"]
    breached = Deadline.objects.get(ticket=ticket, kind="start").breached_at
    assert breached is not None
    assert breached - due < 5 * SECOND
