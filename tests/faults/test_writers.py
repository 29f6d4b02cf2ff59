"""Many writers at once: nobody is turned away, nothing is lost, no number is given twice."""

import secrets
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from balcao.tickets.actions import customer_message, note
from balcao.tickets.models import Message, Ticket
from tests.cast import Customer, a_customer, a_ticket, acting, an_agent, an_answer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("installation"),
]

WRITERS = 20


def _at_once(number: int, work: Callable[[int], None]) -> list[str]:
    """Run ``work(n)`` in that many threads at once; what went wrong in them."""
    faults: list[str] = []
    start = threading.Barrier(number)

    def run(n: int) -> None:
        start.wait()
        try:
            work(n)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test reports it
            faults.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def _write_for(seconds: float) -> None:
    """Twenty people write as fast as they can; each checks off what they wrote."""
    customers = [a_customer() for _ in range(WRITERS)]
    tickets = [a_ticket(customer, now=timezone.now()) for customer in customers]
    agents = [an_agent() for _ in range(WRITERS)]
    written = [1] * WRITERS
    ends = time.monotonic() + seconds

    def write(n: int) -> None:
        actor, staff = customers[n].actor, acting(agents[n])
        while time.monotonic() < ends:
            key = secrets.token_hex(8)
            now = timezone.now()
            if written[n] % 3 == 0:
                note(actor=staff, now=now, ticket_id=tickets[n].pk, body="Visto.", key=key)
            elif written[n] % 3 == 1:
                an_answer(tickets[n], agents[n], now=now)
            else:
                customer_message(
                    actor=actor, now=now, ticket_id=tickets[n].pk, body="Segue.", key=key
                )
            written[n] += 1

    assert _at_once(WRITERS, write) == []
    for n, ticket in enumerate(tickets):
        assert Message.objects.filter(ticket=ticket).count() == written[n]
        assert Ticket.objects.get(pk=ticket.pk).message_count == written[n]
    assert sum(written) > 3 * WRITERS


def test_o4_twenty_writers_at_once_meet_no_locked_database() -> None:
    _write_for(4)


@pytest.mark.stress
def test_o4_twenty_writers_for_a_minute_meet_no_locked_database() -> None:
    _write_for(60)


def _open_in_parallel(openings: int, *, threads: int, posts: int) -> None:
    """Each opening is sent ``posts`` times with one key, by threads that race each other."""
    customers = [a_customer() for _ in range(threads)]
    seen: list[tuple[str, str]] = []

    def work(n: int) -> None:
        customer = customers[n // posts * posts]
        for place in range(openings * posts // threads):
            key = f"opening-{n // posts}-{place}"
            seen.append((key, _open(customer, key)))

    assert _at_once(threads, work) == []
    numbers = dict(seen)
    assert all(numbers[key] == number for key, number in seen), "one key, two tickets"
    assert len(set(numbers.values())) == len(numbers) == openings


def _open(customer: Customer, key: str) -> str:
    return a_ticket(customer, now=timezone.now(), key=key).number


def test_o2_o5_openings_sent_three_times_in_parallel_make_one_ticket_each() -> None:
    _open_in_parallel(60, threads=12, posts=3)


@pytest.mark.stress
def test_o2_a_thousand_openings_sent_three_times_make_a_thousand_tickets() -> None:
    _open_in_parallel(1000, threads=12, posts=3)


@pytest.mark.stress
def test_o5_ten_thousand_parallel_openings_get_ten_thousand_numbers() -> None:
    _open_in_parallel(10_000, threads=8, posts=1)
