"""A ticket's page and the buttons that need no text."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.tests.desk import (
    LATER,
    a_conversation,
    at,
    desk_of,
    page,
    press,
    tables,
    text_of,
    write,
)
from balcao.events.queue import run_pending
from balcao.policy.access import Role
from balcao.policy.lifecycle import State, Verb
from balcao.tickets.actions import raise_deadlines, run_due
from balcao.tickets.models import Deadline, Queue, Ticket
from balcao.web import format
from tests.cast import (
    NOW,
    a_customer,
    a_member_of_staff,
    a_policy_in_force,
    a_queue,
    a_ticket,
    an_agent,
    an_answer,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("installation")

POSTS = (
    "desk_reply",
    "desk_note",
    "desk_take",
    "desk_give_back",
    "desk_resolve",
    "desk_reopen",
    "desk_state",
)


@pytest.fixture
def queue() -> Queue:
    return a_queue()


def _state(ticket: Ticket) -> str:
    return Ticket.objects.values_list("state", flat=True).get(pk=ticket.pk)


def test_a_ticket_of_a_foreign_queue_is_the_same_404_as_one_that_never_was(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    insider, outsider = desk_of(an_agent(queue)), desk_of(an_agent(a_queue()))
    assert page(insider, ticket).status_code == 200
    foreign = page(outsider, ticket)
    unknown = outsider.get(reverse("desk_ticket", args=["1234567890"]))
    assert foreign.status_code == unknown.status_code == 404
    assert text_of(foreign) == text_of(unknown)
    for route in ("desk_why", "desk_history"):
        assert outsider.get(reverse(route, args=[ticket.number])).status_code == 404
    for route in POSTS:
        assert press(outsider, route, ticket, body="x", key="a" * 32).status_code == 404, route
    assert ticket.messages.count() == 1
    assert _state(ticket) == State.OPEN.value


def test_s12_s13_both_deadlines_stand_on_the_page_relative_and_absolute(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    with at():
        answer = page(desk_of(an_agent(queue)), ticket)
    text, html = text_of(answer), answer.content.decode()
    for kind, named in (("start", "Start in"), ("resolution", "Conclusion in")):
        due = Deadline.objects.get(ticket=ticket, kind=kind).due_at
        assert due is not None
        shown = format.absolute(due, now=LATER, tz=format.zone("America/Recife"))
        assert named in text
        assert f'datetime="{format.stamp(due)}"' in html
        assert shown.rsplit(" ", 1)[1] in text


def test_r3_taking_a_ticket_does_not_start_service_and_the_first_reply_does(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    browser = desk_of(an_agent(queue))
    with at():
        assert press(browser, "desk_take", ticket).status_code == 302
        start = Deadline.objects.get(ticket=ticket, kind="start")
        assert (start.met_at, _state(ticket)) == (None, State.OPEN.value)
        assert write(browser, ticket, "Looking into it.").status_code == 302
        start.refresh_from_db()
    assert (start.met_at, _state(ticket)) == (LATER, State.IN_SERVICE.value)


def test_only_one_of_two_agents_takes_a_ticket_and_the_other_reads_who(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    first = desk_of(an_agent(queue, name="Davi Rocha"))
    second = desk_of(an_agent(queue))
    assert press(first, "desk_take", ticket).status_code == 302
    late = press(second, "desk_take", ticket)
    assert late.status_code == 409
    assert "Davi Rocha was faster" in text_of(late)
    assert press(first, "desk_take", ticket).status_code == 302, "mine already: nothing to refuse"


def test_resolving_and_reopening_go_by_the_buttons(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    agent = an_agent(queue)
    browser = desk_of(agent)
    with at():
        assert press(browser, "desk_reopen", ticket).status_code == 409
        silent = press(browser, "desk_resolve", ticket)
        assert silent.status_code == 409
        assert "Nothing was resolved Nobody has served it yet" in text_of(silent)
        assert _state(ticket) == State.OPEN.value
        an_answer(ticket, agent, now=LATER)
        assert press(browser, "desk_resolve", ticket).status_code == 302
        assert _state(ticket) == State.RESOLVED.value
        assert press(browser, "desk_resolve", ticket).status_code == 409
        assert "Reopen" in text_of(page(browser, ticket))
        assert press(browser, "desk_reopen", ticket).status_code == 302
    assert _state(ticket) == State.IN_SERVICE.value


def test_a_ticket_moves_by_its_menu_only_where_the_table_leads(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    agent = an_agent(queue)
    browser = desk_of(agent)
    with at():
        write(browser, ticket, "One moment.")
        assert "Wait for a third party" in text_of(page(browser, ticket))
        assert press(browser, "desk_state", ticket, verb="wait_third").status_code == 422
        waits = {"who": "A operadora", "protocol": "", "review_on": "2026-11-20"}
        assert press(browser, "desk_third", ticket, **waits).status_code == 302
        assert _state(ticket) == State.WAITING_THIRD.value
        assert press(browser, "desk_state", ticket, verb="resume").status_code == 302
        assert _state(ticket) == State.IN_SERVICE.value
        for verb in ("close", "submit", "start", "", "nonsense"):
            assert press(browser, "desk_state", ticket, verb=verb).status_code == 422, verb
        assert press(browser, "desk_state", ticket, verb="cancel").status_code == 403
    assert _state(ticket) == State.IN_SERVICE.value


def test_a_closed_ticket_shows_its_buttons_with_the_reason(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    agent = an_agent(queue)
    an_answer(ticket, agent)
    browser = desk_of(agent)
    with at():
        press(browser, "desk_resolve", ticket)
    run_due(LATER + timedelta(days=30))
    with at(LATER + timedelta(days=30)):
        answer = page(desk_of(agent), ticket)
    text = text_of(answer)
    assert "Only within 7 days of being resolved." in text
    assert "Ticket closed (S22)" in text
    assert 'aria-disabled="true"' in answer.content.decode()
    assert reverse("desk_reopen", args=[ticket.number]) not in answer.content.decode()


def test_an_auditor_reads_everything_and_is_offered_nothing(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    browser = desk_of(an_agent(queue))
    with at():
        write(browser, ticket, "Canary of the note", kind="note")
        auditor = desk_of(a_member_of_staff(Role.AUDITOR))
        answer = page(auditor, ticket)
        assert "Canary of the note" in text_of(answer)
        html = answer.content.decode()
        for route in POSTS:
            assert reverse(route, args=[ticket.number]) not in html
            refused = press(auditor, route, ticket, body="x", key="a" * 32, verb="resume")
            assert refused.status_code == 403, route
        assert auditor.get(reverse("desk_history", args=[ticket.number])).status_code == 200
    assert ticket.messages.count() == 2


def test_sales_reads_the_ticket_without_its_notes_and_its_history(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    with at():
        write(desk_of(an_agent(queue)), ticket, "Canary of the note", kind="note")
        answer = page(desk_of(a_member_of_staff(Role.SALES)), ticket)
    assert answer.status_code == 200
    assert "Canary of the note" not in text_of(answer)
    assert "History" not in text_of(answer)


def test_the_page_says_what_covers_the_ticket(queue: Queue) -> None:
    covered = a_ticket(a_customer(), queue=queue)
    agent = an_agent(queue)
    with at():
        assert "Covered : SaaS contract" in text_of(page(desk_of(agent), covered))
    with at(NOW + timedelta(days=800)):
        lapsed = text_of(page(desk_of(agent), covered))
    assert "Not covered" in lapsed


def test_a_script_gets_the_pane_alone_with_its_title(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    browser = desk_of(an_agent(queue))
    address = reverse("desk_ticket", args=[ticket.number])
    html = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in html
    assert "<title>" in html
    assert 'id="composer"' in html
    whole = browser.get(address).content.decode()
    assert whole.count("<html") == 1
    assert 'data-focus="ticket"' in whole


def test_the_ticket_takes_at_most_twelve_statements_whatever_its_length(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    agent = an_agent(queue)
    browser = desk_of(agent)
    for n in range(20):
        an_answer(ticket, agent, body=f"Answer {n}.")
    page(browser, ticket)
    for headers in ({}, {"HX-Request": "true"}):
        with CaptureQueriesContext(connection) as statements:
            browser.get(reverse("desk_ticket", args=[ticket.number]), headers=headers)
        assert len(statements) <= 12, "\n".join(row["sql"][:90] for row in statements)


def test_why_this_deadline_lists_stretches_that_add_up(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    browser = desk_of(an_agent(queue))
    with at(NOW + timedelta(hours=1)):
        write(browser, ticket, "Which version?", then="wait")
    with at(NOW + timedelta(hours=4)):
        answer = browser.get(reverse("desk_why", args=[ticket.number]))
    text = text_of(answer)
    assert answer.status_code == 200
    assert "Promised: 24 h" in text
    assert "Promised: 40 h" in text
    assert "Paused: the customer was asked" in text
    assert "Counted: 1 h of 24 h" in text, "the start was met after an hour"
    assert "Counted so far: 1 h of 40 h" in text
    assert "policy version 1" in text


def test_r4_the_history_tells_from_when_to_when_a_deadline_moved_and_why(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    silent = a_ticket(a_customer(), queue=queue)
    agent = an_agent(queue)
    an_answer(silent, agent, now=NOW, then=Verb.WAIT_CUSTOMER)
    for days in (2, 5, 7):
        run_due(NOW + timedelta(days=days))
    raise_deadlines(NOW + timedelta(hours=25))
    period = {
        "begins": "2026-11-13T13:00-03:00",
        "ends": "2026-11-13T23:00-03:00",
        "reason": "Temporal",
    }
    a_policy_in_force({"suspended.periods": [period]})
    run_pending(NOW + timedelta(hours=26))
    browser = desk_of(agent)
    with at():
        text = text_of(browser.get(reverse("desk_history", args=[ticket.number])))
        other = text_of(browser.get(reverse("desk_history", args=[silent.number])))
    assert "The start deadline moved from today at 12:00 to today at 22:00" in text
    assert "the deadlines were suspended for a time (version 2). It is no longer late." in text
    assert "The customer was reminded" in other
    assert "Resolved: the customer did not answer" in other


def test_the_history_tells_what_happened_and_out_of_turn(queue: Queue) -> None:
    customer = a_customer()
    a_ticket(customer, queue=queue, now=NOW - timedelta(hours=1))
    ticket = a_ticket(customer, queue=queue)
    browser = desk_of(an_agent(queue))
    address = reverse("desk_history", args=[ticket.number])
    with at():
        press(browser, "desk_take", ticket)
        write(browser, ticket, "Looking into it.", then="resolve")
        text = text_of(browser.get(address))
        lines = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "out of turn: it was no. 2 in the queue" in text
    for happened in ("Request opened", "Service started", "Resolved"):
        assert happened in text
    assert "<html" not in lines
    assert "ticket." not in text, "every event has words"


def test_the_history_tells_of_claims_and_of_promises_not_kept(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    agent = an_agent(queue)
    with at():
        assert ticket.number in desk_of(agent).post(reverse("desk_next")).headers["Location"]
    run_due(LATER + timedelta(minutes=5))
    for days in (2, 5):
        raise_deadlines(NOW + timedelta(days=days))
    with at(NOW + timedelta(days=5)):
        text = text_of(desk_of(agent).get(reverse("desk_history", args=[ticket.number])))
    lines = [
        "Request opened",
        "Taken as the next in line",
        "The reservation ran out: back in its old place",
        "The start deadline passed",
        "The conclusion deadline passed",
    ]
    places = [text.find(line) for line in lines]
    assert -1 not in places
    assert places == sorted(places)


def test_l1_reading_every_page_of_the_desk_changes_nothing(queue: Queue) -> None:
    customer = a_customer()
    ticket = a_ticket(customer, queue=queue)
    agent = an_agent(queue)
    an_answer(ticket, agent)
    readers = [desk_of(agent), desk_of(a_member_of_staff(Role.AUDITOR)), desk_of(customer.user)]
    number = ticket.number
    addresses = [
        *(f"{reverse('desk_queue')}?v={view}" for view in ("fila", "meus", "resolvidos")),
        *(reverse(name, args=[number]) for name in ("desk_ticket", "desk_why", "desk_history")),
        *(reverse(name, args=[number]) for name in POSTS),
        reverse("desk_next"),
    ]
    before = untouched()
    for reader in readers:
        for address in addresses:
            reader.get(address)
            reader.get(address, headers={"HX-Request": "true"})
            reader.head(address)
    assert untouched() == before


def untouched() -> dict[str, object]:
    """All tables but the log of who saw what, which reading fills (A9)."""
    return {name: rows for name, rows in tables() if name != "events_access"}


def test_l1_no_press_counts_without_the_token_of_our_own_page(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    agent = an_agent(queue)
    strict = signed_in(agent, csrf=True)
    before = dict(tables())
    for route in POSTS:
        answer = press(strict, route, ticket, body="x", key="a" * 32, verb="resume")
        assert answer.status_code == 403, route
    assert strict.post(reverse("desk_next")).status_code == 403
    assert dict(tables()) == before
    strict.get(reverse("desk_ticket", args=[ticket.number]))
    token = strict.cookies["balcao_csrf"].value
    allowed = press(strict, "desk_take", ticket, csrfmiddlewaretoken=token)
    assert allowed.status_code == 302


def test_a_long_conversation_shows_its_end_first_and_the_rest_on_request(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    agent = an_agent(queue)
    a_conversation(ticket, agent, length=60)
    browser = desk_of(agent)
    found: list[str] = []
    address: str | None = reverse("desk_ticket", args=[ticket.number])
    pages = 0
    while address:
        html = unescape(browser.get(address).content.decode())
        found = re.findall(r"Answer no\. \d\d", html) + found
        older = re.search(r'href="([^"]*antes=\d+)"', html)
        address = older.group(1) if older else None
        pages += 1
    assert pages == 3
    assert found == [f"Answer no. {n:02}" for n in range(60)]
    assert (
        browser.get(reverse("desk_ticket", args=[ticket.number]), {"antes": "x"}).status_code == 200
    )


def test_l1_the_forms_of_a_page_carry_one_token_and_the_next_page_another(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    browser = desk_of(an_agent(queue))
    pages = [page(browser, ticket).content.decode() for _ in range(2)]
    found = [set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', html)) for html in pages]
    assert [len(tokens) for tokens in found] == [1, 1]
    assert found[0] != found[1]


def test_a_resolved_ticket_takes_no_more_statements_than_an_open_one(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    agent = an_agent(queue)
    an_answer(ticket, agent, then=Verb.RESOLVE)
    browser = desk_of(agent)
    page(browser, ticket)
    with at(), CaptureQueriesContext(connection) as statements:
        answer = page(browser, ticket)
    assert "reopen it to reply" in text_of(answer)
    assert len(statements) <= 12, "\n".join(row["sql"][:90] for row in statements)
