"""What a bounce says, in the standard form and in those of every day."""

import pytest

from balcao.lib.mail.bounces import Bounce
from balcao.lib.mail.machine import Kind
from balcao.lib.mail.parsing import parse
from balcao.lib.mail.wire import decoded, encoded

MAIL_ID = "<4827193059.abcdefgh.740000.aaaaaaaaaaaaaaaaaaaaaaaa@direction.com.br>"
RETURNED = f"""Received: from balcao by mx
Message-ID: {MAIL_ID}
From: Direction <suporte@direction.com.br>
To: ana@cliente.example
Subject: Chamado"""
STANDARD = """Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example>
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain; charset=utf-8

This is the mail system at host mx.example. Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ana@cliente.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}

--b
Content-Type: {kind}

{returned}

--b--
"""


def read(raw: str) -> Bounce:
    mail = parse(raw.replace("\n", "\r\n").encode(), max_bytes=10**6)
    assert mail.machine is not None
    assert mail.machine.kind is Kind.BOUNCE
    assert mail.bounce is not None
    assert decoded(b"".join(encoded(mail))[8:]) == mail
    return mail.bounce


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_e2_a_standard_report_names_our_mail_and_the_servers_words(kind: str) -> None:
    words = "550 5.1.1 <ana@cliente.example>:\n    Recipient address rejected: User unknown"
    raw = STANDARD.format(
        action="failed", status="5.1.1", words=words, kind=kind, returned=RETURNED
    )
    assert read(raw) == Bounce(
        (MAIL_ID,),
        "550 5.1.1 <ana@cliente.example>: Recipient address rejected: User unknown",
        final=True,
    )


@pytest.mark.parametrize(
    ("action", "status", "final"),
    [
        ("failed", "5.1.1", True),
        ("failed", "4.4.7", True),
        ("delayed", "4.4.1", False),
        ("relayed", "2.0.0", False),
        ("delivered", "2.0.0", False),
        ("", "5.0.0", True),
    ],
)
def test_e2_a_delay_is_no_failure(action: str, status: str, final: bool) -> None:
    raw = STANDARD.format(
        action=action, status=status, words="x", kind="message/rfc822", returned=RETURNED
    )
    raw = raw if action else raw.replace("Action: \n", "")
    assert read(raw).final is final


PLAIN = {
    "qmail": (
        "failure notice",
        f"Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver"
        f" your message.\n\n<ana@cliente.example>:\n192.0.2.1 does not like recipient.\n"
        f"Remote host said: 550 5.1.1 User unknown\n\n--- Below this line is a copy of the"
        f" message.\n\n{RETURNED}\n\noi",
        "550 5.1.1 User unknown",
    ),
    "exim": (
        "Mail delivery failed: returning message to sender",
        f"A message that you sent could not be delivered.\n\n  ana@cliente.example\n"
        f"    550 No such user here\n\n------ This is a copy of the message ------\n{RETURNED}\n",
        "550 No such user here",
    ),
    "exchange": (
        "Não entregue: Chamado",
        f"Falha na entrega a estes destinatários: ana@cliente.example\n\n"
        f"Servidor remoto retornou '550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found'\n\n"
        f"Cabeçalhos da mensagem original:\n\n{RETURNED}\n",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found'",
    ),
    "gmail": (
        "Delivery Status Notification (Failure)",
        f"** Address not found **\n\nThe response was:\n\n550 5.1.1 The account does not exist\n\n"
        f"----- Original message -----\n\n{RETURNED}\n",
        "550 5.1.1 The account does not exist",
    ),
    "hosting": (
        "E-mail não entregue",
        f"Não foi possível entregar sua mensagem: caixa postal inexistente (#5.1.1).\n\n"
        f"> Message-ID: {MAIL_ID}\n",
        "#5.1.1).",
    ),
    "without a code": (
        "Falha na entrega da mensagem",
        f"O endereço não existe.\n\nMessage-ID:\n  {MAIL_ID}\n",
        "O endereço não existe.",
    ),
}


@pytest.mark.parametrize("name", PLAIN)
def test_e2_plain_bounces_of_every_day_name_our_mail_too(name: str) -> None:
    subject, text, words = PLAIN[name]
    head = f"From: Sistema <sistema@mx.example>\nSubject: {subject}\nContent-Type: text/plain;"
    found = read(f"{head} charset=utf-8\n\n{text}")
    assert found == Bounce((MAIL_ID,), words, final=True)


@pytest.mark.parametrize(
    "text",
    ["451 4.4.1 timed out; will retry until tomorrow", "Sua mensagem está atrasada: 450 4.2.1 x"],
)
def test_e2_a_plain_warning_is_no_failure(text: str) -> None:
    raw = f"From: mailer-daemon@mx.example\nSubject: Warning: message delayed\n\n{text}"
    assert not read(raw).final


def test_e2_a_bounce_that_names_nothing_says_so() -> None:
    found = read("From: mailer-daemon@mx.example\nSubject: x\n\n")
    assert found == Bounce((), "", final=True)
