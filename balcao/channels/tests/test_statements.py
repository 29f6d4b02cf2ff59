"""What a mail costs the database, from its bytes to its verdict: no more than any other write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from balcao.channels.intake import judge, receive, store
from balcao.channels.tests.mails import HOUR, a_mail, about, asked, trust_our_server
from tests.cast import NOW, Customer, a_customer, a_ticket, an_agent, an_answer
from tests.sales import a_sold_ticket

pytestmark = pytest.mark.usefixtures("installation")

_CONTROL = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
Mail = Callable[[], bytes]


@pytest.fixture(autouse=True)
def relay(settings: LazySettings) -> None:
    trust_our_server(settings)


def _buyer() -> Customer:
    return a_customer(with_contract=False, with_licence=False)


def _in_service() -> bytes:
    customer = a_customer()
    ticket = a_ticket(customer)
    an_answer(ticket, an_agent(), now=NOW + HOUR)
    return a_mail(customer.address, subject=about(ticket))


def _waited_for() -> bytes:
    customer, ticket = asked()
    return a_mail(customer.address, subject=about(ticket))


def _describing() -> bytes:
    buyer = _buyer()
    return a_mail(buyer.address, subject=about(a_sold_ticket(buyer)), body="Nada grava.")


def _from_elsewhere() -> bytes:
    return a_mail("alguem@outro.example", subject=about(a_ticket(a_customer())))


def _unproved() -> bytes:
    customer = a_customer()
    return a_mail(customer.address, subject=about(a_ticket(customer)), auth="fail")


def _new() -> bytes:
    return a_mail(a_customer().address, subject="Parou tudo")


@pytest.mark.parametrize(
    ("mail", "outcome", "most"),
    [
        (_in_service, "appended", 16),
        (_waited_for, "appended", 22),
        (_describing, "appended", 23),
        (_from_elsewhere, "refused", 12),
        (_unproved, "quarantined", 16),
        (_new, "draft", 18),
    ],
)
def test_a_mail_of_any_kind_is_kept_in_four_statements_and_judged_in_few(
    mail: Mail, outcome: str, most: int
) -> None:
    receive(mail(), now=NOW + 2 * HOUR)
    raw = mail()
    with _asked() as keeping:
        kept = store(raw, now=NOW + 2 * HOUR)
    with _asked() as judging:
        result = judge(kept, now=NOW + 2 * HOUR)
    assert result.outcome == outcome
    assert len(keeping) <= 4, "\n".join(keeping)
    assert len(judging) <= most, "\n".join(judging)


@contextmanager
def _asked() -> Iterator[list[str]]:
    """What was asked of the database, but for the beginnings and ends of transactions."""
    asked: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield asked
    asked += [row["sql"][:110] for row in captured if not row["sql"].startswith(_CONTROL)]
