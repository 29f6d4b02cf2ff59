"""How often a rule said no."""

from datetime import timedelta

import pytest

from balcao.policy.book.changes import Topic
from balcao.reports.queries import said_no
from balcao.tickets.actions import Refused
from tests.cast import NOW, TODAY, a_customer, a_policy_change, a_ticket

pytestmark = pytest.mark.usefixtures("installation")

DAY = timedelta(days=1)


def refused(**what: object) -> None:
    customer = a_customer(**what)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        a_ticket(customer)


def test_r36_a_rule_counts_what_it_refused_and_what_it_only_observed() -> None:
    refused(licence_until=TODAY - DAY)
    refused(contract_ends=TODAY - DAY)
    a_policy_change(Topic.RULES, {"rules": {"S5": "observe"}})
    a_ticket(a_customer(licence_until=TODAY - DAY))
    a_ticket(a_customer())
    said = said_no(days=30, now=NOW)["S5"]
    assert (said.refused, said.noticed) == (2, 1)
    assert said_no(days=30, now=NOW + 31 * DAY) == {}
