"""The signed mark in our Message-IDs: who answers it was the one we wrote to (R11, threats C3).

``number.name.days.mac``: the ticket, a random name of the delivery, the last day it is good for and
120 bits of HMAC-SHA256 over these and the recipient's address, which the mark does not contain. So
it proves nothing for anybody else, nor for another ticket, nor after its day.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date

NO_TICKET = "0"
"""What stands for the ticket in the mark of a mail that is about none: its bounce is known by it,
and it opens nothing.
"""

_MAC_BYTES = 15
_SHAPE = re.compile(r"([0-9]{1,12})\.([a-z2-7]{4,32})\.([0-9]{1,7})\.([a-z2-7]{24})")
_MESSAGE_ID = re.compile(r"<([^<>@\s]{1,200})@([^<>@\s]{1,200})>")


@dataclass(frozen=True, slots=True)
class Token:
    """A mark that holds: the ticket's number and the name of the delivery."""

    ticket: str
    delivery: str


def make(secret: bytes, *, ticket: str, recipient: str, delivery: str, expires: date) -> str:
    """The mark for one delivery to ``recipient``; good through ``expires`` (UTC)."""
    head = f"{ticket}.{delivery}.{expires.toordinal()}"
    token = f"{head}.{_mac(secret, head, recipient)}"
    if not _SHAPE.fullmatch(token):
        raise ValueError("a token names a ticket by digits and a delivery by base32 letters")
    return token


def read(secret: bytes, token: str, *, sender: str, today: date) -> Token | None:
    """The token, if we made exactly this one for ``sender`` and it is still good."""
    shape = _SHAPE.fullmatch(token.lower())
    if shape is None:
        return None
    ticket, delivery, days, mac = shape.groups()
    expected = _mac(secret, f"{ticket}.{delivery}.{days}", sender)
    if not hmac.compare_digest(expected, mac) or int(days) < today.toordinal():
        return None
    return Token(ticket=ticket, delivery=delivery)


def candidates(*values: str, domain: str, limit: int = 60) -> list[str]:
    """What may be a token in In-Reply-To and References: local parts of ids of our domain."""
    found = [
        match[1]
        for value in values
        for match in _MESSAGE_ID.finditer(value)
        if match[2].lower() == domain.lower()
    ]
    return list(dict.fromkeys(reversed(found)))[:limit]


def ticket_named(token: str) -> str | None:
    """The ticket a token names, signed or not: a reference, which proves nothing."""
    shape = _SHAPE.fullmatch(token.lower())
    return shape[1] if shape and shape[1] != NO_TICKET else None


def _mac(secret: bytes, head: str, recipient: str) -> str:
    message = f"balcao-reply\n{head}\n{recipient.lower()}".encode()
    digest = hmac.new(secret, message, hashlib.sha256).digest()[:_MAC_BYTES]
    return base64.b32encode(digest).decode("ascii").lower()
