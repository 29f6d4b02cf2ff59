"""A saved policy moves the deadlines of open tickets, part by part, and says so."""

from datetime import datetime, timedelta

import pytest

from balcao.events.models import Event, Job
from balcao.events.queue import run_pending
from balcao.policy.lifecycle import Verb
from balcao.tickets.actions import change_state, raise_deadlines, recompute
from balcao.tickets.models import Deadline, Ticket
from tests.cast import (
    NOW,
    a_customer,
    a_policy_in_force,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def strike(begins: datetime, ends: datetime) -> dict[str, object]:
    period = {"begins": begins.isoformat(), "ends": ends.isoformat(), "reason": "Greve"}
    return {"suspended.periods": [period]}


def due(ticket: Ticket, kind: str) -> Deadline:
    return Deadline.objects.get(ticket=ticket, kind=kind)


def moved(ticket: Ticket) -> list[dict[str, object]]:
    rows = Event.objects.filter(verb="ticket.deadline_moved", subject_id=ticket.pk)
    return [row.data for row in rows.order_by("pk")]


def test_r4_a_suspension_entered_afterwards_moves_both_deadlines_and_lifts_a_breach() -> None:
    ticket = a_ticket(a_customer())
    raise_deadlines(NOW + 25 * HOUR)
    assert due(ticket, "start").breached_at is not None
    policy = a_policy_in_force(strike(NOW + HOUR, NOW + 11 * HOUR))
    run_pending(NOW + 26 * HOUR)
    start, resolution = due(ticket, "start"), due(ticket, "resolution")
    assert (start.due_at, start.breached_at) == (NOW + 34 * HOUR, None)
    assert (resolution.due_at, resolution.warn_at) == (NOW + 50 * HOUR, NOW + 40 * HOUR)
    assert moved(ticket) == [
        {
            "deadline": kind,
            "before": (NOW + hours * HOUR).isoformat(),
            "after": (NOW + (hours + 10) * HOUR).isoformat(),
            "cause": "suspension",
            "version": policy.version,
            "lifted": lifted,
        }
        for kind, hours, lifted in (("start", 24, True), ("resolution", 40, False))
    ]
    raise_deadlines(NOW + 34 * HOUR)
    assert due(ticket, "start").breached_at == NOW + 34 * HOUR


def test_r4_a_suspension_excuses_a_promise_that_was_kept_late() -> None:
    late, resolved = a_ticket(a_customer()), a_ticket(a_customer())
    agent = an_agent()
    an_answer(late, agent, now=NOW + 26 * HOUR)
    an_answer(resolved, agent, now=NOW + 45 * HOUR, then=Verb.RESOLVE)
    assert due(late, "start").breached_at
    assert due(resolved, "resolution").breached_at
    a_policy_in_force(strike(NOW + HOUR, NOW + 11 * HOUR))
    run_pending(NOW + 46 * HOUR)
    assert due(late, "start").breached_at is None
    assert due(resolved, "resolution").breached_at is None
    a_policy_in_force({})
    run_pending(NOW + 47 * HOUR)
    assert due(late, "start").breached_at
    assert due(late, "start").due_at == NOW + 24 * HOUR


def test_s13_a_holiday_moves_business_deadlines_and_a_warning_is_given_anew() -> None:
    a_policy_in_force({"sla.clock": "business"})
    ticket = a_ticket(a_customer())
    raise_deadlines(NOW + 4 * DAY)
    assert due(ticket, "start").warned_at
    monday = {"date": "2026-11-16", "name": "Ponto facultativo", "spans": []}
    a_policy_in_force({"sla.clock": "business", "calendar.days": [monday]})
    run_pending(NOW + 4 * DAY)
    row = due(ticket, "start")
    assert row.warned_at is None
    assert row.warn_at
    assert row.next_at == row.warn_at > NOW + 4 * DAY
    assert moved(ticket)[0]["cause"] == "calendar"


def test_what_was_promised_does_not_move_and_nothing_is_said() -> None:
    ticket = a_ticket(a_customer())
    a_policy_in_force({"sla.start_hours": 1, "sla.clock": "business", "sla.warn_left_percent": 50})
    run_pending(NOW + HOUR)
    assert due(ticket, "start").due_at == NOW + 24 * HOUR
    assert due(ticket, "start").warn_at == NOW + 12 * HOUR
    assert moved(ticket) == []


def test_r5_closing_and_reminders_follow_the_policy_in_force() -> None:
    agent = an_agent()
    resolved, waiting = a_ticket(a_customer()), a_ticket(a_customer())
    an_answer(resolved, agent, now=NOW, then=Verb.RESOLVE)
    an_answer(waiting, agent, now=NOW, then=Verb.WAIT_CUSTOMER)
    a_policy_in_force({"ticket.reopen_days": 3, "ticket.silence_days": [1, 4]})
    run_pending(NOW + HOUR)
    looks = [Ticket.objects.get(pk=row.pk).next_at for row in (resolved, waiting)]
    assert looks == [NOW + 3 * DAY, NOW + DAY]


def test_a_paused_deadline_moves_with_the_suspension_before_its_pause_and_stays_paused() -> None:
    ticket = a_ticket(a_customer())
    an_answer(ticket, an_agent(), now=NOW + 5 * HOUR, then=Verb.WAIT_CUSTOMER)
    a_policy_in_force(strike(NOW + HOUR, NOW + 3 * HOUR))
    run_pending(NOW + 6 * HOUR)
    row = due(ticket, "resolution")
    assert (row.due_at, row.paused, row.next_at) == (NOW + 42 * HOUR, True, None)


def test_tickets_are_done_in_parts_and_doing_them_twice_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("balcao.tickets.actions.policy_change.BATCH", 2)
    customer = a_customer()
    tickets = [a_ticket(customer) for _ in range(5)]
    policy = a_policy_in_force(strike(NOW + HOUR, NOW + 2 * HOUR))
    run_pending(NOW + 3 * HOUR)
    assert [len(moved(ticket)) for ticket in tickets] == [2] * 5
    parts = Job.objects.filter(task="tickets.recompute", args__number=policy.version)
    assert parts.count() >= 4
    after = 0
    while (last := recompute(now=NOW + 4 * HOUR, number=policy.version, after=after)) is not None:
        after = last
    assert [len(moved(ticket)) for ticket in tickets] == [2] * 5
    assert recompute(now=NOW, number=policy.version - 1) is None, "its successor does the work"


def test_a_closed_or_cancelled_ticket_is_left_alone() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    change_state(actor=acting(customer.user), now=NOW, ticket_id=ticket.pk, verb=Verb.CANCEL)
    a_policy_in_force(strike(NOW + HOUR, NOW + 2 * HOUR))
    run_pending(NOW + 3 * HOUR)
    assert moved(ticket) == []
