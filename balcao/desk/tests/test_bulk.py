"""Several tickets at once: the dry run, what is done, what is refused, and taking it back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.bulk.acts import Act
from balcao.desk.tests.desk import LATER, at, desk_of, tables, text_of
from balcao.events.models import Event
from balcao.people.models import User
from balcao.policy.access import Role
from balcao.policy.lifecycle import State
from balcao.tickets.actions import (
    Conflict,
    Holding,
    NotAllowed,
    announce_absence,
    assign_to_me,
    change_queue,
    give_back,
    take_next,
    undo_holding,
)
from balcao.tickets.models import Queue, Ticket
from balcao.tickets.queries import position_of
from tests.cast import (
    NOW,
    a_customer,
    a_member_of_staff,
    a_queue,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")

MINUTE = timedelta(minutes=1)


def _line(queue: Queue, length: int) -> list[Ticket]:
    customer = a_customer()
    return [a_ticket(customer, queue=queue, now=NOW + n * MINUTE) for n in range(length)]


def _ask(client: Client, act: str, tickets: list[Ticket], **more: str) -> Any:
    given = {"n": [ticket.number for ticket in tickets], "fazer": act, **more}
    return client.get(reverse("desk_bulk"), given)


def _do(client: Client, act: str, tickets: list[Ticket], **more: str) -> Any:
    given = {"n": [ticket.number for ticket in tickets], "fazer": act, **more}
    return client.post(reverse("desk_bulk"), given, follow=True)


def _owners(tickets: list[Ticket]) -> list[int | None]:
    return [Ticket.objects.get(pk=ticket.pk).assignee_id for ticket in tickets]


def test_the_dry_run_says_what_is_not_allowed_and_changes_nothing() -> None:
    queue = a_queue()
    agent, colleague = an_agent(queue), an_agent(queue, name="Beto Lins")
    line = _line(queue, 4)
    assign_to_me(actor=acting(colleague), now=NOW, ticket_id=line[1].pk)
    Ticket.objects.filter(pk=line[2].pk).update(state=State.CLOSED.value)
    foreign = _line(a_queue(), 1)
    browser = desk_of(agent)
    with at():
        browser.get(reverse("desk_queue"))
        before = [table for table in tables() if table[0] != "django_session"]
        with CaptureQueriesContext(connection) as statements:
            shown = text_of(_ask(browser, "assumir", [*line, *foreign]))
        assert [table for table in tables() if table[0] != "django_session"] == before
    assert len(statements) <= 8
    assert "3 of 5 not allowed" in shown
    assert "They stay as they are" in shown
    assert "Beto Lins has it." in shown
    assert "Not possible while the ticket is “Closed”." in shown
    assert "There is no such ticket in your queues." in shown
    assert foreign[0].subject in shown, "every ticket of the test is called so"
    assert "Assign to me: 2 tickets" in shown


def test_each_ticket_is_done_by_itself_and_the_result_says_which_was_not() -> None:
    queue = a_queue()
    agent, colleague = an_agent(queue), an_agent(queue, name="Beto Lins")
    line = _line(queue, 3)
    browser = desk_of(agent)
    with at():
        _ask(browser, "assumir", line)
        assign_to_me(actor=acting(colleague), now=LATER, ticket_id=line[1].pk)
        shown = text_of(_do(browser, "assumir", line))
    assert "Done for 2 tickets" in shown
    assert "Beto Lins has it." in shown
    assert _owners(line) == [agent.pk, colleague.pk, agent.pk]
    assert Event.objects.filter(verb="ticket.assigned", actor_id=agent.pk).count() == 2


def test_r24_the_dry_run_foretells_what_a_colleague_has_reserved() -> None:
    queue = a_queue()
    line = _line(queue, 2)
    holder = an_agent(queue, name="Beto Lins")
    browser, to = desk_of(an_agent(queue)), a_queue()
    with at():
        take_next(actor=acting(holder), now=LATER)
        for act, more in (
            *((act, {}) for act in ("assumir", "devolver", "resolver")),
            ("transferir", {"para": str(holder.pk)}),
            ("fila", {"para": str(to.pk)}),
        ):
            told = text_of(_ask(browser, act, line, **more))
            assert "Reserved for Beto Lins until" in told, act
            done = text_of(_do(browser, act, [line[0]], **more))
            assert "Reserved for Beto Lins until" in done, act
    row = Ticket.objects.get(pk=line[0].pk)
    assert (row.assignee, row.state, row.queue) == (holder, "open", queue)


def test_undo_restores_what_nobody_changed_since_and_says_what_it_left_alone() -> None:
    queue = a_queue()
    agent, colleague = an_agent(queue), an_agent(queue)
    line = _line(queue, 3)
    assign_to_me(actor=acting(colleague), now=NOW, ticket_id=line[0].pk)
    browser = desk_of(agent)
    with at():
        _do(browser, "devolver", [line[0]])
        assert "Undo" in text_of(browser.get(reverse("desk_bulk_done")))
        undone = text_of(browser.post(reverse("desk_bulk_undo"), follow=True))
        assert "Undone" in undone
        assert "Undo" not in undone.replace("Undone", "")
        assert _owners(line) == [colleague.pk, None, None]
        _do(browser, "assumir", line[1:])
        give_back(actor=acting(colleague), now=LATER, ticket_id=line[2].pk)
        shown = text_of(browser.post(reverse("desk_bulk_undo"), follow=True))
        assert "Not done" in shown
        assert "Somebody changed it since." in shown
        again = browser.post(reverse("desk_bulk_undo"), follow=True)
        assert again.status_code == 200
    assert _owners(line) == [colleague.pk, None, None]
    assert Event.objects.filter(verb="ticket.assignment_undone").count() == 2


def test_r24_another_queue_keeps_the_time_of_submission_and_can_be_taken_back() -> None:
    queue, other = a_queue(), a_queue()
    agent = an_agent(queue)
    moved = a_ticket(a_customer(), queue=queue, now=NOW + 3 * MINUTE)
    first, last = (a_ticket(a_customer(), queue=other, now=NOW + n * MINUTE) for n in (1, 9))
    assign_to_me(actor=acting(agent), now=NOW + 4 * MINUTE, ticket_id=moved.pk)
    browser = desk_of(agent)
    with at():
        asked = text_of(_ask(browser, "fila", [moved]))
        assert "Check" in asked
        assert "Nothing has changed yet" not in asked, "no queue was chosen"
        assert "It stands there already." in text_of(
            _ask(browser, "fila", [moved], para=str(queue.pk))
        )
        shown = text_of(_do(browser, "fila", [moved], para=str(other.pk)))
        assert "Done for 1 ticket" in shown
        there = Ticket.objects.get(pk=moved.pk)
        assert (there.queue_id, there.assignee_id) == (other.pk, None)
        assert [position_of(row, order="fifo") for row in (first, there, last)] == [1, 2, 3]
        assert moved.subject not in shown, "it is in a queue of others now"
        browser.post(reverse("desk_bulk_undo"))
    back = Ticket.objects.get(pk=moved.pk)
    assert (back.queue_id, back.assignee_id) == (queue.pk, agent.pk)


def test_a_colleague_gets_only_what_they_serve_and_nothing_while_away() -> None:
    queue, other = a_queue(), a_queue()
    agent = an_agent(queue, other)
    colleague = an_agent(queue, name="Beto Lins")
    mine, theirs = _line(queue, 1)[0], _line(other, 1)[0]
    browser = desk_of(agent)
    para = str(colleague.pk)
    with at():
        shown = text_of(_ask(browser, "transferir", [mine, theirs], para=para))
        assert "1 of 2 not allowed" in shown
        assert "Beto Lins does not serve the queue" in shown
        _do(browser, "transferir", [mine, theirs], para=para)
        assert _owners([mine, theirs]) == [colleague.pk, None]
        announce_absence(
            actor=acting(colleague), now=LATER, user_id=colleague.pk, starts_at=LATER, ends_at=None
        )
        assert "Beto Lins is away." in text_of(_ask(browser, "transferir", [mine], para=para))
        for nonsense in ("", "0", "x", str(a_customer().user.pk)):
            answer = _do(browser, "transferir", [theirs], para=nonsense)
            assert "Choose" in text_of(answer)
    assert _owners([theirs]) == [None]


def test_r3_what_nobody_served_is_not_resolved_for_many_and_the_dry_run_foretells_it() -> None:
    queue = a_queue()
    agent = an_agent(queue)
    said, silent = line = _line(queue, 2)
    an_answer(said, agent)
    browser = desk_of(agent)
    with at():
        foretold, done = _ask(browser, "resolver", line), _do(browser, "resolver", line)
    for answer in (foretold, done):
        assert "Nobody has served it yet: write to the customer" in text_of(answer)
    assert "1 of 2 not allowed" in text_of(foretold)
    states = dict(Ticket.objects.filter(queue=queue).values_list("pk", "state"))
    assert states == {said.pk: "resolved", silent.pk: "open"}


def test_what_was_resolved_for_many_is_told_to_the_customers_and_not_taken_back() -> None:
    queue = a_queue()
    agent = an_agent(queue)
    line = _line(queue, 2)
    for ticket in line:
        an_answer(ticket, agent)
    browser = desk_of(agent)
    with at():
        shown = text_of(_do(browser, "resolver", line))
        assert "Done for 2 tickets" in shown
        assert "Undo" not in shown
        browser.post(reverse("desk_bulk_undo"))
    assert set(Ticket.objects.filter(queue=queue).values_list("state", flat=True)) == {"resolved"}


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SALES])
def test_b5_who_may_only_read_changes_nothing(act: Act, role: Role) -> None:
    queue = a_queue()
    line = _line(queue, 2)
    browser = desk_of(a_member_of_staff(role))
    para = str(an_agent(queue).pk) if act is Act.TRANSFER else str(a_queue().pk)
    assert 'name="n"' not in browser.get(reverse("desk_queue")).content.decode()
    shown = text_of(_do(browser, act.value, line, para=para))
    assert "You do not serve this ticket." in shown
    assert _owners(line) == [None, None]
    assert {ticket.queue_id for ticket in Ticket.objects.filter(queue=queue)} == {queue.pk}


def test_no_more_than_fifty_and_not_nothing() -> None:
    browser = desk_of(an_agent(a_queue()))
    many = {"n": [f"{n:010d}" for n in range(51)], "fazer": "assumir"}
    for answer in (
        browser.get(reverse("desk_bulk"), many),
        browser.post(reverse("desk_bulk"), many),
    ):
        assert answer.status_code == 422
        assert "At most 50 tickets" in text_of(answer)
    for given in ({"fazer": "assumir"}, {"n": "1"}, {"n": "0000000001", "fazer": "state__in"}):
        answer = browser.get(reverse("desk_bulk"), given)
        assert answer.status_code == 422
        assert "Choose tickets in a list first." in text_of(answer)
    assert browser.get(reverse("desk_bulk_done")).status_code == 302


def test_rows_carry_what_selects_them_and_the_form_works_without_script() -> None:
    queue = a_queue()
    line = _line(queue, 2)
    html = desk_of(an_agent(queue)).get(reverse("desk_queue"), {"v": "abertos"}).content.decode()
    for ticket in line:
        assert f'form="bulk" name="n" value="{ticket.number}" data-select' in html
    assert re.search(r'<form class="bulk-bar" id="bulk" method="get" action="/mesa/varios">', html)


def test_only_who_changed_it_last_takes_it_back() -> None:
    queue, other = a_queue(), a_queue()
    agent, colleague = acting(an_agent(queue, other)), acting(an_agent(queue, other))
    ticket = _line(queue, 1)[0]
    left = change_queue(actor=agent, now=LATER, ticket_id=ticket.pk, queue_id=other.pk)
    holding = Holding(left.assignee_id, left.queue_id)
    was = Holding(None, queue.pk)

    def undo(actor: Any, **changes: Any) -> Ticket:
        given = {"was": was, "left": holding, **changes}
        return undo_holding(actor=actor, now=LATER, ticket_id=ticket.pk, **given)

    with pytest.raises(NotAllowed):
        undo(colleague)
    for changes in (
        {"left": was},
        {"was": Holding(None, 10**9)},
        {"was": Holding(a_customer().user.pk, queue.pk)},
    ):
        with pytest.raises(Conflict):
            undo(agent, **changes)
    assert undo(agent).queue_id == queue.pk
    for queue_id, code in ((10**9, "no_queue"), (other.pk, "state_changed")):
        Ticket.objects.filter(pk=ticket.pk).update(state=State.RESOLVED.value)
        with pytest.raises(Conflict, match=code):
            change_queue(actor=agent, now=LATER, ticket_id=ticket.pk, queue_id=queue_id)


def test_who_serves_the_new_queue_too_keeps_the_ticket() -> None:
    queue, other = a_queue(), a_queue()
    agent = an_agent(queue, other)
    ticket = _line(queue, 1)[0]
    assign_to_me(actor=acting(agent), now=LATER, ticket_id=ticket.pk)
    moved = change_queue(actor=acting(agent), now=LATER, ticket_id=ticket.pk, queue_id=other.pk)
    assert (moved.queue_id, moved.assignee_id) == (other.pk, agent.pk)
    assert User.objects.get(pk=agent.pk).queues.count() == 2
    same = change_queue(actor=acting(agent), now=LATER, ticket_id=ticket.pk, queue_id=other.pk)
    assert Event.objects.filter(verb="ticket.queue_changed", subject_id=same.pk).count() == 1
