"""I3: no file with a virus is handed out, and none that a scanner has not let through."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django import Settings

from balcao.events.queue import run_pending
from balcao.files.actions import store
from balcao.files.models import StoredFile
from balcao.files.tests.clamd import EICAR, Double
from balcao.tickets.actions import customer_message
from balcao.tickets.models import Ticket
from tests.cast import NOW, a_customer, a_ticket, signed_in

MINUTE = timedelta(minutes=1)


@pytest.fixture
def double() -> Iterator[Double]:
    made = Double()
    yield made
    made.close()


def attached(content: bytes) -> tuple[Ticket, StoredFile, str]:
    """A file that came with a message, and the address its writer would get it from."""
    customer = a_customer()
    ticket = a_ticket(customer)
    file = store(content, name="nota.txt", now=NOW)
    customer_message(
        actor=customer.actor, now=NOW, ticket_id=ticket.pk, body="Segue.", key="x", files=[file]
    )
    return ticket, file, reverse("file", args=[file.pk])


def told(file: StoredFile) -> str:
    file.refresh_from_db()
    return file.scan


@pytest.mark.usefixtures("installation")
def test_i3_a_file_is_held_until_the_scanner_has_let_it_through(
    settings: Settings, double: Double
) -> None:
    settings.CLAMD = double.where
    content = b"2026-11-13 erro 42\n" * 100_000
    ticket, file, address = attached(content)
    client = signed_in(ticket.opener)
    before = client.get(address)
    assert before.status_code == 403
    assert "em verificação contra vírus" in before.content.decode()
    page = client.get(reverse("ticket", args=[ticket.number])).content.decode()
    assert "em verificação contra vírus" in page
    assert address not in page
    run_pending(NOW + MINUTE)
    assert (told(file), double.asked) == ("clean", [content])
    assert client.get(address).getvalue() == content


@pytest.mark.usefixtures("installation")
def test_i3_an_infected_file_is_kept_and_nobody_gets_it(settings: Settings, double: Double) -> None:
    settings.CLAMD = double.where
    ticket, file, address = attached(b"x" * 300_000 + EICAR)
    run_pending(NOW + MINUTE)
    assert told(file) == "infected"
    answer = signed_in(ticket.opener).get(address)
    assert answer.status_code == 403
    assert "contém um vírus" in answer.content.decode()
    assert EICAR not in answer.content


@pytest.mark.usefixtures("installation")
def test_i3_while_the_scanner_is_down_or_at_a_loss_files_wait(
    settings: Settings, double: Double
) -> None:
    double.close()
    settings.CLAMD = double.where
    ticket, file, address = attached(b"oi")
    run_pending(NOW + MINUTE)
    assert told(file) == "waiting"
    assert signed_in(ticket.opener).get(address).status_code == 403
    other = Double()
    other.answer = b"INSTREAM size limit exceeded. ERROR"
    settings.CLAMD = other.where
    run_pending(NOW + 3 * MINUTE)
    assert told(file) == "waiting"
    other.answer = b""
    run_pending(NOW + 5 * MINUTE)
    assert told(file) == "clean"
    other.close()


@pytest.mark.usefixtures("installation")
def test_without_a_scanner_nothing_waits() -> None:
    ticket, file, address = attached(b"oi")
    assert told(file) == ""
    assert signed_in(ticket.opener).get(address).getvalue() == b"oi"
