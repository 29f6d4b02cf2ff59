"""A one-off is used once, however many try at the same moment (O1)."""

import threading
from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.utils import timezone

from balcao.entitlements import actions as entitlements
from balcao.entitlements.models import LedgerEntry, PrepaidTicket
from balcao.policy.access import SYSTEM
from balcao.policy.prepaid import Entry
from balcao.rulebook.queries import current
from balcao.tickets import actions
from balcao.tickets.models import Ticket
from tests.cast import a_customer, acting
from tests.sales import a_sold_ticket

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("installation"),
]

USERS = 50


class _Crowd:
    """Threads that wait for one another, then all do the same; what became of each."""

    def __init__(self, rounds: int) -> None:
        customer = a_customer(with_contract=False, with_licence=False)
        self.tickets = [a_sold_ticket(customer, now=timezone.now()) for _ in range(rounds)]
        self.actor = acting(customer.user)
        self.policy = current()
        self.start = threading.Barrier(USERS)
        self.wrote: list[int] = []
        self.faults: list[str] = []

    def run(self) -> None:
        threads = [threading.Thread(target=self._use, args=(n,)) for n in range(USERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _use(self, n: int) -> None:
        try:
            for ticket in self.tickets:
                self.start.wait(60)
                self._once(ticket, n)
                connection.close()  # there are fewer connections than people who wait
        except Exception as error:  # noqa: BLE001 - whatever it is, the test reports it
            self.faults.append(f"{type(error).__name__}: {error}")
            self.start.abort()
        finally:
            connection.close()

    def _once(self, ticket: Ticket, n: int) -> None:
        """Some describe the problem by the front door; the others write in the ledger directly."""
        if n % 10 == 0:
            self._describe(ticket, n)
            return
        try:
            with transaction.atomic():
                row = PrepaidTicket.objects.get(ticket=ticket)
                entitlements.append(
                    row,
                    Entry.SUBMITTED,
                    policy_now=self.policy,
                    actor=SYSTEM,
                    now=timezone.now(),
                )
            self.wrote.append(ticket.pk)
        except entitlements.Conflict:
            return

    def _describe(self, ticket: Ticket, n: int) -> None:
        with suppress(actions.Conflict):  # the ledger was written behind its back
            actions.customer_message(
                actor=self.actor,
                now=timezone.now(),
                ticket_id=ticket.pk,
                body="Parou de gravar.",
                key=f"use-{n}",
            )


def _use_at_once(rounds: int) -> None:
    crowd = _Crowd(rounds)
    crowd.run()
    assert crowd.faults == []
    for ticket in crowd.tickets:
        lines = LedgerEntry.objects.filter(prepaid=ticket.prepaid).order_by("place")
        assert [line.entry for line in lines] == ["ordered", "sold", "submitted"]
        assert crowd.wrote.count(ticket.pk) <= 1


def test_o1_of_fifty_who_use_a_one_off_at_once_one_does() -> None:
    _use_at_once(3)


@pytest.mark.stress
def test_o1_a_thousand_times_fifty_uses_at_once_are_a_thousand_uses() -> None:
    _use_at_once(1000)
