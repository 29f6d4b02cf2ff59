"""The line (S30): who is next, and what does not change one's place."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from balcao.policy.lifecycle import Verb
from balcao.tickets.actions import (
    Conflict,
    assign_to_me,
    change_state,
    give_back,
    run_due,
    take_next,
)
from balcao.tickets.models import Queue, Ticket
from balcao.tickets.queries import STOPPED, View, counts_for, desk_list, position_of
from tests.cast import (
    NOW,
    a_customer,
    a_queue,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")

MINUTE = timedelta(minutes=1)
HERE: Any = {"now": NOW + timedelta(hours=2), "timezone": "America/Recife"}


def _line(queue: Queue, length: int) -> list[Ticket]:
    """Tickets of one queue, a minute apart, made out of order."""
    customer = a_customer()
    made = [
        a_ticket(customer, queue=queue, now=NOW + place * MINUTE)
        for place in sorted(range(length), key=lambda place: (place * 7) % 5)
    ]
    return sorted(made, key=lambda ticket: ticket.submitted_at)


def test_s30_the_next_ticket_is_the_oldest_over_all_my_queues() -> None:
    first_queue, second_queue = a_queue(), a_queue()
    customer = a_customer()
    younger = a_ticket(customer, queue=first_queue, now=NOW + MINUTE)
    older = a_ticket(customer, queue=second_queue, now=NOW)
    foreign = a_ticket(customer, queue=a_queue(), now=NOW - MINUTE)
    agent, colleague = (an_agent(first_queue, second_queue) for _ in range(2))
    taken = take_next(actor=acting(agent), now=NOW + 2 * MINUTE)
    assert taken is not None
    assert taken.pk == older.pk
    again = take_next(actor=acting(agent), now=NOW + 2 * MINUTE)
    assert again is not None
    assert again.pk == older.pk, "a claim I hold comes back before another one is made"
    other = take_next(actor=acting(colleague), now=NOW + 2 * MINUTE)
    assert other is not None
    assert other.pk == younger.pk
    assert Ticket.objects.get(pk=foreign.pk).assignee_id is None


def test_s30_the_queue_is_listed_in_the_order_of_submission_with_places() -> None:
    queue = a_queue()
    line = _line(queue, 7)
    rows = desk_list(acting(an_agent(queue)), View.QUEUE, **HERE).rows
    assert [(row.id, row.position) for row in rows] == [
        (ticket.pk, place) for place, ticket in enumerate(line, start=1)
    ]
    assert [position_of(ticket, order="fifo") for ticket in line] == list(range(1, 8))


def test_s30_a_claim_that_runs_out_gives_the_ticket_back_to_its_old_place() -> None:
    queue = a_queue()
    line = _line(queue, 3)
    agent = acting(an_agent(queue))
    taken = take_next(actor=agent, now=NOW + 10 * MINUTE)
    assert taken is not None
    run_due(NOW + 15 * MINUTE)
    back = Ticket.objects.get(pk=line[0].pk)
    assert (back.assignee_id, position_of(back, order="fifo")) == (None, 1)


def test_s30_a_ticket_given_back_keeps_its_place() -> None:
    queue = a_queue()
    line = _line(queue, 3)
    agent = acting(an_agent(queue))
    assign_to_me(actor=agent, now=NOW + 5 * MINUTE, ticket_id=line[1].pk)
    give_back(actor=agent, now=NOW + 6 * MINUTE, ticket_id=line[1].pk)
    assert position_of(Ticket.objects.get(pk=line[1].pk), order="fifo") == 2


def test_o3_nobody_gives_back_what_a_colleague_holds_as_the_next_in_line() -> None:
    queue = a_queue()
    line = _line(queue, 1)
    holder, other = acting(an_agent(queue)), acting(an_agent(queue))
    take_next(actor=holder, now=NOW + 10 * MINUTE)
    with pytest.raises(Conflict, match="reserved"):
        give_back(actor=other, now=NOW + 11 * MINUTE, ticket_id=line[0].pk)
    assert Ticket.objects.get(pk=line[0].pk).assignee_id == holder.id
    give_back(actor=holder, now=NOW + 12 * MINUTE, ticket_id=line[0].pk)
    assert Ticket.objects.get(pk=line[0].pk).assignee_id is None


def test_r24_the_customer_may_always_end_what_an_agent_holds_as_the_next_in_line() -> None:
    queue, customer = a_queue(), a_customer()
    ticket = a_ticket(customer, queue=queue)
    take_next(actor=acting(an_agent(queue)), now=NOW + 10 * MINUTE)
    settled: Any = {"now": NOW + 11 * MINUTE, "ticket_id": ticket.pk, "verb": Verb.RESOLVE}
    with pytest.raises(Conflict, match="reserved"):
        change_state(actor=acting(an_agent(queue)), **settled)
    change_state(actor=customer.actor, **settled)
    assert Ticket.objects.get(pk=ticket.pk).state == "resolved"


def test_s30_an_answered_ticket_left_the_line_and_a_customers_message_does_not_bring_it_back() -> (
    None
):
    queue = a_queue()
    line = _line(queue, 3)
    agent = an_agent(queue)
    an_answer(line[0], agent)
    rows = desk_list(acting(agent), View.QUEUE, **HERE).rows
    assert [row.id for row in rows] == [line[1].pk, line[2].pk]
    assert [row.id for row in desk_list(acting(agent), View.MINE, **HERE).rows] == [line[0].pk]


def test_a_ticket_somebody_holds_is_not_taken_over() -> None:
    queue = a_queue()
    ticket = _line(queue, 1)[0]
    holder, other = acting(an_agent(queue)), acting(an_agent(queue))
    assign_to_me(actor=holder, now=NOW, ticket_id=ticket.pk)
    with pytest.raises(Conflict):
        assign_to_me(actor=other, now=NOW, ticket_id=ticket.pk)
    assert Ticket.objects.get(pk=ticket.pk).assignee_id == holder.id


def test_the_counts_agree_with_the_lists() -> None:
    queue = a_queue()
    line = _line(queue, 5)
    agent = an_agent(queue)
    an_answer(line[0], agent)
    actor = acting(agent)
    counted = counts_for(actor, **HERE)
    assert counted.pop(STOPPED) == 0
    assert counted == {
        view: len(desk_list(actor, view, **HERE).rows) for view in View if view is not View.DONE
    }
    assert counts_for(actor, **HERE)[View.QUEUE] == 4


def test_pages_follow_one_another_without_gap_or_repetition() -> None:
    queue = a_queue()
    line = _line(queue, 53)
    actor = acting(an_agent(queue))
    first = desk_list(actor, View.QUEUE, **HERE)
    second = desk_list(actor, View.QUEUE, **HERE, cursor=first.after)
    assert [row.id for row in first.rows + second.rows] == [ticket.pk for ticket in line]
    assert second.rows[0].position == 51
    assert second.after is None


@pytest.mark.parametrize("cursor", ["", "x", "1-2", "1-2-3-4", "-1-2-3", "9" * 18 + "-1-1", "'--"])
def test_a_cursor_nobody_made_starts_at_the_beginning(cursor: str) -> None:
    queue = a_queue()
    line = _line(queue, 2)
    page = desk_list(acting(an_agent(queue)), View.QUEUE, **HERE, cursor=cursor)
    assert [row.id for row in page.rows] == [ticket.pk for ticket in line]


@pytest.mark.django_db(transaction=True)
def test_s30_eight_agents_asking_at_once_get_the_eight_oldest_one_each() -> None:
    queue = a_queue()
    line = _line(queue, 12)
    agents = [acting(an_agent(queue)) for _ in range(8)]
    taken: list[int] = []
    start = threading.Barrier(8)

    def ask(n: int) -> None:
        start.wait()
        try:
            ticket = take_next(actor=agents[n], now=NOW + 30 * MINUTE)
            assert ticket is not None
            taken.append(ticket.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(taken) == sorted(ticket.pk for ticket in line[:8])


@pytest.mark.django_db(transaction=True)
def test_s30_one_agent_pressing_six_times_at_once_claims_one_ticket() -> None:
    queue = a_queue()
    _line(queue, 8)
    agent = acting(an_agent(queue))
    start = threading.Barrier(6)

    def ask() -> None:
        start.wait()
        try:
            take_next(actor=agent, now=NOW + 30 * MINUTE)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Ticket.objects.filter(queue=queue, assignee=agent.id).count() == 1
