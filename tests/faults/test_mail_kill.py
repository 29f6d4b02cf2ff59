"""Q2, Q4: a relay delivers while listener and worker are killed; nothing is lost, nothing doubled.

The relay does what relays do: it keeps a message until it got its 250, and comes again.
"""

import contextlib
import random
import smtplib
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.db import connection

from balcao.channels.models import Inbound, Outcome
from balcao.channels.tests.mails import OURS, a_mail, about, trust_our_server
from balcao.tickets.models import Message, MessageKind
from tests.cast import a_customer, a_ticket
from tests.postgres import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@contextlib.contextmanager
def _killed_now_and_then(
    environment: dict[str, str], port: int, dice: random.Random, *, least: int, longest: float
) -> Iterator[list[int]]:
    """Run the process, kill it at random moments and start it again; the last one may live."""
    kills, ending = [0], threading.Event()

    def run() -> None:
        while not ending.is_set():
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.mail_work", str(port)],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            assert process.stdout is not None
            process.stdout.readline()
            ending.wait(dice.uniform(0.1, longest) if kills[0] < least else 600)
            process.kill()
            process.wait()
            process.stdout.close()
            kills[0] += 1

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield kills
    finally:
        ending.set()
        thread.join()


def _deliver(port: int, sender: str, raw: bytes, ends: float) -> None:
    while time.monotonic() < ends:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            with smtplib.SMTP("127.0.0.1", port, "relay.example", timeout=10) as smtp:
                smtp.sendmail(sender, ["suporte@direction.com.br"], raw)
            return
        time.sleep(0.05)
    raise AssertionError("a message was never taken")


def _run(
    environment: dict[str, str], settings: LazySettings, *, mails: int, least: int, seconds: float
) -> None:
    trust_our_server(settings)
    customer = a_customer()
    ticket = a_ticket(customer)
    port, dice = free_port(), random.Random(29)
    ends = time.monotonic() + seconds
    environment = {**environment, "BALCAO_MAIL_AUTHSERV_ID": OURS}
    connection.close()
    with _killed_now_and_then(
        environment, port, dice, least=least, longest=1.0 if mails < 500 else 3.0
    ) as kills:
        for n in range(mails):
            raw = a_mail(customer.address, subject=about(ticket), body=f"Mensagem {n}")
            _deliver(port, customer.address, raw, ends)
        while Inbound.objects.filter(outcome=Outcome.STORED).exists():
            assert time.monotonic() < ends, "not every message was judged"
            time.sleep(0.2)
        while kills[0] < least and time.monotonic() < ends:
            time.sleep(0.1)
    assert kills[0] >= least, "killed too seldom to prove anything"
    assert Counter(Inbound.objects.values_list("outcome", flat=True)) == {Outcome.APPENDED: mails}
    bodies = Message.objects.filter(ticket=ticket, kind=MessageKind.CUSTOMER)
    said = Counter(bodies.order_by("pk").values_list("body", flat=True)[1:])
    assert said == {f"Mensagem {n}": 1 for n in range(mails)}


@pytest.mark.usefixtures("installation")
def test_q2_mail_delivered_while_everything_is_killed_is_neither_lost_nor_doubled(
    process_environment: dict[str, str], settings: LazySettings
) -> None:
    _run(process_environment, settings, mails=40, least=3, seconds=120)


@pytest.mark.stress
@pytest.mark.usefixtures("installation")
def test_q2_a_thousand_deliveries_with_twenty_kills(
    process_environment: dict[str, str], settings: LazySettings
) -> None:
    _run(process_environment, settings, mails=1000, least=20, seconds=900)
