"""A one-off on the telephone: what its card says, what ending the call does, and whose it is."""

import re
from collections.abc import Iterator

import pytest
from django.urls import reverse

from balcao.desk.tests.desk import at, desk_of, text_of
from balcao.desk.tests.test_calls import check, known, press
from balcao.tickets.models import Ticket
from tests.cast import a_customer, an_agent
from tests.sales import a_sold_ticket

pytestmark = pytest.mark.usefixtures("installation", "_now")


@pytest.fixture
def _now() -> Iterator[None]:
    with at():
        yield


def test_s33_the_card_of_a_one_off_shows_that_it_covers_itself_and_what_ending_does() -> None:
    customer = a_customer(with_contract=False, with_licence=False)
    ticket, desk = a_sold_ticket(customer), desk_of(an_agent())
    call = known(desk, customer)
    page = desk.get(check(desk, ticket.number)["Location"])
    text = text_of(page)
    assert "Not covered" not in text
    assert "Covered" in text
    assert "uses the one-off request" in text
    options = re.findall(r'<option value="(\w+)"( selected)?( disabled)?>', page.content.decode())
    assert ("incident", " selected", "") in options
    assert ("tariff_update", "", " disabled") in options
    press(desk, "desk_call_served", call, summary="Parou.", service="tariff_update")
    assert Ticket.objects.get(pk=ticket.pk).state == "sold"
    press(desk, "desk_call_served", call, summary="Parou.", service="incident")
    assert Ticket.objects.get(pk=ticket.pk).state == "in_service"


def test_a_new_call_goes_on_with_the_open_one_and_says_so() -> None:
    customer, desk = a_customer(), desk_of(an_agent())
    call = known(desk, customer)
    sent = desk.get(reverse("desk_call_new"))
    text = text_of(desk.get(sent["Location"]))
    assert f"Call with {customer.user.name}" in text
    assert "This call is still open" in text
    assert "This call is still open" not in text_of(desk.get(reverse("desk_call", args=[call.pk])))
