"""`balcao mail receive`: the same path as SMTP, from a file or a mailbox."""

import json
import mailbox
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone

from balcao.channels.models import Inbound
from balcao.channels.tests.mails import OURS, a_mail, about
from balcao.tickets.models import Message
from tests.cast import a_customer, a_ticket

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("transactional_db", "installation"),
]


@pytest.fixture
def environment(process_environment: dict[str, str]) -> dict[str, str]:
    return {**process_environment, "BALCAO_MAIL_AUTHSERV_ID": OURS}


def balcao(
    environment: dict[str, str], *arguments: str, given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "balcao.server", "mail", *arguments],
        env=environment,
        input=given,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_a_reply_on_standard_input_lands_on_its_ticket(environment: dict[str, str]) -> None:
    customer = a_customer()
    ticket = a_ticket(customer, now=timezone.now())
    raw = a_mail(customer.address, subject=about(ticket))
    done = balcao(environment, "receive", "--json", given=raw)
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["outcome"], answer["ticket"]) == (0, "appended", ticket.number)
    assert Message.objects.get(pk=answer["message"]).body == "Ainda falha."
    again = json.loads(balcao(environment, "receive", "--json", given=raw).stdout)
    assert (again["outcome"], again["ticket"]) == ("duplicate", ticket.number)


def test_a_mailbox_is_taken_in_message_by_message(
    environment: dict[str, str], tmp_path: Path
) -> None:
    customer = a_customer()
    ticket = a_ticket(customer, now=timezone.now())
    box = mailbox.mbox(tmp_path / "box")
    for raw in (
        a_mail(customer.address, subject=about(ticket), body="Um."),
        b"From: Grupo: a@b.c; <d@e.f>\r\n\r\nveneno\r\n",
        a_mail("x@outra.example", subject=about(ticket)),
        a_mail(customer.address, subject=about(ticket), body="Dois."),
    ):
        box.add(raw)
    box.close()
    done = balcao(environment, "receive", "--json", "--mbox", str(tmp_path / "box"))
    outcomes = [json.loads(line)["outcome"] for line in done.stdout.splitlines()]
    assert (done.returncode, outcomes) == (0, ["appended", "quarantined", "refused", "appended"])
    assert Inbound.objects.count() == 4


def test_words_for_a_person_and_codes_for_wrong_use(
    environment: dict[str, str], tmp_path: Path
) -> None:
    done = balcao(environment, "receive", given=a_mail("x@outra.example"))
    assert done.stdout.decode().startswith("refused (new_mail)")
    assert balcao(environment, "receive").returncode == 2
    assert balcao(environment, "receive", "--mbox", str(tmp_path / "none")).returncode == 2
    assert balcao(environment).returncode == 2


def test_d3_a_message_taken_in_for_an_account_has_that_accounts_trust(
    environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "accounts.toml"
    file.write_text('[box]\nway = "imap"\ntrust = "nobody"\n', encoding="ascii")
    environment = {**environment, "BALCAO_MAIL_ACCOUNTS": str(file)}
    customer = a_customer()
    raw = a_mail(customer.address, subject=about(a_ticket(customer, now=timezone.now())))
    refused = balcao(environment, "receive", "--json", "--account", "box", given=raw)
    taken = balcao(environment, "receive", "--json", given=raw)
    assert json.loads(refused.stdout)["outcome"] == "quarantined"
    assert json.loads(taken.stdout)["outcome"] == "appended"
    assert balcao(environment, "receive", "--account", "gone", given=raw).returncode == 2
