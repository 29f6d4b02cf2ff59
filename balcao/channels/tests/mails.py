"""Mails for the tests, as a relay hands them over: headers of our choice and a body."""

import secrets

from django.conf import LazySettings

from balcao.channels.models import Delivery
from balcao.server.environment import Environment
from balcao.tickets.models import Ticket

OURS = "mx.direction.com.br"
DOMAIN = "direction.com.br"


def trust_our_server(settings: LazySettings, **more: str) -> None:
    """The installation believes the Authentication-Results of ``OURS``."""
    settings.ENV = Environment({"BALCAO_MAIL_AUTHSERV_ID": OURS, **more})


def vouched(address: str, *, result: str = "pass") -> str:
    """What our server writes on top of a mail it checked."""
    domain = address.rpartition("@")[2]
    return f"Authentication-Results: {OURS}; dmarc={result} header.from={domain}"


def a_mail(
    sender: str,
    *,
    subject: str = "oi",
    body: str = "Ainda falha.",
    auth: str | None = "pass",
    answers: str = "",
    mail_id: str | None = None,
    more: tuple[str, ...] = (),
    from_line: str | None = None,
) -> bytes:
    """A plain mail. ``auth``: the DMARC result our server found, or None for no header at all."""
    lines = [
        *([vouched(sender, result=auth)] if auth else []),
        *more,
        from_line or f"From: {sender}",
        "To: suporte@direction.com.br",
        f"Subject: {subject}",
        f"Message-ID: {mail_id or f'<{secrets.token_hex(8)}@cliente.example>'}",
        *([f"In-Reply-To: {answers}", f"References: {answers}"] if answers else []),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    ]
    return "\r\n".join([*lines, "", body, ""]).encode()


def with_file(raw: bytes, name: str, content: bytes) -> bytes:
    """The same mail with one file attached."""
    head, _, body = raw.partition(b"\r\n\r\n")
    kept = b"\r\n".join(
        line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-")
    )
    return b"\r\n".join(
        [
            kept,
            b"Content-Type: multipart/mixed; boundary=limite",
            b"",
            b"--limite",
            b"Content-Type: text/plain; charset=utf-8",
            b"",
            body,
            b"--limite",
            b"Content-Type: application/octet-stream",
            f'Content-Disposition: attachment; filename="{name}"'.encode(),
            b"",
            content,
            b"--limite--",
            b"",
        ]
    )


def about(ticket: Ticket) -> str:
    """A subject that names the ticket (R12)."""
    return f"Re: Chamado {ticket.number[:3]} {ticket.number[3:6]} {ticket.number[6:]}"


def last_mail(ticket: Ticket, recipient: str) -> Delivery:
    """The newest mail that went to somebody about a ticket."""
    found = Delivery.objects.filter(ticket=ticket, recipient=recipient).order_by("-pk").first()
    assert found is not None
    return found
