"""What covers a ticket, as the team reads it."""

from datetime import timedelta

import pytest

from balcao.desk.tests.desk import at, desk_of, page, text_of
from tests.cast import NOW, TODAY, a_customer, a_queue, a_ticket, an_agent, an_override

pytestmark = pytest.mark.usefixtures("installation")


def test_r14_what_an_exception_lets_in_is_covered_by_it_while_it_lasts() -> None:
    queue = a_queue()
    customer = a_customer(licence_until=TODAY - timedelta(days=1))
    an_override(customer, ends=NOW + timedelta(days=2))
    browser, ticket = desk_of(an_agent(queue)), a_ticket(customer, queue=queue)
    for moment, said in (
        (NOW, "By an exception of ours"),
        (NOW + timedelta(days=3), "Not covered"),
    ):
        with at(moment):
            assert said in text_of(page(browser, ticket))
