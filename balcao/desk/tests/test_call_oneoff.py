"""The call card of a one-off: its own coverage, what it is used for, and one call at a time."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balcao.desk.tests.desk import at, desk_of, text_of
from balcao.desk.tests.test_calls import check, known, press
from balcao.tickets.models import Call, Decision, Message, ScopeQuestion, Ticket
from tests.cast import Customer, a_customer, an_agent
from tests.sales import a_sold_ticket, described

NIGHT = datetime(2026, 11, 13, 23, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture(autouse=True)
def _now() -> Any:
    with at():
        yield


@pytest.fixture
def buyer() -> Customer:
    return a_customer(with_contract=False, with_licence=False, name="Marta Lima")


def on_the_line(desk: Client, ticket: Ticket, buyer: Customer) -> Call:
    call = known(desk, buyer)
    assert check(desk, ticket.number).status_code == 302
    return call


def test_s33_the_card_shows_what_the_one_off_covers_and_that_it_is_used(buyer: Customer) -> None:
    ticket, desk = a_sold_ticket(buyer), desk_of(an_agent())
    call = on_the_line(desk, ticket, buyer)
    page = desk.get(reverse("desk_call", args=[call.pk]))
    shown = text_of(page)
    assert "coverage-ok" in page.content.decode()
    assert "Not covered:" not in shown.partition("What for?")[0]
    assert "This describes the problem and uses the one-off" in shown
    assert f"Call with {buyer.user.name}" in shown
    press(desk, "desk_call_served", call, summary="Parou de gravar.", service="incident")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.prepaid and ticket.prepaid.last) == ("in_service", "consumed")
    later = known(desk, buyer)
    check(desk, ticket.number)
    assert "uses the one-off" not in text_of(desk.get(reverse("desk_call", args=[later.pk])))


def test_s34_what_is_not_covered_is_refused_on_the_telephone_too(buyer: Customer) -> None:
    ticket, desk = a_sold_ticket(buyer), desk_of(an_agent())
    call = on_the_line(desk, ticket, buyer)
    said = press(
        desk, "desk_call_served", call, summary="Trocar os drivers.", service="driver_change"
    )
    assert said.status_code == 409
    assert "Nothing was used." in text_of(said)
    assert "Trocar os drivers." in said.content.decode()
    ticket.refresh_from_db()
    assert (ticket.state, ticket.prepaid and ticket.prepaid.last) == ("sold", "sold")
    assert not Message.objects.filter(ticket=ticket).exists()
    refused = Decision.objects.filter(ticket=ticket, verdict="refuse").latest("pk")
    assert "S34" in refused.rules
    assert (refused.door, Call.objects.get(pk=call.pk).ended_at) == ("phone", None)


def test_s27_out_of_hours_the_agent_takes_down_what_the_caller_needs(buyer: Customer) -> None:
    ticket = a_sold_ticket(buyer)
    with at(NIGHT):
        desk = desk_of(an_agent())
        call = on_the_line(desk, ticket, buyer)
        shown = text_of(desk.get(reverse("desk_call", args=[call.pk])))
        assert "One-off requests are served in business hours; we are back" in shown
        assert "Tell me the problem now: I write it down, and it is in line already." in shown
        assert "uses nothing yet" in shown
        empty = press(desk, "desk_call_taken_down", call, summary="", service="incident")
        assert empty.status_code == 422
        served = press(desk, "desk_call_served", call, summary="Não grava.", service="incident")
        assert served.status_code == 409
        assert "Não grava." in served.content.decode()
        sent = press(desk, "desk_call_taken_down", call, summary="Não grava.", service="incident")
        assert "is served when we open" in text_of(desk.get(sent["Location"]))
        assert "Taken down" in text_of(desk.get(reverse("desk_calls")))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.started_at, ticket.subject) == ("open", None, "Não grava.")
    assert ticket.prepaid
    assert ticket.prepaid.last == "submitted"
    assert "Não grava." in Message.objects.get(ticket=ticket).body
    assert Call.objects.get(pk=call.pk).outcome == "taken_down"


def test_s27_out_of_hours_a_caller_of_a_request_in_line_is_told_where_to_write(
    buyer: Customer,
) -> None:
    ticket = a_sold_ticket(buyer)
    described(ticket)
    with at(NIGHT):
        desk = desk_of(an_agent())
        known(desk, buyer)
        said = check(desk, ticket.number)
    assert said.status_code == 422
    assert "You may write to suporte@direction.com.br at any hour" in text_of(said)
    assert "it goes straight into the line" not in text_of(said)


def test_r18_what_nobody_listed_is_asked_of_sales_and_uses_nothing(buyer: Customer) -> None:
    ticket, desk = a_sold_ticket(buyer), desk_of(an_agent())
    call = on_the_line(desk, ticket, buyer)
    sent = press(desk, "desk_call_served", call, summary="Outra coisa.", service="other")
    assert "nothing is used until then" in text_of(desk.get(sent["Location"]))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.started_at) == ("asking_sales", None)
    assert ticket.prepaid
    assert ticket.prepaid.last == "submitted"
    assert ScopeQuestion.objects.filter(ticket=ticket, answered_at=None).count() == 1
    assert "Outra coisa." in Message.objects.get(ticket=ticket).body


def test_s36_the_service_is_asked_of_a_one_off_and_of_no_other_ticket(buyer: Customer) -> None:
    ticket, desk = a_sold_ticket(buyer), desk_of(an_agent())
    call = on_the_line(desk, ticket, buyer)
    for service in ("", "no_such_service"):
        said = press(desk, "desk_call_served", call, summary="Parou.", service=service)
        assert (said.status_code, "Choose the service." in text_of(said)) == (422, True)
        assert "Parou." in said.content.decode()


def test_s17_the_next_callers_number_is_not_judged_against_who_is_on_the_line(
    buyer: Customer,
) -> None:
    other = a_customer(name="Ademar Reis")
    ticket, desk = a_sold_ticket(buyer), desk_of(an_agent())
    call = known(desk, other)
    page = desk.get(reverse("desk_call_new"))
    shown = text_of(page)
    for part in ("You are still on the line", other.user.name, "since", "Go on with this call"):
        assert part in shown
    assert 'name="number"' not in page.content.decode()
    sent = desk.post(reverse("desk_call_check"), {"number": ticket.number, "who": buyer.user.code})
    assert sent.status_code == 409
    assert ticket.number in sent.content.decode()
    call.refresh_from_db()
    assert (call.misses, call.person, call.ticket) == (0, other.user, None)
    press(desk, "desk_call_without", call, reason="lost")
    assert 'name="number"' in desk.get(reverse("desk_call_new")).content.decode()


def test_r15_the_number_stays_on_the_card_until_it_is_known_who_calls(buyer: Customer) -> None:
    ticket, desk = a_sold_ticket(buyer), desk_of(an_agent())
    check(desk, ticket.number, phone="81 98765-1111")
    card = desk.get(reverse("desk_call", args=[Call.objects.latest("pk").pk])).content.decode()
    assert f'value="{ticket.number}"' in card
