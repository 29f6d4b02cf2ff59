"""Exceptions at the desk (R14): asked from a refusal, answered by a second person, taken back."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.exceptions.forms import new_key
from balcao.desk.tests.desk import at, desk_of, page, text_of
from balcao.policy.access import Role
from balcao.policy.book.changes import Topic
from balcao.policy.lifecycle import Verb
from balcao.tickets.actions import Refused
from balcao.tickets.models import Objection, Override
from tests.cast import (
    NOW,
    TODAY,
    YEAR,
    Customer,
    a_customer,
    a_member_of_staff,
    a_policy_change,
    a_supervisor,
    a_ticket,
    an_agent,
    an_answer,
    an_override,
)

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def refused() -> tuple[Customer, Objection]:
    """A customer whose opening was refused, and the refusal."""
    customer = a_customer(licence_until=TODAY - YEAR)
    with pytest.raises(Refused):
        a_ticket(customer)
    return customer, Objection.objects.get(organisation=customer.organisation)


def form(address: str, client: Client, **changes: Any) -> Any:
    """Send the form at ``address`` as a browser would."""
    data = {
        "key": new_key(),
        "rules": ["S5"],
        "scope": "organisation",
        "door": "",
        "service": "",
        "begins": "",
        "ends": local(NOW + DAY),
        "reason": "Renovação em andamento.",
        **changes,
    }
    return client.post(address, data)


def local(moment: datetime) -> str:
    """A moment as a browser's field holds it, in Recife."""
    return (moment - 3 * HOUR).strftime("%Y-%m-%dT%H:%M")


def from_refusal(refusal: Objection) -> str:
    return f"{reverse('exception_new')}?{urlencode({'recusa': refusal.pk})}"


def one(row: Override) -> str:
    return reverse("exception", args=[row.pk])


def test_r14_a_refusal_becomes_an_exception_by_two_supervisors() -> None:
    customer, refusal = refused()
    first, second = desk_of(a_supervisor(name="Nina Prado")), desk_of(a_supervisor())
    address = from_refusal(refusal)
    with at(NOW + HOUR):
        page = first.get(address)
        assert customer.organisation.name in text_of(page)
        assert 'value="S5" checked' in page.content.decode()
        sent = form(address, first)
        row = Override.objects.get(organisation=customer.organisation)
        assert sent.url == one(row)
        assert (row.rules, row.ticket, row.begins) == (["S5"], None, NOW + HOUR)
        assert row.ends == NOW + DAY
        assert "Waiting for a second person" in text_of(first.get(one(row)))
        answer = reverse("exception_answer", args=[row.pk])
        assert first.post(answer, {"answer": "approve"}).status_code == 403
        assert "Approve" in text_of(second.get(one(row)))
        sent = second.post(answer, {"answer": "approve", "note": "Ok."})
        assert sent["Location"] == one(row)
        shown = text_of(second.get(one(row)))
    assert "In force" in shown
    assert "Ok." in shown
    assert a_ticket(customer, now=NOW + 2 * HOUR).pk


def test_r14_what_is_wrong_is_said_and_nothing_typed_is_lost() -> None:
    customer, refusal = refused()
    client, address = desk_of(a_supervisor()), from_refusal(refusal)
    with at(NOW + HOUR):
        for changes, said in (
            ({"rules": []}, "Choose at least one rule."),
            ({"reason": " "}, "Write the reason."),
            ({"ends": ""}, "Say when it ends."),
            ({"ends": local(NOW - DAY)}, "The end must be in the future."),
            ({"ends": local(NOW + 40 * DAY)}, "An exception lasts at most 30 days."),
            ({"begins": local(NOW + 2 * DAY)}, "The end must come after the beginning."),
            ({"ends": "amanhã"}, "Write a date and a time."),
        ):
            answer = form(address, client, **changes)
            assert answer.status_code == 422
            assert said in text_of(answer)
            if "reason" not in changes:
                assert "Renovação em andamento." in answer.content.decode()
    assert not Override.objects.filter(organisation=customer.organisation).exists()


def test_r14_a_ticket_that_cannot_be_served_leads_to_an_exception_for_it() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    an_answer(ticket, agent, then=Verb.RESOLVE)
    supervisor = desk_of(a_supervisor())
    late = NOW + 10 * DAY
    address = f"{reverse('exception_new')}?chamado={ticket.number}&regra=S22"
    with at(late):
        shown = supervisor.get(reverse("desk_ticket", args=[ticket.number])).content.decode()
        assert address.replace("&", "&amp;") in shown
        form(address, supervisor, rules=["S22"], scope="ticket", ends=local(late + DAY))
        row = Override.objects.get(ticket=ticket)
        agents = desk_of(agent).get(reverse("desk_ticket", args=[ticket.number]))
        assert "excecoes/nova" not in agents.content.decode()
    assert (row.rules, row.organisation) == (["S22"], customer.organisation)


def test_r14_a_customer_who_is_not_covered_leads_to_an_exception_for_them() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    supervisor = desk_of(a_supervisor())
    address = f"{reverse('exception_new')}?empresa={customer.organisation.pk}&regra=S5"
    page = reverse("desk_ticket", args=[ticket.number])
    with at(NOW + HOUR):
        assert "excecoes/nova" not in supervisor.get(page).content.decode()
    customers = reverse("desk_goods", args=[customer.organisation.pk])
    with at(NOW + HOUR):
        assert "excecoes/nova" not in supervisor.get(customers).content.decode()
    with at(NOW + 2 * YEAR):
        supervisor = desk_of(a_supervisor())
        assert address.replace("&", "&amp;") in supervisor.get(customers).content.decode()
        assert address.replace("&", "&amp;") in supervisor.get(page).content.decode()
        assert customer.organisation.name in text_of(supervisor.get(address))


def test_r14_agents_ask_where_the_policy_lets_them_and_see_their_own_only() -> None:
    customer, other = a_customer(), a_customer()
    agent = an_agent()
    ticket, client = a_ticket(customer), desk_of(agent)
    address = f"{reverse('exception_new')}?chamado={ticket.number}&regra=S22"
    theirs = an_override(other)
    with at(NOW + HOUR):
        assert client.get(address).status_code == 403
        assert client.get(reverse("exceptions")).status_code == 403
        a_policy_change(Topic.EXCEPTIONS, {"override": {"ask": ["agent", "supervisor"]}})
        assert client.get(address).status_code == 200
        form(address, client, rules=["S22"], scope="ticket")
        row = Override.objects.get(ticket=ticket)
        shown = text_of(client.get(reverse("exceptions")))
        assert customer.organisation.name in shown
        assert client.get(one(row)).status_code == 200
        assert client.get(one(theirs)).status_code == 404
        in_force = text_of(client.get(f"{reverse('exceptions')}?v=em-vigor"))
    assert other.organisation.name not in in_force


@pytest.mark.parametrize("role", [Role.AGENT, Role.SALES, Role.ADMINISTRATOR])
def test_m1_other_roles_find_no_exceptions(role: Role) -> None:
    row = an_override(a_customer())
    client = desk_of(a_member_of_staff(role))
    with at(NOW + HOUR):
        assert client.get(reverse("exceptions")).status_code == 403
        assert client.get(one(row)).status_code == 404
        for route in ("exception_answer", "exception_end"):
            assert client.post(reverse(route, args=[row.pk])).status_code == 404


def test_m1_the_auditor_reads_and_presses_nothing() -> None:
    row = an_override(a_customer(), approved=False)
    client = desk_of(a_member_of_staff(Role.AUDITOR))
    with at(NOW + HOUR):
        shown = client.get(one(row)).content.decode()
        assert "Approve" not in shown
        answer = client.post(reverse("exception_answer", args=[row.pk]), {"answer": "approve"})
        assert answer.status_code == 403
    row.refresh_from_db()
    assert row.state == "asked"


def test_r14_too_late_is_said_and_the_note_is_kept() -> None:
    row = an_override(a_customer(), approved=False)
    client = desk_of(a_supervisor())
    answer = reverse("exception_answer", args=[row.pk])
    with at(NOW + HOUR):
        assert client.post(answer, {"answer": "perhaps"}).status_code == 422
    with at(NOW + 2 * DAY):
        late = client.post(answer, {"answer": "approve", "note": "Pode ser."})
    assert late.status_code == 409
    assert "Somebody was faster, or the time to answer is over." in text_of(late)


def test_r14_taking_back_ends_it_and_twice_is_said() -> None:
    row = an_override(a_customer())
    client = desk_of(a_supervisor())
    end = reverse("exception_end", args=[row.pk])
    with at(NOW + HOUR):
        assert client.post(end)["Location"] == one(row)
        assert "Taken back by" in text_of(client.get(one(row)))
        assert client.post(end).status_code == 409


def test_r14_the_lists_show_what_stands_where_and_how_often_it_was_used() -> None:
    customer, other = a_customer(licence_until=TODAY - YEAR), a_customer()
    used, unused = an_override(customer), an_override(other, rules=("S34",))
    waiting = an_override(other, approved=False)
    for _ in range(2):
        a_ticket(customer)
    client = desk_of(a_supervisor())
    address = reverse("exceptions")
    with at(NOW + HOUR):
        by_company = f"{address}?v=em-vigor&empresa={customer.organisation.pk}"
        page = client.get(by_company)
        assert f'{reverse("exception", args=[used.pk])}"' in page.content.decode()
        assert 'data-label="Used" class="book-number">2<' in page.content.decode()
        assert other.organisation.name not in text_of(page)
        by_rule = client.get(f"{address}?v=em-vigor&regra=S34").content.decode()
        assert one(unused) in by_rule
        assert one(used) not in by_rule
        by_person = client.get(f"{address}?v=em-vigor&pessoa={used.asked_by_id}").content.decode()
        assert one(used) in by_person
        assert one(unused) not in by_person
        asked = client.get(address).content.decode()
    assert one(waiting) in asked


@pytest.mark.parametrize("query", ["v=x", "empresa=a", "regra=S3", "depois=x", "pessoa=-1"])
def test_an_address_nobody_made_shows_the_list(query: str) -> None:
    with at(NOW + HOUR):
        page = desk_of(a_supervisor()).get(f"{reverse('exceptions')}?{query}")
    assert page.status_code == 200


@pytest.mark.parametrize("query", ["", "empresa=x", "recusa=999999999", "chamado=1", "empresa=0"])
def test_asking_for_nothing_that_exists_is_a_404(query: str) -> None:
    with at(NOW + HOUR):
        page = desk_of(a_supervisor()).get(f"{reverse('exception_new')}?{query}")
    assert page.status_code == 404


def test_the_list_of_exceptions_takes_at_most_eight_statements() -> None:
    customer = a_customer()
    for _ in range(5):
        an_override(customer)
    client = desk_of(a_supervisor())
    with at(NOW + HOUR), CaptureQueriesContext(connection) as statements:
        assert client.get(f"{reverse('exceptions')}?v=em-vigor").status_code == 200
    assert len(statements) <= 8, "\n".join(row["sql"][:90] for row in statements)


def test_r14_what_an_exception_lets_in_is_covered_by_it_while_it_lasts() -> None:
    customer = a_customer(licence_until=TODAY - timedelta(days=1))
    an_override(customer, ends=NOW + timedelta(days=2))
    browser, ticket = desk_of(an_agent()), a_ticket(customer)
    for moment, said in (
        (NOW, "By an exception of ours"),
        (NOW + timedelta(days=3), "Not covered"),
    ):
        with at(moment):
            assert said in text_of(page(browser, ticket))
