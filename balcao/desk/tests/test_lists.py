"""The desk's lists as somebody likes them: narrowed, ordered, saved, and where the desk begins."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from balcao.desk.place import Place, read_place
from balcao.desk.tests.desk import at, desk_of, page, text_of, write
from balcao.people.models import User
from balcao.policy.access import Role
from balcao.policy.lifecycle import State
from balcao.tickets.models import SavedView, Ticket
from balcao.tickets.queries import Order, TicketFilter, View
from balcao.tickets.queries.lists import ClockFilter
from tests.cast import (
    NOW,
    a_customer,
    a_member_of_staff,
    a_queue,
    a_supervisor,
    a_ticket,
    an_agent,
)

pytestmark = pytest.mark.usefixtures("installation")

MINUTE = timedelta(minutes=1)
ADDRESS = "/mesa/"


def _numbers(html: str) -> list[str]:
    return re.findall(r'data-number="(\d{10})"', html)


def _listed(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"{ADDRESS}?{query}")
    assert answer.status_code == 200
    return _numbers(answer.content.decode())


places = st.builds(
    Place,
    view=st.sampled_from(View),
    cursor=st.from_regex(r"\A[0-9]{1,9}-[0-9]{1,9}\Z"),
    only=st.builds(
        TicketFilter,
        queue=st.none() | st.integers(0, 10**9),
        state=st.sampled_from(["", *(state.value for state in State)]),
        person=st.none() | st.integers(0, 10**9),
        organisation=st.none() | st.integers(0, 10**9),
        clock=st.none() | st.sampled_from(ClockFilter),
        text=st.sampled_from(["", "ramal mudo", "a&b=c", "ç%"]),
    ),
    order=st.none() | st.sampled_from(Order),
)


@given(places)
def test_a_place_in_an_address_is_read_as_it_was_written(place: Place) -> None:
    assert read_place(QueryDict(place.query.removeprefix("?"))) == place


@pytest.mark.parametrize(
    "query",
    [
        "assignee__password__startswith=a",
        "ordem=queue__slug",
        "ordem=-changed_at",
        "estado=open%00",
        "empresa=1%20or%201",
        "empresa=" + "9" * 30,
        "fila=-1",
        "prazo=due_at__lt",
        "pessoa=%D9%A3",
        "v=fila__in",
        "depois=changed_at__gt-1",
    ],
)
def test_b7_what_nobody_could_have_chosen_reaches_no_query(query: str) -> None:
    queue = a_queue()
    tickets = [a_ticket(a_customer(), queue=queue, now=NOW + n * MINUTE) for n in range(2)]
    browser = desk_of(an_agent(queue))
    with CaptureQueriesContext(connection) as statements:
        assert _listed(browser, query) == [ticket.number for ticket in tickets]
    value = query.partition("=")[2]
    assert not any(value in row["sql"] for row in statements if len(value) > 4)


def test_each_chip_takes_its_own_filter_away_and_leaves_the_others() -> None:
    queue = a_queue()
    customer, other = a_customer(), a_customer()
    mine = a_ticket(customer, queue=queue, subject="Ramal mudo")
    a_ticket(other, queue=queue, subject="Ramal mudo")
    a_ticket(customer, queue=queue, subject="Sem linha")
    query = f"v=abertos&empresa={customer.organisation.pk}&texto=ramal&fila={queue.pk}"
    browser = desk_of(an_agent(queue))
    html = browser.get(f"{ADDRESS}?{query}").content.decode()
    assert _numbers(html) == [mine.number]
    assert f"Company: {customer.organisation.name}" in text_of(browser.get(f"{ADDRESS}?{query}"))
    found = re.findall(r'href="([^"]+)" title="Show all again"', html)
    assert len(found) == 3
    for href, left in zip(found, (1, 2, 2), strict=True):
        assert len(_listed(browser, href.replace("&amp;", "&").partition("?")[2])) == left


def test_the_form_leads_to_the_shortest_address_and_works_as_a_page_too() -> None:
    queue = a_queue()
    customer = a_customer()
    a_ticket(customer, queue=queue)
    browser = desk_of(an_agent(queue))
    shown = browser.get(reverse("desk_filters"), {"v": "meus"})
    assert customer.organisation.name not in text_of(shown), "the view has no ticket of theirs"
    shown = browser.get(reverse("desk_filters"), {"v": "abertos", "estado": "open"})
    assert customer.organisation.name in text_of(shown)
    assert '<option value="open" selected>' in shown.content.decode()
    pane = browser.get(reverse("desk_filters"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in pane
    assert 'name="ordem"' not in pane, "the queue keeps its order (S30)"
    given = {"v": "abertos", "aplicar": "1", "estado": "open", "empresa": "", "texto": ""}
    answer = browser.get(reverse("desk_filters"), given)
    assert answer.headers["Location"] == "/mesa/?v=abertos&estado=open"


def test_the_list_stays_beside_the_ticket_as_it_was_narrowed() -> None:
    queue = a_queue()
    ticket = a_ticket(a_customer(), queue=queue)
    browser = desk_of(an_agent(queue))
    with at():
        html = page(browser, ticket, v="abertos", estado="open", ordem="prazo").content.decode()
        assert "v=abertos&amp;estado=open&amp;ordem=prazo" in html
        sent = write(browser, ticket, "Oi", lugar="?v=abertos&estado=open&ordem=prazo")
    assert "v=abertos&estado=open&ordem=prazo" in sent.headers["Location"]


def test_s30_the_queue_keeps_its_order_whatever_the_address_says() -> None:
    queue = a_queue()
    line = [a_ticket(a_customer(), queue=queue, now=NOW + n * MINUTE).number for n in range(4)]
    browser = desk_of(an_agent(queue))
    for order in Order:
        assert _listed(browser, f"v=fila&ordem={order.value}") == line


def test_columns_and_order_are_kept_per_person_and_cost_no_statement() -> None:
    queue = a_queue()
    customer = a_customer()
    first = a_ticket(customer, queue=queue, service="question")
    second = a_ticket(customer, queue=queue, now=NOW + MINUTE)
    Ticket.objects.filter(pk=first.pk).update(changed_at=NOW - MINUTE)
    agent, colleague = an_agent(queue, name="Caio Dias"), an_agent(queue)
    browser = desk_of(agent)
    assert _listed(browser, "v=abertos") == [first.number, second.number]
    with CaptureQueriesContext(connection) as before:
        browser.get(f"{ADDRESS}?v=abertos")
    answer = browser.post(
        reverse("desk_display"),
        {"lugar": "?v=abertos", "coluna": ["queue", "service", "nonsense"], "ordem": "mudanca"},
    )
    assert answer.headers["Location"] == "/mesa/?v=abertos"
    with CaptureQueriesContext(connection) as after:
        shown = browser.get(f"{ADDRESS}?v=abertos")
    assert len(after) == len(before)
    assert _numbers(shown.content.decode()) == [second.number, first.number]
    row = text_of(shown).partition(second.subject)[2]
    assert queue.name in row
    assert customer.organisation.name not in row
    assert _listed(browser, "v=sem-responsavel") == [first.number, second.number], "its own order"
    assert _listed(browser, "v=abertos&ordem=envio") == [first.number, second.number]
    assert _listed(desk_of(colleague), "v=abertos") == [first.number, second.number]
    kept = User.objects.get(pk=agent.pk).settings
    assert kept["list_columns"] == ["queue", "service"]


def test_a_pinned_list_is_where_the_desk_begins() -> None:
    agent = an_agent(a_queue())
    browser = desk_of(agent)
    start = reverse("desk_start")
    assert browser.get(start).headers["Location"] == "/mesa/"
    browser.post(reverse("desk_pin"), {"lugar": "?v=meus&ordem=prazo", "fixar": "1"})
    assert browser.get(start).headers["Location"] == "/mesa/?v=meus&ordem=prazo"
    shown = browser.get(reverse("desk_display"), {"v": "meus", "ordem": "prazo"})
    assert "Begin in the queue again" in text_of(shown)
    browser.post(reverse("desk_pin"), {"lugar": "?v=meus", "fixar": "0"})
    assert browser.get(start).headers["Location"] == "/mesa/"
    User.objects.filter(pk=agent.pk).update(settings={"desk_home": "v=x__y&https://fora.example"})
    assert browser.get(start).headers["Location"] == "/mesa/?v=fila"


def _save(client: Client, name: str, **more: Any) -> Any:
    data = {"lugar": "?v=abertos&estado=open&depois=1-1", "nome": name, **more}
    return client.post(reverse("desk_view_save"), data)


def test_a_saved_view_is_ones_own_and_the_teams_is_kept_by_supervisors() -> None:
    queue = a_queue()
    agent, colleague = desk_of(an_agent(queue)), desk_of(an_agent(queue))
    supervisor = desk_of(a_supervisor())
    assert _save(agent, "Meus abertos").status_code == 302
    assert _save(agent, "De todos", equipe="1").status_code == 403
    assert _save(supervisor, "De todos", equipe="1").status_code == 302
    assert SavedView.objects.get(name="De todos").query == "v=abertos&estado=open"
    assert "Meus abertos" in text_of(agent.get(ADDRESS))
    for browser in (colleague, supervisor):
        shown = browser.get(f"{ADDRESS}?v=abertos&estado=open")
        assert "Meus abertos" not in text_of(shown)
        assert "De todos" in text_of(shown)
        current = re.findall(
            r'aria-current="page"[^>]*>\s*(?:<svg.*?</svg>)\s*([^<]+)', shown.content.decode()
        )
        assert {one.strip() for one in current} == {"De todos"}
    mine = SavedView.objects.get(name="Meus abertos")
    team = SavedView.objects.get(name="De todos")
    assert colleague.post(reverse("desk_view_remove", args=[mine.pk])).status_code == 403
    assert agent.post(reverse("desk_view_remove", args=[team.pk])).status_code == 403
    for browser, row in ((agent, mine), (supervisor, team)):
        assert browser.post(reverse("desk_view_remove", args=[row.pk])).status_code == 302
        assert browser.post(reverse("desk_view_remove", args=[row.pk])).status_code == 302
    assert not SavedView.objects.exists()


def test_a_name_that_is_taken_gets_the_new_list_and_a_bad_one_is_asked_for_again() -> None:
    browser = desk_of(an_agent(a_queue()))
    _save(browser, "Hoje")
    _save(browser, " Hoje ", lugar="?v=vencem-hoje")
    assert SavedView.objects.get().query == "v=vencem-hoje"
    for name in ("", "  ", "x" * 61):
        answer = _save(browser, name)
        assert answer.status_code == 422
        assert "Give the view a name" in text_of(answer)
    for n in range(29):
        _save(browser, f"Lista {n}")
    answer = _save(browser, "Mais uma")
    assert (answer.status_code, SavedView.objects.count()) == (409, 30)
    assert 'value="Mais uma"' in answer.content.decode()


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AGENT])
def test_every_view_filter_and_order_of_fifty_takes_at_most_eight_statements(role: Role) -> None:
    queue = a_queue()
    customer = a_customer()
    model = a_ticket(customer, queue=queue)
    values = {f.attname: getattr(model, f.attname) for f in Ticket._meta.fields if f.name != "id"}
    user = a_member_of_staff(role, queues=(queue,))
    Ticket.objects.bulk_create(
        Ticket(**{**values, "number": f"{n:010d}", "opening_key": f"copy-{n}"}) for n in range(60)
    )
    _save(desk_of(user), "Minha")
    browser = desk_of(user)
    browser.get(ADDRESS)
    wide = f"empresa={customer.organisation.pk}&fila={queue.pk}&servico={model.service_id}"
    queries = [
        *(f"v={view.value}" for view in View),
        *(f"v=abertos&ordem={order.value}" for order in Order),
        f"v=fila&{wide}&estado=open&canal=portal&pessoa={user.pk}&prazo=breve&texto=ramal",
        f"v=fila&{wide}",
    ]
    for query in queries:
        with CaptureQueriesContext(connection) as statements:
            answer = browser.get(f"{ADDRESS}?{query}")
        assert answer.status_code == 200
        told = "\n".join(row["sql"][:90] for row in statements)
        assert len(statements) <= 8, f"{query}\n{told}"
