"""The pages of remote access, time spent, another product and separating."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.forms import new_key
from balcao.desk.tests.desk import LATER, at, desk_of, page, text_of
from balcao.policy.access import Role
from balcao.policy.lifecycle import Verb
from balcao.tickets import actions
from balcao.tickets.models import RemoteSession, Ticket, TimeSpent
from tests.cast import (
    NOW,
    TODAY,
    Customer,
    a_customer,
    a_member_of_staff,
    a_policy_in_force,
    a_queue,
    a_supervisor,
    a_ticket,
    acting,
    an_agent,
    an_answer,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("installation")

DAY = timedelta(days=1)
ROUTES = ("desk_remote", "desk_work", "desk_product_change", "desk_split")


def _get(client: Client, route: str, ticket: Ticket) -> Any:
    return client.get(reverse(route, args=[ticket.number]))


def _post(client: Client, route: str, ticket: Ticket, **data: object) -> Any:
    return client.post(reverse(route, args=[ticket.number]), {"key": new_key(), **data})


def _begin(client: Client, ticket: Ticket, **data: object) -> Any:
    wanted = {"tool": "AnyDesk", "session": "123 456 789", "consent": "Ana Lima", "door": "phone"}
    return _post(client, "desk_remote", ticket, **{**wanted, **data})


def _licence(customer: Customer) -> int:
    assert customer.licence
    return customer.licence.pk


def test_b5_another_queues_agent_finds_nothing_and_sales_and_auditor_are_refused() -> None:
    queue = a_queue()
    ticket = a_ticket(a_customer(), queue=queue)
    with at():
        outsider = desk_of(an_agent(a_queue()))
        sales = desk_of(a_member_of_staff(Role.SALES))
        auditor = desk_of(a_member_of_staff(Role.AUDITOR))
        for route in ROUTES:
            assert _get(outsider, route, ticket).status_code == 404, route
            assert _get(sales, route, ticket).status_code == 403, route
        for route in ("desk_remote", "desk_product_change", "desk_split"):
            assert _get(auditor, route, ticket).status_code == 403, route
            assert _post(auditor, route, ticket).status_code == 403, route
        assert _get(auditor, "desk_work", ticket).status_code == 200, "an auditor reads it"
        assert _post(auditor, "desk_time", ticket, minutes="5").status_code == 403
        insider = desk_of(an_agent(queue))
        assert {_get(insider, route, ticket).status_code for route in ROUTES} == {200}


def test_r3_a_remote_access_is_begun_seen_by_both_sides_and_ended() -> None:
    customer, agent = a_customer(), an_agent(name="Carla Souza")
    ticket = a_ticket(customer)
    with at():
        desk = desk_of(agent)
        assert _begin(desk, ticket).status_code == 302
        said = "Remote access with Carla Souza by AnyDesk since 14:00, with the consent of Ana Lima"
        shown = text_of(page(desk, ticket))
        assert shown.count(said) == 2, "a banner, and a line of the conversation"
        assert "Remote access is going on" in shown
        portal = signed_in(customer.user)
        mine = text_of(portal.get(reverse("ticket", args=[ticket.number])))
        assert "Acesso remoto em andamento" in mine
        assert "123 456 789" not in mine
    session = RemoteSession.objects.get(ticket=ticket)
    with at(LATER + timedelta(minutes=38)):
        end = reverse("desk_remote_end", args=[ticket.number, session.pk])
        assert desk.post(end).status_code == 302
        shown = text_of(page(desk, ticket))
        assert (
            "by AnyDesk, from 14:00 to 14:38, with the consent of Ana Lima (by telephone)" in shown
        )
        assert "Remote access is going on" not in shown
        mine = text_of(portal.get(reverse("ticket", args=[ticket.number])))
        assert "das 14:00 às 14:38, com o consentimento de Ana Lima (por telefone)" in mine
        assert "Acesso remoto em andamento" not in mine


def test_a_remote_access_that_was_left_open_is_shown_as_forgotten_to_the_team_only() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    with at():
        desk = desk_of(agent)
        _begin(desk, ticket)
    with at(LATER + timedelta(hours=8)):
        shown = page(desk_of(agent), ticket).content.decode()
        assert "notice-late" in shown
        assert "was it forgotten?" in shown
        mine = signed_in(customer.user).get(reverse("ticket", args=[ticket.number]))
        assert "notice-late" not in mine.content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        {"session": "123 456 789 senha 4421"},
        {"session": "987654321 k3j9x2"},
        {"tool": "AnyDesk pwd"},
        {"consent": "Ana, senha Abcd1234"},
    ],
)
def test_a9_what_looks_like_a_password_is_not_taken_and_nothing_typed_is_lost(
    typed: dict[str, str],
) -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    with at():
        desk = desk_of(agent)
        answer = _begin(desk, ticket, **typed)
        assert answer.status_code == 422
        assert "This looks like a password" in text_of(answer)
        assert all(value in answer.content.decode() for value in typed.values())
        assert not RemoteSession.objects.filter(ticket=ticket).exists()
        assert _begin(desk, ticket).status_code == 302


def test_s22_a_remote_access_without_an_open_ticket_is_refused_in_words() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    an_answer(ticket, agent, now=NOW, then=Verb.RESOLVE)
    with at():
        answer = _begin(desk_of(agent), ticket)
    assert answer.status_code == 409
    assert "S22" in text_of(answer)
    assert "AnyDesk" in answer.content.decode()
    assert not RemoteSession.objects.filter(ticket=ticket).exists()


def test_a_second_remote_access_is_told_of_the_first() -> None:
    ticket, agent, colleague = a_ticket(a_customer()), an_agent(), an_agent(name="Davi Melo")
    with at():
        _begin(desk_of(agent), ticket)
        desk = desk_of(colleague)
        answer = _begin(desk, ticket)
        assert answer.status_code == 409
        assert "A remote access is going on already" in text_of(answer)
        session = RemoteSession.objects.get(ticket=ticket)
        end = reverse("desk_remote_end", args=[ticket.number, session.pk])
        assert desk.post(end).status_code == 403, "a colleague does not end it"
        other = reverse("desk_remote_end", args=[a_ticket(a_customer()).number, session.pk])
        assert desk.post(other).status_code == 404
        assert desk_of(a_supervisor()).post(end).status_code == 302


def test_time_is_noted_summed_by_person_and_taken_back() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent(name="Carla Souza")
    with at():
        desk = desk_of(agent)
        assert _post(desk, "desk_time", ticket, minutes="25", note="Cabo").status_code == 302
        _post(desk_of(an_agent(name="Davi Melo")), "desk_time", ticket, minutes="65")
        shown = text_of(_get(desk, "desk_work", ticket))
        assert "Time spent 1 h 30 Davi Melo 1 h 05 Carla Souza 25 min" in shown
        assert "Cabo" in shown
        assert "Time spent : 1 h 30" in text_of(page(desk, ticket)).replace("spent:", "spent :")
        mine = TimeSpent.objects.get(ticket=ticket, minutes=25)
        theirs = TimeSpent.objects.get(ticket=ticket, minutes=65)
        for time, status in ((mine, 302), (theirs, 403)):
            address = reverse("desk_time_remove", args=[ticket.number, time.pk])
            assert desk.post(address).status_code == status
        assert Ticket.objects.get(pk=ticket.pk).spent_minutes == 65
        fragment = desk.get(
            reverse("desk_work", args=[ticket.number]), headers={"HX-Request": "true"}
        )
        assert "<html" not in fragment.content.decode()
        assert "1 h 05" in text_of(fragment)
        noted = desk.post(
            reverse("desk_time", args=[ticket.number]),
            {"key": new_key(), "minutes": "10"},
            headers={"HX-Request": "true"},
        )
        assert "Time spent 1 h 15" in text_of(noted)
        assert "<html" not in noted.content.decode()


@pytest.mark.parametrize("minutes", ["0", "-5", "1441", "", "uma hora"])
def test_time_that_is_none_comes_back_as_it_was_typed(minutes: str) -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    with at():
        answer = _post(desk_of(agent), "desk_time", ticket, minutes=minutes, note="Cabo")
    assert answer.status_code == 422
    assert 'value="Cabo"' in answer.content.decode()
    assert not TimeSpent.objects.filter(ticket=ticket).exists()


def test_supervisors_read_who_noted_how_much_and_agents_do_not() -> None:
    ticket = a_ticket(a_customer())
    agent = an_agent(name="Zulmira Paz")
    with at():
        _post(desk_of(agent), "desk_time", ticket, minutes="90")
        book = text_of(desk_of(a_supervisor()).get(reverse("desk_times")))
        assert "Zulmira Paz 1 1 h 30" in book
        assert desk_of(agent).get(reverse("desk_times")).status_code == 403
    with at(LATER + 8 * DAY):
        later = text_of(desk_of(a_supervisor()).get(reverse("desk_times")))
        assert "Zulmira Paz" not in later
        longer = desk_of(a_supervisor()).get(reverse("desk_times"), {"dias": "30"})
        assert "Zulmira Paz" in text_of(longer)


def test_s05_another_product_is_refused_in_words_and_allowed_once_the_licence_is_valid() -> None:
    customer, agent = a_customer(licence_until=TODAY + DAY), an_agent()
    ticket = a_ticket(customer)
    sent = {"licence": _licence(customer), "service": "question"}
    with at(NOW + 3 * DAY):
        answer = _post(desk_of(agent), "desk_product_change", ticket, **sent)
        assert answer.status_code == 409
        said = text_of(answer)
        assert "S5" in said
        assert "2121-9797" in said, "the way out"
        assert Ticket.objects.get(pk=ticket.pk).service.slug == "incident"
    with at():
        answer = _post(desk_of(agent), "desk_product_change", ticket, **sent)
        assert answer.status_code == 302
        assert Ticket.objects.get(pk=ticket.pk).service.slug == "question"


def test_a_ticket_that_went_to_another_queue_leads_its_old_agent_back_to_the_list() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    line = a_queue()
    line.services.add(ticket.service)
    Ticket.objects.filter(pk=ticket.pk).update(
        service=a_ticket(a_customer(), service="other").service
    )
    with at():
        answer = _post(
            desk_of(agent),
            "desk_product_change",
            ticket,
            licence=_licence(customer),
            service="incident",
        )
    line.services.clear()
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("desk_queue") + "?")
    assert Ticket.objects.get(pk=ticket.pk).queue_id == line.pk


def test_r18_sales_cannot_be_asked_while_the_customer_is_waited_for() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    a_policy_in_force({"scope.saas": {"*": "allow", "custom_report": "ask"}})
    an_answer(ticket, agent, now=NOW, then=Verb.WAIT_CUSTOMER)
    with at():
        answer = _post(
            desk_of(agent),
            "desk_product_change",
            ticket,
            licence=_licence(customer),
            service="custom_report",
        )
    assert answer.status_code == 409
    assert "Sales has to be asked about this service" in text_of(answer)


def _statements(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as statements:
        assert act().status_code in (200, 302)
    return len(statements)


def test_a_write_takes_at_most_twenty_five_statements_and_a_page_twelve() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    an_answer(ticket, agent, now=NOW)
    about = {"licence": _licence(customer), "service": "question"}
    with at():
        desk = desk_of(agent)
        _get(desk, "desk_work", ticket)
        counts = [
            _statements(lambda: _post(desk, "desk_product_change", ticket, **about)),
            _statements(lambda: _begin(desk, ticket)),
            _statements(lambda: _post(desk, "desk_time", ticket, minutes="5")),
        ]
        assert max(counts) <= 25, counts
        pages = [_statements(lambda route=route: _get(desk, route, ticket)) for route in ROUTES]  # type: ignore[misc]
        assert max(pages) <= 12, pages


def test_a_message_that_goes_along_takes_no_statement_more() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    for n in range(4):
        actions.customer_message(
            actor=customer.actor, now=NOW, ticket_id=ticket.pk, body=f"Mais {n}", key=f"{n}"
        )
    said = list(ticket.messages.order_by("pk"))
    counts = []
    for chosen in (said[:1], said):
        question = actions.Question(
            subject="Como?",
            service="question",
            licence_id=_licence(customer),
            message_ids=tuple(row.pk for row in chosen),
        )
        with CaptureQueriesContext(connection) as statements:
            actions.split(
                actor=acting(agent),
                now=LATER,
                ticket_id=ticket.pk,
                question=question,
                key=str(len(chosen)),
            )
        counts.append(len(statements))
    assert counts[1] == counts[0]


def test_what_can_be_done_is_offered_with_its_reason() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    with at():
        desk = desk_of(agent)
        for label in ("Remote access", "Change product", "Separate a question", "Time spent"):
            assert label in text_of(page(desk, ticket))
    an_answer(ticket, agent, now=LATER, then=Verb.RESOLVE)
    with at(LATER + timedelta(hours=1)):
        shown = text_of(page(desk, ticket))
    assert "Change product Not possible while the ticket is “Resolved”" in shown
