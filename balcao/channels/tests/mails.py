"""Mails for the tests, as a relay hands them over, and the tickets they are about."""

import secrets
from datetime import timedelta

from django.conf import LazySettings

from balcao.channels.intake import Result, receive
from balcao.channels.models import Delivery
from balcao.events.queue import run_pending
from balcao.policy.lifecycle import State, Verb
from balcao.tickets.models import Message, MessageKind, Ticket
from tests.cast import NOW, Customer, a_customer, a_ticket, an_agent, an_answer

OURS = "mx.direction.com.br"
HOUR = timedelta(hours=1)


def trust_our_server(settings: LazySettings, **more: str) -> None:
    """The installation believes the Authentication-Results of ``OURS``."""
    settings.ENV = type(settings.ENV)({"BALCAO_MAIL_AUTHSERV_ID": OURS, **more})


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


def written(ticket: Ticket) -> list[str]:
    rows = Message.objects.filter(ticket=ticket, kind=MessageKind.CUSTOMER).order_by("pk")
    return list(rows.values_list("body", flat=True))[1:]


def the_message(result: Result) -> Message:
    assert result.message is not None
    return Message.objects.get(pk=result.message)


def asked(*, domain: str = "cliente.example") -> tuple[Customer, Ticket]:
    """A customer's ticket that the staff has answered, and the customer waited for."""
    customer = a_customer(domain=domain)
    ticket = a_ticket(customer)
    an_answer(ticket, an_agent(), then=Verb.WAIT_CUSTOMER)
    run_pending(NOW + HOUR)
    ticket.refresh_from_db()
    assert ticket.state == State.WAITING_CUSTOMER.value
    return customer, ticket


def taken(raw: bytes) -> Result:
    return receive(raw, now=NOW + 2 * HOUR)
