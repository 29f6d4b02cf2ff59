"""The desk's lists and the next in line."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from balcao.desk.tests.desk import at, desk_of, page, press, text_of, write
from balcao.people.models import User
from balcao.policy.access import Role
from balcao.tickets.models import Deadline, Queue, Ticket
from balcao.tickets.queries import View
from balcao.web import format
from tests.cast import (
    NOW,
    Customer,
    a_customer,
    a_member_of_staff,
    a_queue,
    a_ticket,
    an_agent,
    signed_in,
    the_queue,
)

pytestmark = pytest.mark.usefixtures("installation")

MINUTE = timedelta(minutes=1)


def _numbers(html: str) -> list[str]:
    return re.findall(r'data-number="(\d{10})"', html)


def _listed(client: Client, view: str = "fila", **query: str) -> list[str]:
    answer = client.get(reverse("desk_queue"), {"v": view, **query})
    assert answer.status_code == 200
    return _numbers(answer.content.decode())


def _line(queue: Queue, length: int, customer: Customer | None = None) -> list[Ticket]:
    customer = customer or a_customer()
    return [a_ticket(customer, queue=queue, now=NOW + n * MINUTE) for n in range(length)]


def _take_next(user: User) -> str:
    """The number of the ticket the button leads to."""
    answer = signed_in(user).post(reverse("desk_next"))
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_s30_take_next_leads_to_the_oldest_ticket_over_all_my_queues() -> None:
    first_queue, second_queue = a_queue(), a_queue()
    customer = a_customer()
    younger = a_ticket(customer, queue=first_queue, now=NOW + MINUTE)
    oldest = a_ticket(customer, queue=second_queue, now=NOW)
    a_ticket(customer, queue=a_queue(), now=NOW - MINUTE)
    with at():
        assert oldest.number in _take_next(an_agent(first_queue, second_queue))
        assert younger.number in _take_next(an_agent(first_queue, second_queue))


@pytest.mark.django_db(transaction=True)
def test_s30_two_agents_pressing_at_once_get_different_tickets(transactional_db: None) -> None:
    queue = a_queue()
    line = _line(queue, 6)
    agents = [an_agent(queue) for _ in range(4)]
    browsers = [signed_in(agent) for agent in agents]
    start = threading.Barrier(len(browsers))
    places: list[str] = []

    def ask(browser: Client) -> None:
        start.wait()
        try:
            places.append(browser.post(reverse("desk_next")).headers["Location"])
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    taken = {number for place in places for number in re.findall(r"/(\d{10})", place)}
    assert taken == {ticket.number for ticket in line[:4]}


def test_take_next_says_kindly_that_nobody_waits() -> None:
    agent = an_agent(a_queue())
    answer = desk_of(agent).post(reverse("desk_next"), follow=True)
    assert answer.status_code == 200
    assert "Nobody is waiting" in text_of(answer)


def test_s30_a_ticket_given_back_has_its_old_place_in_the_list() -> None:
    queue = a_queue()
    agent = an_agent(queue)
    browser = desk_of(agent)
    with at():
        line = [ticket.number for ticket in _line(queue, 3)]
        assert _listed(browser) == line
        assert line[0] in _take_next(agent)
        press(browser, "desk_give_back", Ticket.objects.get(number=line[0]))
        assert _listed(browser) == line
        assert line[0] in _take_next(an_agent(queue))


def test_s30_the_customers_answer_to_an_owned_ticket_never_reenters_the_queue() -> None:
    queue = a_queue()
    agent, customer = an_agent(queue), a_customer()
    browser = desk_of(agent)
    with at():
        owned, waiting = _line(queue, 2, customer)
        assert write(browser, owned, "Which version?", then="wait").status_code == 302
        assert _listed(browser) == [waiting.number]
        from_portal = signed_in(customer.user).post(
            reverse("ticket_reply", args=[owned.number]),
            {"body": "Version 12.", "key": "k" * 32},
        )
        assert from_portal.status_code == 302
        assert _listed(browser) == [waiting.number]
        assert _listed(browser, "meus") == [owned.number]


def test_a_row_shows_its_place_and_both_deadlines() -> None:
    queue = a_queue()
    ticket = a_ticket(a_customer(), queue=queue, subject="O ramal 204 não registra")
    with at():
        answer = desk_of(an_agent(queue)).get(reverse("desk_queue"))
    html, text = answer.content.decode(), text_of(answer)
    for word in ("Place in the queue: 1", format.number(ticket.number).replace("\u00a0", " ")):
        assert word in text
    assert "O ramal 204 não registra" in text
    assert ticket.organisation.name in text
    for due in Deadline.objects.filter(ticket=ticket).values_list("due_at", flat=True):
        assert due is not None
        with translation.override("en"):
            assert format.full(due, tz=format.zone("America/Recife")) in html


def test_s12_the_chip_counts_down_to_the_start_and_then_to_the_conclusion() -> None:
    queue = a_queue()
    ticket = a_ticket(a_customer(), queue=queue)
    agent = an_agent(queue)
    browser = desk_of(agent)
    with at():
        assert "Start in" in text_of(browser.get(reverse("desk_queue")))
        write(browser, ticket, "On it.")
        shown = text_of(browser.get(reverse("desk_queue"), {"v": "meus"}))
    assert "Conclusion in" in shown
    assert "Start in" not in shown


def test_the_list_goes_on_by_keyset_and_the_places_go_on_too() -> None:
    queue = a_queue()
    numbers = [ticket.number for ticket in _line(queue, 53)]
    browser = desk_of(an_agent(queue))
    first = browser.get(reverse("desk_queue"))
    assert _numbers(first.content.decode()) == numbers[:50]
    more = re.search(r'href="([^"]+depois=[^"]+)"[^>]*rel="next"', first.content.decode())
    assert more is not None
    second = browser.get(more[1].replace("&amp;", "&"))
    assert _numbers(second.content.decode()) == numbers[50:]
    assert "Place in the queue: 51" in text_of(second)


def test_the_queue_of_fifty_takes_at_most_eight_statements() -> None:
    queue = a_queue()
    _line(queue, 51)
    browser = desk_of(an_agent(queue))
    browser.get(reverse("desk_queue"))
    with CaptureQueriesContext(
        connection,
    ) as statements:
        answer = browser.get(reverse("desk_queue"))
    assert len(_numbers(answer.content.decode())) == 50
    assert len(statements) <= 8, "\n".join(row["sql"][:90] for row in statements)


def test_counts_stop_at_a_hundred_and_say_so() -> None:
    queue = a_queue()
    customer = a_customer()
    model = a_ticket(customer, queue=queue)
    rows = []
    for n in range(101):
        model.pk, model.number, model.opening_key = None, f"{n:010d}", f"copy-{n}"
        rows.append(Ticket(**{f.attname: getattr(model, f.attname) for f in Ticket._meta.fields}))
    Ticket.objects.bulk_create(rows)
    assert "99+" in text_of(desk_of(an_agent(queue)).get(reverse("desk_queue")))


def test_every_view_shows_its_own_tickets_only() -> None:
    queue = a_queue()
    agent, colleague, customer = an_agent(queue), an_agent(queue), a_customer()
    browser = desk_of(agent)
    with at():
        waiting, mine, theirs, done, asked = _line(queue, 5, customer)
        write(browser, mine, "Mine.")
        write(desk_of(colleague), theirs, "Theirs.")
        write(browser, done, "Done.", then="resolve")
        write(browser, asked, "Which one?", then="wait")
        shown = {
            view: set(_listed(browser, view))
            for view in (
                "fila",
                "meus",
                "sem-responsavel",
                "aguardando-cliente",
                "abertos",
                "resolvidos",
            )
        }
    everything = {row.number for row in (waiting, mine, theirs, asked)}
    assert shown == {
        "fila": {waiting.number},
        "meus": {mine.number, asked.number},
        "sem-responsavel": {waiting.number},
        "aguardando-cliente": {asked.number},
        "abertos": everything,
        "resolvidos": {done.number},
    }


@pytest.mark.parametrize(
    "view",
    ["fila", "meus", "sem-responsavel", "aguardando-cliente", "abertos", "resolvidos", "nonsense"],
)
def test_an_empty_view_says_what_it_would_hold(view: str) -> None:
    answer = desk_of(an_agent(a_queue())).get(reverse("desk_queue"), {"v": view})
    assert answer.status_code == 200
    assert 'class="empty-title"' in answer.content.decode()


@pytest.mark.parametrize("cursor", ["x", "1-2", "9" * 60, "1-2-3-4", "-1-2-3", "%00"])
def test_a_cursor_nobody_made_starts_at_the_beginning(cursor: str) -> None:
    queue = a_queue()
    ticket = a_ticket(a_customer(), queue=queue)
    assert _listed(desk_of(an_agent(queue)), depois=cursor) == [ticket.number]


def test_an_agent_without_a_queue_is_told_whom_to_ask() -> None:
    agent = a_member_of_staff(Role.AGENT)
    a_ticket(a_customer())
    shown = text_of(desk_of(agent).get(reverse("desk_queue")))
    assert "You are in no queue yet" in shown


_LISTED_TO = {
    Role.AGENT: ("Take the next one in line", "Every ticket of your queues has had"),
    Role.SUPERVISOR: ("Take the next one in line", "Every ticket has had its first answer"),
    Role.SALES: ("Only tickets that are assigned to you", "Every ticket has had its first answer"),
    Role.AUDITOR: (
        "Only tickets that are assigned to you",
        "Every ticket has had its first answer",
    ),
}


@pytest.mark.parametrize("role", list(_LISTED_TO))
def test_an_empty_view_says_what_its_reader_can_expect_of_it(role: Role) -> None:
    """A supervisor, sales and the auditor see every queue and need to be in none."""
    queues = (a_queue(),) if role is Role.AGENT else ()
    browser = desk_of(a_member_of_staff(role, queues=queues))
    said = {view: text_of(browser.get(reverse("desk_queue"), {"v": view.value})) for view in View}
    for view, text in said.items():
        assert "You are in no queue yet" not in text, view
        assert "has had its first answer" not in text or view is View.QUEUE
    mine, queue = _LISTED_TO[role]
    assert "You have no ticket" in said[View.MINE]
    assert mine in said[View.MINE]
    assert "Nobody is waiting" in said[View.QUEUE]
    assert queue in said[View.QUEUE]
    assert ("Take next" in said[View.QUEUE]) == (role in {Role.AGENT, Role.SUPERVISOR})
    assert "Nobody called you" in said[View.MENTIONS]
    assert "Nothing was resolved yet" in said[View.DONE]


def test_who_is_in_no_queue_is_not_told_that_nobody_waits() -> None:
    a_ticket(a_customer())
    browser = desk_of(a_member_of_staff(Role.AGENT))
    said = text_of(browser.post(reverse("desk_next"), follow=True))
    assert "You are in no queue yet" in said
    assert "Nobody is waiting" not in said


def test_a_script_gets_the_list_alone_with_the_open_ticket_marked() -> None:
    queue = a_queue()
    first, second = _line(queue, 2)
    answer = desk_of(an_agent(queue)).get(
        reverse("desk_queue"), {"atual": second.number}, headers={"HX-Request": "true"}
    )
    html = answer.content.decode()
    assert "<html" not in html
    marked = re.findall(r'data-number="(\d+)" aria-current="true"', html)
    assert marked == [second.number]
    assert html.count("<hx-partial") == 2, "the menu's counts come with it"
    assert _numbers(html) == [first.number, second.number]


def test_b5_only_the_team_enters_the_desk() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    queue = the_queue()
    for role in (Role.AGENT, Role.SUPERVISOR, Role.AUDITOR, Role.SALES):
        staff = a_member_of_staff(role, queues=(queue,))
        assert signed_in(staff).get(reverse("desk_queue")).status_code == 200, role
        assert page(signed_in(staff), ticket).status_code == 200, role
    for outsider in (customer.user, a_member_of_staff(Role.ADMINISTRATOR)):
        for answer in (
            signed_in(outsider).get(reverse("desk_queue")),
            page(signed_in(outsider), ticket),
            signed_in(outsider).post(reverse("desk_next")),
        ):
            assert answer.status_code == 403
            assert ticket.subject not in answer.content.decode()
    stranger = Client().get(reverse("desk_queue"))
    assert stranger.status_code == 302
    assert stranger.headers["Location"].startswith(reverse("sign_in"))


def test_an_auditor_sees_the_line_and_cannot_take_from_it() -> None:
    ticket = a_ticket(a_customer(), queue=a_queue())
    auditor = a_member_of_staff(Role.AUDITOR)
    answer = desk_of(auditor).get(reverse("desk_queue"), {"v": "abertos"})
    assert "Take next" not in text_of(answer)
    assert signed_in(auditor).post(reverse("desk_next")).status_code == 403
    assert Ticket.objects.get(pk=ticket.pk).assignee_id is None


def _menu(person: User, route: str) -> str:
    html = signed_in(person).get(reverse(route)).content.decode()
    found = re.search(r'<nav class="views".*?</nav>', html, re.S)
    assert found is not None
    return found.group()


def test_the_menu_of_an_agent_is_short_and_a_supervisors_folds_what_is_opened_rarely() -> None:
    agent, supervisor = an_agent(), a_member_of_staff(Role.SUPERVISOR)
    assert "<details" not in _menu(agent, "desk_queue")
    folded = _menu(supervisor, "desk_queue")
    headings = re.findall(r'view-group">(.*?)(?: <svg|<)', folded)
    assert len(headings) == len(set(headings)) == 6
    assert "<details" in folded
    assert "<details open" not in folded.replace('class="view-fold" ', "")
    at_rules = _menu(supervisor, "rules").replace('class="view-fold" ', "")
    assert at_rules.count("<details open") == 1


def test_the_list_is_the_page_until_a_ticket_stands_beside_it() -> None:
    queue = a_queue()
    ticket = a_ticket(a_customer(), queue=queue)
    browser = desk_of(an_agent(queue))
    listed = browser.get(reverse("desk_queue")).content.decode()
    opened = page(browser, ticket).content.decode()
    for html, is_main in ((listed, True), (opened, False)):
        pane = re.search(r'<section id="desk-list-pane"[^>]*>', html)
        assert pane
        assert ('role="main"' in pane.group()) == is_main


def test_a_telephone_shows_the_promise_that_comes_next() -> None:
    queue = a_queue()
    ticket = a_ticket(a_customer(), queue=queue)
    browser = desk_of(an_agent(queue))

    def folded() -> list[str]:
        html = page(browser, ticket).content.decode()
        clocks = html[html.index("ticket-clocks") : html.index("head-fold")]
        both = ("Start", "Conclusion")
        return [what for what in both if 'head-rest"><time' in _before(clocks, what)]

    def _before(html: str, what: str) -> str:
        return html[: html.index(what)].rpartition("<span")[2]

    with at():
        assert folded() == ["Conclusion"]
        write(browser, ticket, "Bom dia.")
        assert folded() == ["Start"]
