"""Mail over a real connection: taken only when it is safe, one message for one message."""

import smtplib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from balcao.channels.email.listener import Listener
from balcao.channels.models import Inbound
from balcao.channels.tests.mails import a_mail, about, trust_our_server
from balcao.events.queue import run_pending
from balcao.tickets.models import Message
from tests.cast import a_customer, a_ticket

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("transactional_db", "installation"),
]
SUPPORT = "suporte@direction.com.br"


@pytest.fixture(autouse=True)
def _relay(settings: LazySettings) -> None:
    trust_our_server(settings)


@pytest.fixture
def listener(settings: LazySettings) -> Iterator[Listener]:
    settings.MAX_UPLOAD = 200_000
    made = Listener("127.0.0.1", 0)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def lmtp() -> Iterator[Listener]:
    made = Listener("127.0.0.1", 0, lmtp=True)
    made.start()
    yield made
    made.stop()


def session(listener: Listener) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", listener.port, "relay.example", timeout=10)


def test_s7_a_reply_sent_by_smtp_lands_on_its_ticket(listener: Listener) -> None:
    customer = a_customer()
    now = timezone.now()
    ticket = a_ticket(customer, now=now)
    raw = a_mail(
        customer.address, subject=about(ticket), body="Pelo correio.\r\n.ponto\r\nFrom fim"
    )
    with session(listener) as smtp:
        smtp.sendmail(customer.address, [SUPPORT], raw)
    run_pending(timezone.now())
    messages = Message.objects.filter(ticket=ticket).order_by("pk").values_list("body", flat=True)
    assert list(messages)[1:] == ["Pelo correio.\n.ponto\nFrom fim"]


def test_the_yes_comes_after_the_row(listener: Listener) -> None:
    with session(listener) as smtp:
        smtp.ehlo()
        smtp.mail("x@outra.example")
        smtp.rcpt(SUPPORT)
        code, words = smtp.data(a_mail("x@outra.example"))
    assert code == 250
    assert Inbound.objects.filter(pk=int(words.decode().rpartition(" ")[2])).exists()


def test_what_the_connection_showed_is_kept_with_the_message(listener: Listener) -> None:
    with session(listener) as smtp:
        smtp.sendmail("volta@outra.example", [SUPPORT], a_mail("x@outra.example"))
    assert Inbound.objects.get().evidence == {
        "peer": "127.0.0.1",
        "helo": "relay.example",
        "from": "volta@outra.example",
    }


def test_q3_what_cannot_be_stored_is_left_with_the_relay(
    listener: Listener, settings: LazySettings, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    good = settings.DATA
    raw = a_mail("x@outra.example")
    with session(listener) as smtp:
        settings.DATA = blocked
        with pytest.raises(smtplib.SMTPDataError) as refused:
            smtp.sendmail("x@outra.example", [SUPPORT], raw)
        assert refused.value.smtp_code == 451
        assert Inbound.objects.count() == 0
        settings.DATA = good
        smtp.sendmail("x@outra.example", [SUPPORT], raw)
    assert Inbound.objects.count() == 1


def test_f1_a_mail_over_the_limit_is_refused_and_the_next_one_taken(listener: Listener) -> None:
    with session(listener) as smtp, pytest.raises(smtplib.SMTPException):
        smtp.sendmail("x@outra.example", [SUPPORT], b"Subject: x\r\n\r\n" + b"y" * 300_000)
    with session(listener) as smtp:
        smtp.sendmail("x@outra.example", [SUPPORT], a_mail("x@outra.example"))
    assert Inbound.objects.count() == 1


def test_long_lines_are_taken(listener: Listener) -> None:
    with session(listener) as smtp:
        smtp.sendmail("x@outra.example", [SUPPORT], b"Subject: x\r\n\r\n" + b"y" * 150_000)
    assert Inbound.objects.count() == 1


ENDS = [
    "\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", "\r.\r\n", "\r\n.\r", "\r\n\x00.\r\n", "\r\n.\x00\r\n",
    "\r\r.\r\n", "\n\n.\r\n", "\r\n..\r\n", "\r\n .\r\n",
]  # fmt: skip


@pytest.mark.parametrize("end", ENDS, ids=repr)
def test_d11_no_odd_end_of_message_smuggles_a_second_one(listener: Listener, end: str) -> None:
    smuggled = (
        f"MAIL FROM:<x@evil.example>\r\nRCPT TO:<{SUPPORT}>\r\nDATA\r\nSubject: dois\r\n\r\nx"
    )
    with socket.create_connection(("127.0.0.1", listener.port), timeout=10) as wire:
        stream = wire.makefile("rwb")
        stream.readline()
        for line in (
            "HELO relay.example",
            "MAIL FROM:<x@outra.example>",
            f"RCPT TO:<{SUPPORT}>",
            "DATA",
        ):
            stream.write(f"{line}\r\n".encode())
            stream.flush()
            assert stream.readline()[:1] in b"23"
        stream.write(f"Subject: um\r\n\r\nx{end}{smuggled}\r\n.\r\n".encode())
        stream.flush()
        assert stream.readline().startswith(b"250")
        stream.write(b"QUIT\r\n")
        stream.flush()
        assert stream.readline().startswith(b"221")
        stream.close()
    assert Inbound.objects.count() == 1


def test_lmtp_takes_one_recipient_at_a_time(lmtp: Listener) -> None:
    with smtplib.LMTP("127.0.0.1", lmtp.port) as relay:
        relay.ehlo()
        relay.mail("x@outra.example")
        assert relay.rcpt(SUPPORT)[0] == 250
        assert relay.rcpt("outro@direction.com.br")[0] == 452
        assert relay.data(a_mail("x@outra.example"))[0] == 250
    assert Inbound.objects.count() == 1


@pytest.mark.parametrize(
    ("where", "host", "port", "lmtp"),
    [
        ("127.0.0.1:8025", "127.0.0.1", 8025, False),
        ("smtp://localhost:25", "localhost", 25, False),
        ("lmtp://127.0.0.1:24", "127.0.0.1", 24, True),
        ("[::1]:8025", "::1", 8025, False),
    ],
)
def test_the_setting_names_host_port_and_protocol(
    where: str, host: str, port: int, lmtp: bool
) -> None:
    made = Listener.from_setting(where)
    assert (made.host, made.port, made.lmtp) == (host, port, lmtp)


@pytest.mark.parametrize("where", ["8025", "localhost", "http://x:1", "x:port", ":25", "x:99999"])
def test_a_setting_that_is_no_address_is_refused(where: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="BALCAO_MAIL_LISTEN"):
        Listener.from_setting(where)


def test_a_taken_port_is_an_error_at_the_start(listener: Listener) -> None:
    with pytest.raises(OSError):
        Listener("127.0.0.1", listener.port).start()
