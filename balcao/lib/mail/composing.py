"""Writing a mail: plain text and HTML, and headers that nobody's words can break.

Everything a person wrote reaches a header through one line, so neither a subject nor a name can
add a header or a recipient (threats D14).
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from balcao.lib.text import clean_text

_MAX_LINE = 250
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}")
_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,240}>")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One mail to one recipient. ``automatic``: no human wrote it now (RFC 3834)."""

    sender_name: str
    sender: str
    recipient: str
    message_id: str
    date: datetime
    subject: str
    text: str
    html: str
    automatic: bool
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    extra: dict[str, str] = field(default_factory=dict)


def compose(mail: Outgoing) -> EmailMessage:
    """The message, ready for the wire. Raises ValueError for an address or id that is not one."""
    for address in (mail.sender, mail.recipient):
        if not _ADDRESS.fullmatch(address):
            raise ValueError("not a plain mail address")
    ids = [mail.message_id, *mail.references, *([mail.in_reply_to] if mail.in_reply_to else [])]
    if not all(is_id(one) for one in ids):
        raise ValueError("not a message id")
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(display_name=one_line(mail.sender_name), addr_spec=mail.sender)
    message["To"] = mail.recipient
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(mail.date)
    message["Message-ID"] = mail.message_id
    if mail.in_reply_to:
        message["In-Reply-To"] = mail.in_reply_to
    if mail.references:
        message["References"] = " ".join(mail.references)
    if mail.automatic:
        message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    for name, value in mail.extra.items():
        if not _HEADER.fullmatch(name) or name in message:
            raise ValueError("not a header of our own")
        message[name] = one_line(value)
    message.set_content(clean_text(mail.text), cte="quoted-printable")
    if mail.html:
        message.add_alternative(clean_text(mail.html), subtype="html", cte="quoted-printable")
    return message


def is_id(text: str) -> bool:
    """Whether the text is one Message-ID that can stand in a header."""
    return _ID.fullmatch(text) is not None


def one_line(text: str) -> str:
    """The text as one visible line of at most 250 characters."""
    seen = "".join(c if c.isprintable() else " " for c in clean_text(text))
    return " ".join(seen.split())[:_MAX_LINE]
