"""A line in the order in which first answers are due (R24)."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from balcao.events.queue import run_pending
from balcao.policy.book.changes import Topic
from balcao.policy.lifecycle import State
from balcao.policy.routing import NEVER, line
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions import assign_to_me, skip, take_next
from balcao.tickets.models import Deadline, Queue, Skip, Ticket
from balcao.tickets.queries import View, desk_list, position_of, waiting_for
from balcao.tickets.queries.lists import pages
from tests.cast import (
    NOW,
    Customer,
    a_contract,
    a_customer,
    a_policy_change,
    a_policy_in_force,
    a_queue,
    a_ticket,
    acting,
    an_agent,
)
from tests.cast_appointments import a_booking, with_hours
from tests.sales import a_sold_ticket, described

pytestmark = pytest.mark.usefixtures("installation")

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LATER = NOW + 20 * MINUTE
SOON = {"sla.targets": {"saas": {"start_hours": 2, "resolution_hours": 40}}}


def _in_force(order: str) -> None:
    """Whoever rents is answered within 24 hours, whoever has SaaS within 2."""
    a_policy_in_force({**SOON, "queue.order": order})


def _a_renter() -> Customer:
    customer = a_customer(with_contract=False)
    a_contract(customer.organisation, kind="rental")
    return customer


def _line(queue: Queue) -> list[Ticket]:
    """By submission: two of rental, two of SaaS in one instant, one of rental."""
    renter, saas = _a_renter(), a_customer()
    who = [(renter, 0), (renter, 1), (saas, 2), (saas, 2), (renter, 3)]
    return [a_ticket(one, queue=queue, now=NOW + after * MINUTE) for one, after in who]


def _by_due(line: list[Ticket]) -> list[int]:
    return [line[n].pk for n in (2, 3, 0, 1, 4)]


def _now(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def _is_true_to_its_deadline(ticket: Ticket) -> bool:
    start = Deadline.objects.get(ticket=ticket, kind="start")
    return _now(ticket).answer_due == start.due_at


@pytest.mark.parametrize("order", ["fifo", "due"])
def test_r24_who_is_next_follows_the_order_of_the_policy_and_each_place_says_so(order: str) -> None:
    _in_force(order)
    queue = a_queue()
    line = _line(queue)
    wanted = [ticket.pk for ticket in line] if order == "fifo" else _by_due(line)
    policy = rulebook.current()
    actor = acting(an_agent(queue))
    page = desk_list(
        actor, View.QUEUE, now=LATER, timezone=policy.timezone, line=policy.queue.order
    )
    assert [(row.id, row.position) for row in page.rows] == list(
        zip(wanted, range(1, 6), strict=True)
    )
    told = {position_of(ticket, order=policy.queue.order): ticket.pk for ticket in line}
    assert [told[place] for place in range(1, 6)] == wanted
    taken = [take_next(actor=acting(an_agent(queue)), now=LATER) for _ in range(6)]
    assert [ticket.pk if ticket else None for ticket in taken] == [*wanted, None]


def test_r24_a_saved_order_holds_at_once_for_everybody_in_line_and_so_does_going_back() -> None:
    _in_force("fifo")
    queue = a_queue()
    line = _line(queue)
    for order, first in (("due", line[2]), ("fifo", line[0]), ("due", line[2])):
        _in_force(order)
        policy = rulebook.current()
        waiting = waiting_for(
            acting(an_agent(queue)),
            now=LATER,
            timezone=policy.timezone,
            order=policy.queue.order,
        )
        assert waiting[0].pk == first.pk


def test_r24_pages_of_a_line_by_due_follow_one_another_without_gap_or_repetition(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("balcao.tickets.queries.lists.rows.PAGE_SIZE", 2)
    monkeypatch.setattr("balcao.tickets.queries.lists.pages.PAGE_SIZE", 2)
    # No statement of so small a page is kept for the tests that follow.
    monkeypatch.setattr(pages, "_first_of", pages._first_of.__wrapped__)
    _in_force("due")
    queue = a_queue()
    line = _line(queue)
    found: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = desk_list(
            acting(an_agent(queue)),
            View.QUEUE,
            now=LATER,
            timezone="America/Recife",
            cursor=cursor,
            line="due",
        )
        found += [row.id for row in page.rows]
        cursor = page.after
    assert found == _by_due(line)
    for nobody_made in ("1-2", "9" * 18 + "-1-1", "1-" + "9" * 18 + "-1", "x-1-1"):
        first = desk_list(
            acting(an_agent(queue)),
            View.QUEUE,
            now=LATER,
            timezone="America/Recife",
            cursor=nobody_made,
            line="due",
        )
        assert [row.id for row in first.rows] == found[:2]


def test_r24_what_is_passed_over_is_on_record_with_its_place_in_that_line() -> None:
    _in_force("due")
    queue = a_queue()
    line = _line(queue)
    agent = acting(an_agent(queue))
    first = take_next(actor=agent, now=LATER)
    assert first is not None
    following = skip(actor=agent, now=LATER, ticket_id=first.pk, reason="Falta um arquivo")
    assert (first.pk, following.pk if following else 0) == (line[2].pk, line[3].pk)
    assert Skip.objects.get(ticket=first).place == 1
    assert position_of(_now(first), order="due") == 1
    assign_to_me(actor=acting(an_agent(queue)), now=LATER, ticket_id=line[0].pk)
    assert position_of(_now(line[0]), order="due") == 3


def test_r24_the_place_moves_with_the_deadline_of_the_first_answer() -> None:
    ticket = a_ticket(a_customer(), queue=a_queue())
    assert _is_true_to_its_deadline(ticket)
    before = ticket.answer_due
    strike = {
        "begins": (NOW + HOUR).isoformat(),
        "ends": (NOW + 3 * HOUR).isoformat(),
        "reason": "Greve",
    }
    a_policy_change(Topic.SUSPENSIONS, {"suspended": {"periods": [strike]}})
    run_pending(NOW + HOUR)
    assert _now(ticket).answer_due == before + 2 * HOUR
    assert _is_true_to_its_deadline(ticket)


def test_r24_an_unused_one_off_stands_in_no_line_and_takes_its_place_when_it_is_described() -> None:
    ticket = a_sold_ticket(a_customer(), kind="oneoff_problem", service="incident")
    assert ticket.answer_due == NEVER
    assert position_of(ticket, order="due") is None
    described(ticket)
    assert _is_true_to_its_deadline(ticket)


def test_r24_r29_an_agreed_time_moves_the_place_for_when_it_is_called_off() -> None:
    agent = with_hours(an_agent())
    ticket = a_ticket(a_customer())
    before = ticket.answer_due
    a_booking(ticket, agent)
    assert _now(ticket).answer_due != before
    assert _is_true_to_its_deadline(ticket)


def test_r24_tickets_of_before_get_their_place_from_their_deadline() -> None:
    dated, undated = a_ticket(a_customer()), a_ticket(a_customer())
    Ticket.objects.update(answer_due=NEVER)
    Deadline.objects.filter(ticket=undated).update(due_at=None)
    import_module("balcao.tickets.migrations.0026_line_by_due").fill(apps, None)
    assert _is_true_to_its_deadline(dated)
    assert _now(undated).answer_due == NEVER


@pytest.mark.skipif(connection.vendor != "sqlite", reason="its plans do not depend on rows")
@pytest.mark.parametrize(("order", "index"), [("fifo", "ticket_fifo"), ("due", "ticket_due")])
def test_r24_the_next_ticket_is_the_first_row_of_an_index_of_its_order(
    order: str, index: str
) -> None:
    _in_force(order)
    policy = rulebook.current()
    waiting = waiting_for(
        acting(an_agent(a_queue())),
        now=LATER,
        timezone=policy.timezone,
        order=policy.queue.order,
    )
    plan = waiting.values_list("pk", "changed_at")[:1].explain()
    assert f"USING INDEX {index} (queue_id=?)" in plan
    assert "TEMP B-TREE" not in plan
    everybody = Ticket.objects.filter(state=State.OPEN.value).order_by(*line(policy.queue.order))
    assert f"INDEX {index.replace('fifo', 'line').replace('_due', '_line_due')}" in (
        everybody.values_list("pk")[:1].explain()
    )
