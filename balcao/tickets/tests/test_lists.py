"""The desk's lists: what each view holds, narrowed and ordered, and everybody's place in line."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.policy import sla
from balcao.policy.lifecycle import OPEN_STATES, State, Verb
from balcao.tickets.actions import assign_to_me, note
from balcao.tickets.models import Deadline, Mention, Ticket
from balcao.tickets.queries import (
    Order,
    TicketFilter,
    TicketRow,
    View,
    counts_for,
    customer_list,
    desk_list,
    overrides_to_answer,
    position_of,
)
from balcao.tickets.queries.lists import ANY, NOBODY, ClockFilter, pages
from balcao.tickets.queries.lists.order import promise_of
from balcao.tickets.queries.lists.views import due_before
from tests.cast import (
    NOW,
    Customer,
    a_colleague,
    a_customer,
    a_queue,
    a_supervisor,
    a_ticket,
    acting,
    an_agent,
    an_answer,
    an_override,
)

pytestmark = pytest.mark.usefixtures("installation")

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
RECIFE = "America/Recife"
HERE: Any = {"now": NOW + 2 * HOUR, "timezone": RECIFE}


def _copies(model: Ticket, count: int, **changes: Any) -> list[Ticket]:
    """More tickets like ``model``, a minute apart, without a deadline or a message."""
    values = {f.attname: getattr(model, f.attname) for f in Ticket._meta.fields if f.name != "id"}
    start = Ticket.objects.count()
    rows = [
        Ticket(
            **{
                **values,
                "number": f"{start + n:010d}",
                "opening_key": f"copy-{start + n}",
                "submitted_at": model.submitted_at + n * MINUTE,
                **changes,
            }
        )
        for n in range(1, count + 1)
    ]
    return Ticket.objects.bulk_create(rows)


def test_the_first_page_of_an_agent_or_a_customer_holds_what_they_may_view() -> None:
    """Its SQL is written once; with a filter that narrows nothing it is written anew."""
    queues, customer = [a_queue(), a_queue()], a_customer()
    colleague = a_colleague(customer)
    for n in range(6):
        a_ticket(customer if n % 2 else colleague, queue=queues[n % 3 // 2], now=NOW + n * MINUTE)
    agent = an_agent(queues[0])
    assign_to_me(actor=acting(agent), now=NOW + HOUR, ticket_id=Ticket.objects.first().pk)  # type: ignore[union-attr]
    actor = acting(agent)
    same = TicketFilter(queue=queues[0].pk)
    for view in View:
        for order in Order:
            once = desk_list(actor, view, order=order, **HERE)
            anew = desk_list(actor, view, order=order, only=same, **HERE)
            assert once == anew, (view, order)
    assert desk_list(actor, View.OPEN, **HERE).rows
    reader = acting(customer.user)
    admin = replace(reader, sees_all_of=frozenset({0}), organisations=reader.organisations | {0})
    for open_only, others in ((False, False), (True, False), (False, True)):
        once = customer_list(reader, open_only=open_only, others=others)
        assert once == customer_list(admin, open_only=open_only, others=others)
    assert len(customer_list(reader).rows) == 3


def test_s30_each_row_of_several_queues_shows_the_place_in_its_own_queue() -> None:
    customer = a_customer()
    queues = [a_queue() for _ in range(3)]
    for n in range(12):
        a_ticket(customer, queue=queues[n % 3 if n < 9 else 0], now=NOW + n * MINUTE)
    actor = acting(an_agent(*queues[:2]))
    rows = desk_list(actor, View.QUEUE, **HERE).rows
    assert [row.id for row in rows] == [row.id for row in sorted(rows, key=lambda one: one.id)]
    assert {row.queue_id for row in rows} == {queues[0].pk, queues[1].pk}
    shown = {row.id: row.position for row in rows}
    assert shown == {pk: position_of(Ticket.objects.get(pk=pk), order="fifo") for pk in shown}
    assert max(place or 0 for place in shown.values()) == 6


def test_r24_the_place_is_the_customers_on_later_pages_and_in_a_narrowed_list_too() -> None:
    customer, other = a_customer(), a_customer()
    first, second = a_queue(), a_queue()
    _copies(a_ticket(customer, queue=first), 40)
    _copies(a_ticket(other, queue=second, now=NOW + 30 * timedelta(seconds=1)), 40)
    actor = acting(an_agent(first, second))
    one = desk_list(actor, View.QUEUE, **HERE)
    two = desk_list(actor, View.QUEUE, **HERE, cursor=one.after)
    only = TicketFilter(organisation=other.organisation.pk)
    narrowed = desk_list(actor, View.QUEUE, **HERE, only=only)
    assert (len(one.rows), len(two.rows), len(narrowed.rows)) == (50, 32, 41)
    for row in (*one.rows[::7], *two.rows[::7], *narrowed.rows[::7]):
        assert row.position == position_of(Ticket.objects.get(pk=row.id), order="fifo")


def test_any_view_is_read_in_two_statements() -> None:
    queue = a_queue()
    _copies(a_ticket(a_customer(), queue=queue), 60)
    actor = acting(an_agent(queue))
    for view in View:
        with CaptureQueriesContext(
            connection,
        ) as statements:
            desk_list(actor, view, **HERE)
        assert len(statements) <= 2, view


def _due_now(row: Deadline, now: datetime) -> bool:
    return sla.due_before(
        row.due_at, met_at=row.met_at, paused=row.paused, moment=sla.day_ends(now, RECIFE)
    )


def test_due_today_holds_what_ends_today_in_recife_or_is_late_and_nothing_paused_or_met() -> None:
    queue, customer = a_queue(), a_customer()
    agent = an_agent(queue)
    tickets = [a_ticket(customer, queue=queue) for _ in range(6)]
    ends = sla.day_ends(HERE["now"], RECIFE)
    moves: list[dict[str, Any]] = [
        {"due_at": ends - MINUTE},
        {"due_at": ends},
        {"due_at": NOW - DAY},
        {"due_at": ends - MINUTE, "paused": True},
        {"due_at": ends - MINUTE, "met_at": NOW},
        {"due_at": None},
    ]
    for ticket, change in zip(tickets, moves, strict=True):
        Deadline.objects.filter(ticket=ticket).update(due_at=ends + DAY)
        Deadline.objects.filter(ticket=ticket, kind="resolution").update(**change)
    listed = {row.id for row in desk_list(acting(agent), View.DUE, **HERE).rows}
    assert listed == {tickets[0].pk, tickets[2].pk}
    by_policy = {row.ticket_id for row in Deadline.objects.all() if _due_now(row, HERE["now"])}
    assert set(due_before(ends)) == by_policy
    an_answer(tickets[0], agent, then=Verb.RESOLVE)
    assert [row.id for row in desk_list(acting(agent), View.DUE, **HERE).rows] == [tickets[2].pk]


def test_late_and_soon_are_what_the_chip_says() -> None:
    queue = a_queue()
    actor = acting(an_agent(queue))
    for n in range(8):
        a_ticket(a_customer(), queue=queue, now=NOW - n * 5 * HOUR)
    now = NOW + HOUR
    for clock, said in ((ClockFilter.LATE, "late"), (ClockFilter.SOON, "soon")):
        expected = {
            row.ticket_id
            for row in Deadline.objects.filter(ticket__queue=queue)
            if sla.chip(
                row.due_at, soon_at=row.warn_at, met_at=row.met_at, paused=row.paused, now=now
            )
            == said
        }
        only = TicketFilter(clock=clock)
        found = desk_list(actor, View.OPEN, now=now, timezone=RECIFE, only=only).rows
        assert {row.id for row in found} == expected
        assert expected, "a test in which nothing is late or soon proves nothing"


def test_a_mention_stays_until_it_is_seen_and_is_only_of_who_was_called() -> None:
    queue = a_queue()
    called, other = an_agent(queue), an_agent(queue)
    ticket = a_ticket(a_customer(), queue=queue)
    message = note(actor=acting(other), now=NOW, ticket_id=ticket.pk, body="@carla", key="k")
    row = Mention.objects.create(message=message, ticket=ticket, user=called)
    assert [one.id for one in desk_list(acting(called), View.MENTIONS, **HERE).rows] == [ticket.pk]
    assert counts_for(acting(called), **HERE)[View.MENTIONS] == 1
    assert not desk_list(acting(other), View.MENTIONS, **HERE).rows
    Mention.objects.filter(pk=row.pk).update(seen_at=NOW)
    assert not desk_list(acting(called), View.MENTIONS, **HERE).rows


def test_the_views_of_waits_and_appointments_hold_their_state_only() -> None:
    queue = a_queue()
    actor = acting(an_agent(queue))
    made = {state: a_ticket(a_customer(), queue=queue) for state in sorted(OPEN_STATES)}
    for state, ticket in made.items():
        Ticket.objects.filter(pk=ticket.pk).update(state=state.value)
    for view, state in (
        (View.QUEUE, State.OPEN),
        (View.WAITING, State.WAITING_CUSTOMER),
        (View.THIRD, State.WAITING_THIRD),
        (View.SCHEDULED, State.SCHEDULED),
    ):
        assert [row.id for row in desk_list(actor, view, **HERE).rows] == [made[state].pk], view


def _several(customers: list[Customer]) -> Any:
    """Tickets of some companies that differ in every key, and tie in many."""
    queue = a_queue()
    for n in range(12):
        ticket = a_ticket(customers[n % 3], queue=queue, now=NOW + (n // 2) * MINUTE)
        Ticket.objects.filter(pk=ticket.pk).update(changed_at=NOW + (n * 5 % 4) * HOUR)
        due = None if n % 4 == 3 else NOW + (n * 7 % 5) * HOUR
        Deadline.objects.filter(ticket=ticket, kind="start").update(due_at=due)
        if n % 4 == 3:
            Deadline.objects.filter(ticket=ticket).update(due_at=None, paused=True)
    return queue


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("view", [View.OPEN, View.QUEUE, View.DONE])
def test_pages_of_every_order_follow_one_another_without_gap_or_repetition(
    order: Order, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("balcao.tickets.queries.lists.rows.PAGE_SIZE", 5)
    monkeypatch.setattr("balcao.tickets.queries.lists.pages.PAGE_SIZE", 5)
    # No statement of so small a page is kept for the tests that follow.
    monkeypatch.setattr(pages, "_first_of", pages._first_of.__wrapped__)
    queue = _several([a_customer() for _ in range(3)])
    if view is View.DONE:
        Ticket.objects.filter(queue=queue).update(state=State.CLOSED.value)
    actor = acting(an_agent(queue))
    rows: list[TicketRow] = []
    cursor: str | None = None
    for _ in range(4):
        page = desk_list(actor, view, **HERE, order=order, cursor=cursor)
        rows += page.rows
        cursor = page.after
        if cursor is None:
            break
    assert cursor is None
    assert len({row.id for row in rows}) == len(rows) == 12
    never = NOW + 1000 * DAY
    keys: dict[Order, Any] = {
        Order.SUBMITTED: lambda row: (row.submitted_at, row.id),
        Order.DEADLINE: lambda row: (promise_of(row) or never, row.id),
        Order.CHANGED: lambda row: (row.changed_at, row.id),
        Order.ORGANISATION: lambda row: (row.organisation, row.submitted_at, row.id),
    }
    chosen = Order.SUBMITTED if view is View.QUEUE else order
    backwards = chosen is Order.CHANGED or (chosen is Order.SUBMITTED and view is View.DONE)
    assert rows == sorted(rows, key=keys[chosen], reverse=backwards)


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("cursor", ["x", "1", "1-2-3-4", "-1-2", "9" * 18 + "-1", "1-٣", "'--"])
def test_a_cursor_nobody_made_starts_at_the_beginning_of_every_order(
    order: Order, cursor: str
) -> None:
    queue = a_queue()
    ticket = a_ticket(a_customer(), queue=queue)
    page = desk_list(acting(an_agent(queue)), View.OPEN, **HERE, order=order, cursor=cursor)
    assert ([row.id for row in page.rows], page.first) == ([ticket.pk], True)


def test_each_filter_keeps_what_fits_and_drops_the_rest() -> None:
    queue, other_queue = a_queue(), a_queue()
    agent = an_agent(queue, other_queue)
    mine, theirs = a_customer(), a_customer()
    wanted = a_ticket(mine, queue=queue, subject="Ramal 204 mudo")
    a_ticket(theirs, queue=other_queue, subject="Sem linha", service="question")
    Ticket.objects.filter(pk=wanted.pk).update(state=State.IN_SERVICE.value, assignee=agent)
    assert wanted.licence
    filters = [
        TicketFilter(queue=queue.pk),
        TicketFilter(state=State.IN_SERVICE.value),
        TicketFilter(person=agent.pk),
        TicketFilter(organisation=mine.organisation.pk),
        TicketFilter(service=wanted.service_id),
        TicketFilter(text="ramal MUDO"),
        TicketFilter(text=wanted.number[2:9]),
    ]
    actor = acting(agent)
    for only in filters:
        found = desk_list(actor, View.OPEN, **HERE, only=only).rows
        assert [row.id for row in found] == [wanted.pk], only
    nobody = desk_list(actor, View.OPEN, **HERE, only=TicketFilter(person=NOBODY)).rows
    assert [row.assignee_id for row in nobody] == [None]
    product = TicketFilter(product=wanted.licence.product_id, door=wanted.door)
    assert wanted.pk in {row.id for row in desk_list(actor, View.OPEN, **HERE, only=product).rows}
    assert not desk_list(actor, View.OPEN, **HERE, only=TicketFilter(product=10**9)).rows
    assert len(desk_list(actor, View.OPEN, **HERE, only=ANY).rows) == 2


@settings(max_examples=30)
@given(text=st.text(max_size=40))
def test_g5_any_text_is_looked_for_and_harms_nothing(text: str) -> None:
    clean = text.replace("\x00", "").encode(errors="ignore").decode()
    actor = acting(a_supervisor())
    desk_list(actor, View.OPEN, **HERE, only=TicketFilter(text=clean))


def test_r14_the_exceptions_that_are_counted_are_those_one_may_answer() -> None:
    asker, other = a_supervisor(), a_supervisor()
    row = an_override(a_customer(), asker=asker, approved=False)
    done = an_override(a_customer())
    assert row in overrides_to_answer(acting(other))
    assert done not in overrides_to_answer(acting(other))
    assert row not in overrides_to_answer(acting(asker))
    assert not overrides_to_answer(acting(an_agent()))
