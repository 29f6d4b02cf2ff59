"""The simulator's page."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.tests.desk import LATER, at, desk_of, text_of
from balcao.people import actions as people
from balcao.policy.access import SYSTEM, Role
from balcao.policy.book.changes import Topic
from balcao.web import format
from tests.cast import (
    NOW,
    Customer,
    a_change,
    a_customer,
    a_member_of_staff,
    a_policy_change,
    a_queue,
    a_ticket,
    acting,
    an_administrator,
    an_agent,
    nights,
    the_queue,
)

pytestmark = pytest.mark.usefixtures("installation")

LAPSED = date(2026, 11, 1)


@pytest.fixture
def supervisor() -> Client:
    return desk_of(a_member_of_staff(Role.SUPERVISOR))


def ask(client: Client, **query: str) -> Any:
    with at():
        answer = client.get(reverse("desk_simulator"), {"act": "open", "door": "portal", **query})
    assert answer.status_code == 200
    return answer


def test_p1_it_says_the_rules_the_words_the_deadlines_and_the_queue(supervisor: Client) -> None:
    customer = a_customer()
    text = text_of(ask(supervisor, who=customer.user.code, service="incident"))
    assert "Version 1, in force Allowed" in text
    assert "S5 Opening needs at least one valid licence at that moment." in text
    assert f"Queue {the_queue().name}" in text
    assert "in 1 day · tomorrow at 14:00" in text
    assert "Sat, 14 Nov 2026, 14:00 (Recife time)" in text
    assert "The registered address gets the number and both deadlines." in text


def test_p1_a_refusal_shows_what_the_customer_would_read_and_the_team_the_rule(
    supervisor: Client,
) -> None:
    text = text_of(ask(supervisor, who=a_customer(licence_until=LAPSED).user.code))
    assert "Refused: Licence expired" in text
    assert "S5 Opening needs at least one valid licence" in text
    assert "expired on 1 Nov 2026, and opening a request needs a valid one." in text
    assert "Next step Renew with sales" in text
    assert "Deadlines" not in text


def test_p1_the_same_address_gives_the_same_answer_and_leaves_no_trace(supervisor: Client) -> None:
    customer = a_customer(licence_until=LAPSED)
    address = ask(supervisor, who=customer.user.code, at="2026-10-31T23:30").wsgi_request
    again = desk_of(an_agent())
    with CaptureQueriesContext(connection) as asked:
        answer = again.get(address.get_full_path())
    assert "Version 1, in force Allowed" in text_of(answer)
    assert "Sat, 31 Oct 2026, 23:30 (Recife time)" in text_of(answer)
    assert [row["sql"] for row in asked if not row["sql"].lstrip("(").startswith("SELECT")] == []


def test_p1_an_earlier_version_and_a_change_stand_beside_the_one_in_force() -> None:
    lapsed = a_customer(licence_until=LAPSED)
    a_policy_change(Topic.RULES, {"rules": {"S5": "warn"}})
    keeper = an_administrator()
    change = a_change(acting(keeper), Topic.DEADLINES, {"sla": {"start_hours": 1}})
    client = desk_of(keeper)
    beside = text_of(ask(client, who=lapsed.user.code, against="v1"))
    assert "Version 2, in force Allowed" in beside
    assert "S5 Would only warn the team: Licence expired" in beside
    assert "Version 1 Refused: Licence expired" in beside
    tried = text_of(ask(client, who=lapsed.user.code, against=f"m{change.pk}"))
    assert "in 1 h · today at 15:00" in tried


@pytest.mark.parametrize("value", ["v9", "m9", "v1", "x1", "v", "vx", "m-1", "v99999999999999"])
def test_what_the_reader_may_not_read_is_not_tried(value: str) -> None:
    text = text_of(ask(desk_of(an_agent()), against=value))
    assert "Version 1, in force Refused: Not registered" in text
    assert "Version 1 Refused" not in text


def test_p1_every_door_answers_about_a_ticket(supervisor: Client) -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    about = {"ticket": format.number(ticket.number), "who": customer.user.code}
    for door in ("portal", "email", "phone", "whatsapp", "chat", "api"):
        assert "Version 1, in force Allowed" in text_of(
            ask(supervisor, act="continue", door=door, **about)
        ), door
    stranger = text_of(ask(supervisor, act="continue", door="email", ticket=ticket.number))
    assert "What goes out by e-mail Your message arrived, but was not added" in stranger
    unproved = text_of(ask(supervisor, act="continue", door="email", unproved="1", **about))
    assert "Nothing is sent" in unproved
    serving = text_of(ask(supervisor, act="serve", ticket=ticket.number))
    assert "S22 No technical service without an open ticket." in serving
    assert ticket.subject not in serving
    nothing = text_of(ask(supervisor, act="serve", ticket="0000000000"))
    assert "no ticket has the number 0000000000" in nothing
    assert "Refused: No open ticket" in nothing


def test_b1_somebody_who_sees_no_ticket_learns_nothing_of_any() -> None:
    ticket = a_ticket(a_customer())
    for user in (an_agent(a_queue()), an_administrator()):
        answers = [
            text_of(ask(desk_of(user), act="serve", ticket=number))
            for number in (ticket.number, "0000000000")
        ]
        assert "You do not see a ticket with this number." in answers[0]
        assert answers[0].replace(ticket.number, "0000000000") == answers[1]


def test_what_was_typed_stays_when_something_cannot_be_read(supervisor: Client) -> None:
    answer = ask(supervisor, who="Fulano & Cia", at="amanhã cedo", licence="DIR-1")
    html = answer.content.decode()
    assert 'value="Fulano &amp; Cia"' in html
    assert 'value="amanhã cedo"' in html
    assert "Nobody answers to this." in text_of(answer)
    assert "Write a day and a time" in text_of(answer)


def test_somebody_of_two_companies_is_asked_for_which(supervisor: Client) -> None:
    first, second = a_customer(), a_customer(licence_until=LAPSED)
    from_both = _of_both(first, second)
    text = text_of(ask(supervisor, who=from_both))
    assert "This person acts for several companies: choose one." in text
    chosen = text_of(ask(supervisor, who=from_both, company=str(second.organisation.pk)))
    assert "Refused: Licence expired" in chosen


def _of_both(first: Customer, second: Customer) -> str:
    people.join(actor=SYSTEM, now=NOW, user=first.user, organisation=second.organisation)
    return first.user.code


def test_p2_a_hundred_moments_after_midnight_utc_show_their_local_day(supervisor: Client) -> None:
    customer = a_customer()
    for moment in nights():
        local = moment - timedelta(hours=3)  # Recife keeps no summer time
        due = local + timedelta(hours=24)
        text = text_of(ask(supervisor, who=customer.user.code, at=moment.isoformat()))
        assert f"{local:%a}, {local.day} {local:%b %Y}, {local:%H:%M} (Recife time)" in text
        assert f"in 1 day · tomorrow at {due:%H:%M}" in text
        assert f"{due:%a}, {due.day} {due:%b %Y}, {due:%H:%M} (Recife time)" in text


def test_the_simulator_takes_as_many_statements_whatever_there_is(supervisor: Client) -> None:
    customer = a_customer()
    counts = []
    for _ in range(2):
        ticket = a_ticket(customer)
        ask(supervisor, who=customer.user.code)
        for query in ({"act": "open"}, {"act": "serve", "ticket": ticket.number}):
            with at(), CaptureQueriesContext(connection) as asked:
                supervisor.get(
                    reverse("desk_simulator"),
                    {"door": "portal", "who": customer.user.code, **query},
                )
            counts.append(len(asked))
        for _ in range(5):
            a_ticket(customer, now=LATER)
            a_customer()
    assert counts[:2] == counts[2:]
    assert max(counts) <= 25
