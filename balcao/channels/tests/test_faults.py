"""Killed in the middle, twice at once: nothing is lost and nothing is doubled."""

import random
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from balcao.channels import intake
from balcao.channels.models import Delivery, DeliveryState, Inbound, Outcome
from balcao.channels.tests.mails import OURS, a_mail, about, trust_our_server, with_file
from balcao.events.queue import settle
from balcao.tickets.models import Attachment, Decision, Message, MessageKind
from tests.cast import NOW, a_customer, a_ticket, an_agent, an_answer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("transactional_db", "installation"),
]

MAILS = 40


def test_q2_intake_and_sending_killed_in_the_middle_lose_and_double_nothing(
    process_environment: dict[str, str], tmp_path: Path, settings: LazySettings
) -> None:
    trust_our_server(settings)
    sink = tmp_path / "sink"
    customer = a_customer()
    ticket = a_ticket(customer)
    agent = an_agent()
    now = timezone.now()
    for n in range(MAILS):
        raw = a_mail(customer.address, subject=about(ticket), body=f"Mensagem {n}")
        intake.store(with_file(raw, f"a{n}.log", b"linha %d" % n), now=now)
        an_answer(ticket, agent, now=now, body=f"Resposta {n}")
    connection.close()
    environment = {
        **process_environment,
        "BALCAO_MAIL_AUTHSERV_ID": OURS,
        "BALCAO_MAIL_URL": f"sink://{sink}",
    }
    kills = _run_and_kill(environment, sink)
    assert kills >= 3
    bodies = list(
        Message.objects.filter(ticket=ticket, kind=MessageKind.CUSTOMER)
        .order_by("pk")
        .values_list("body", flat=True)
    )[1:]
    assert sorted(bodies) == sorted(f"Mensagem {n}" for n in range(MAILS))
    assert Attachment.objects.filter(message__ticket=ticket).count() == MAILS
    assert set(Inbound.objects.values_list("outcome", flat=True)) == {Outcome.APPENDED}
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}
    sent = [message_from_bytes(path.read_bytes()) for path in sink.glob("*.eml")]
    assert sorted(mail["Message-ID"] for mail in sent) == sorted(
        Delivery.objects.values_list("mail_id", flat=True)
    )
    assert Delivery.objects.filter(kind="reply").count() == MAILS


def _run_and_kill(environment: dict[str, str], sink: Path) -> int:
    """Start workers and kill each after a moment, until all work is done; how many were killed."""
    dice = random.Random(11)
    for kills in range(200):
        worker = subprocess.Popen(
            [sys.executable, "-m", "balcao.channels.tests.worker"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert worker.stdout is not None
        worker.stdout.readline()
        # The first ones die early; the last ones live long enough to end the work.
        done = settle(timeout=dice.uniform(0.1, 0.5) if kills < 4 else 5)
        connection.close()
        worker.kill()
        worker.wait()
        worker.stdout.close()
        if done:
            return kills
    raise AssertionError("the work was never done")


def test_two_workers_judging_one_message_add_it_once(settings: LazySettings) -> None:
    trust_our_server(settings)
    customer = a_customer()
    ticket = a_ticket(customer)
    inbound = intake.store(a_mail(customer.address, subject=about(ticket)), now=NOW)
    results = _at_once(8, lambda: intake.judge(inbound, now=NOW).outcome)
    assert results == ["appended"] * 8
    assert Message.objects.filter(ticket=ticket).count() == 2


def test_two_workers_refusing_one_message_record_it_once(settings: LazySettings) -> None:
    trust_our_server(settings)
    ticket = a_ticket(a_customer())
    inbound = intake.store(a_mail("x@outra.example", subject=about(ticket)), now=NOW)
    before = Decision.objects.count()
    assert _at_once(8, lambda: intake.judge(inbound, now=NOW).outcome) == ["refused"] * 8
    assert Decision.objects.count() == before + 1


def test_q4_one_message_delivered_by_eight_connections_at_once_is_one(
    settings: LazySettings,
) -> None:
    trust_our_server(settings)
    customer = a_customer()
    ticket = a_ticket(customer)
    raw = a_mail(customer.address, subject=about(ticket))
    outcomes = _at_once(8, lambda: intake.receive(raw, now=NOW + timedelta(hours=1)).outcome)
    assert sorted(outcomes) == ["appended"] + ["duplicate"] * 7
    assert Inbound.objects.count() == 1
    assert Message.objects.filter(ticket=ticket).count() == 2


def _at_once(count: int, act: Callable[[], str]) -> list[str]:
    barrier = threading.Barrier(count)
    results: list[str] = []

    def run() -> None:
        barrier.wait()
        try:
            results.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
