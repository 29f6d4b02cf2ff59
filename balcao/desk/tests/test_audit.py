"""The pages of the record: events in words, who saw what, and the seals."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.tests.desk import LATER, at, desk_of, text_of
from balcao.events import access, tasks
from balcao.events.models import Act, Batch, Event
from balcao.events.queries import seals_for
from balcao.events.sealing import seal_due
from balcao.policy.access import Role
from balcao.policy.numbers import show_number
from balcao.tickets.models import Message
from balcao.web.words import record
from tests.cast import (
    NOW,
    a_customer,
    a_member_of_staff,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)
from tests.contract.vocabulary import listed

pytestmark = pytest.mark.usefixtures("installation")


def test_every_event_is_told_in_words() -> None:
    """Add what is missing to balcao/web/words/record.py."""
    assert listed().keys() - record.VERBS.keys() == set()
    assert record.VERBS.keys() - listed().keys() == set()
    assert {entry.subject for entry in listed().values()} - record.KINDS.keys() == set()
    assert {verb.partition(".")[0] for verb in listed()} - record.SUBJECTS.keys() == set()


def test_an_auditor_reads_what_happened_by_person_thing_and_day() -> None:
    customer, other = a_customer(name="Ana Lima"), a_customer(name="Rui Braga")
    ticket = a_ticket(customer)
    a_ticket(other)
    auditor = a_member_of_staff(Role.AUDITOR)
    with at():
        client = desk_of(auditor)
        whole = text_of(client.get(reverse("desk_events")))
        assert "Ana Lima Request opened" in whole
        assert "Rui Braga Request opened" in whole
        for asked in (
            {"pessoa": customer.user.code},
            {"pessoa": str(customer.user.pk)},
            {"numero": show_number(ticket.number)},
            {"tipo": "tickets.ticket", "numero": ticket.number, "que": "ticket.opened"},
        ):
            found = text_of(client.get(reverse("desk_events"), asked))
            assert "Ana Lima Request opened" in found, asked
            assert "Rui Braga Request opened" not in found, asked
        day = NOW.date().isoformat()
        before = (NOW.date() - timedelta(days=1)).isoformat()
        assert "opened" in text_of(client.get(reverse("desk_events"), {"de": day, "ate": day}))
        nothing = text_of(client.get(reverse("desk_events"), {"ate": before}))
        assert "No event answers what was asked." in nothing


def test_what_an_event_says_is_told_in_words_and_its_codes_are_folded() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    an_answer(ticket, agent, now=LATER)
    with at():
        page = desk_of(a_member_of_staff(Role.AUDITOR)).get(reverse("desk_events"))
    html = page.content.decode()
    told = re.sub(r"<details>.*?</details>", "", html, flags=re.S)
    assert "Before: Open · After: In service" in text_of(page)
    assert "in_service" not in told
    assert re.search(r"<summary>Technical data</summary>.*?from: open.*?to: in_service", html, re.S)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"pessoa": "NINGUEM9"}, "Nobody has this user code."),
        ({"numero": "4827193059"}, "No ticket has this number."),
        ({"numero": "abc"}, "Type the number of a ticket, or choose what it is the number of."),
        ({"de": "ontem"}, "This is no date."),
        ({"depois": "9-9-9", "que": "no.such"}, "No event answers what was asked."),
        ({"depois": "999999999999999999-1"}, "Request opened"),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_said_and_kept(asked: dict[str, str], said: str) -> None:
    a_ticket(a_customer())
    with at():
        page = desk_of(a_member_of_staff(Role.AUDITOR)).get(reverse("desk_events"), asked)
    assert page.status_code == 200
    assert said in text_of(page)
    kept = asked.get("pessoa") or asked.get("numero") or ""
    assert kept in page.content.decode()


def test_a_long_record_is_read_page_by_page_and_every_event_once() -> None:
    for _ in range(12):
        a_ticket(a_customer())
    total = Event.objects.count()
    assert total > 50
    with at():
        client = desk_of(a_member_of_staff(Role.AUDITOR))
        total = Event.objects.count()
        address, seen, pages = reverse("desk_events"), 0, 0
        while address:
            page = client.get(address)
            html = page.content.decode()
            seen, pages = seen + html.count("<tr>") - 1, pages + 1
            older = re.search(r'href="([^"]*depois=[^"]*)"', html)
            address = unescape(older[1]) if older else ""
    assert seen == total
    assert pages == -(-total // 50)


def test_who_saw_a_ticket_and_what_somebody_saw_is_found_at_once() -> None:
    ticket, agent, auditor = a_ticket(a_customer()), an_agent(), a_member_of_staff(Role.AUDITOR)
    for kind, pk in ((access.TICKET, ticket.pk), ("people.user", agent.pk)):
        access.saw(Act.VIEWED, kind, pk, actor=acting(agent), now=NOW, address="203.0.113.9")
    with at():
        client = desk_of(auditor)
        for asked in ({"numero": ticket.number}, {"pessoa": agent.code}, {"que": "viewed"}):
            found = text_of(client.get(reverse("desk_access"), asked))
            assert f"Carla Souza Saw Ticket {show_number(ticket.number)} 203.0.113.9" in found
        assert "Nobody is on record" in text_of(client.get(reverse("desk_access"), {"que": "x"}))


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        (Role.AUDITOR, {"desk_events", "desk_access", "desk_seals"}),
        (Role.ADMINISTRATOR, {"desk_events", "desk_seals"}),
        (Role.SUPERVISOR, set()),
        (Role.AGENT, set()),
        (Role.SALES, set()),
    ],
)
def test_m1_the_record_is_for_those_whose_duty_it_is(role: Role, opens: set[str]) -> None:
    client = desk_of(a_member_of_staff(role))
    names = ("desk_events", "desk_access", "desk_seals")
    assert {name for name in names if client.get(reverse(name)).status_code == 200} == opens


def test_the_seals_page_names_the_last_seal_of_each_record() -> None:
    a_ticket(a_customer())
    auditor = a_member_of_staff(Role.AUDITOR)
    seal_due(LATER)
    a_ticket(a_customer())
    seal_due(LATER + timedelta(hours=1))
    last = Batch.objects.filter(log="events").order_by("pk").last()
    assert last
    assert [one.pk for one in seals_for(acting(auditor)).batches if one.log == "events"] == [
        last.pk
    ]


def test_the_seals_page_says_how_the_record_stands() -> None:
    a_ticket(a_customer())
    with at():
        client = desk_of(a_member_of_staff(Role.AUDITOR))
        fresh = text_of(client.get(reverse("desk_seals")))
        assert "the first check is still to come" in fresh
        assert "Not sealed yet: since" in fresh
        seal_due(LATER)
        tasks.check_record(now=LATER)
        assert "The record is whole" in text_of(client.get(reverse("desk_seals")))
        Message.objects.update(body="Outra coisa")
        tasks.check_record(now=LATER + timedelta(seconds=1))
        assert "Places changed: 1" in text_of(client.get(reverse("desk_seals")))


@pytest.mark.parametrize("name", ["desk_events", "desk_access", "desk_seals"])
def test_a_page_of_the_record_takes_at_most_eight_statements(name: str) -> None:
    agent = an_agent()
    for _ in range(3):
        ticket = a_ticket(a_customer())
        access.saw(Act.VIEWED, access.TICKET, ticket.pk, actor=acting(agent), now=NOW, address=None)
    seal_due(NOW)
    client = desk_of(a_member_of_staff(Role.AUDITOR))
    client.get(reverse(name))
    with CaptureQueriesContext(connection) as statements:
        client.get(reverse(name), {"tipo": "tickets.ticket"})
    assert len(statements) <= 8, "\n".join(row["sql"][:100] for row in statements)
