"""Writing a mail: plain text and HTML, and headers that nobody's words can break.

Everything a person wrote reaches a header as one line of our own encoding, so neither a subject nor
a name can add a header or a recipient (threats D14). The headers are written here, not by
``EmailMessage``: that one decodes ``=?utf-8?q?=0D=0ABcc:...?=`` in a subject into a real line
break, and encodes Message-IDs longer than a line.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.policy import SMTP
from email.utils import format_datetime

from balcao.lib.text import clean_text

_MAX_LINE = 250
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}")
_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,240}>")
_METHOD = re.compile(r"^METHOD:(REQUEST|CANCEL)\r?$", re.MULTILINE)
_FILE = "convite.ics"
_PLAIN = re.compile(r"[\x20-\x7e]{0,60}")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One mail to one recipient. ``automatic``: no human wrote it now (RFC 3834).

    ``comes_back``: it tells its recipient, as a mail server would, that theirs was not accepted.
    ``calendar``: a calendar file (lib.ical) that goes with it; ``paper``: a PDF's name and content;
    ``picture``: a PNG that the HTML shows as ``cid:picture``.
    """

    sender_name: str
    sender: str
    recipient: str
    message_id: str
    date: datetime
    subject: str
    text: str
    html: str
    automatic: bool
    comes_back: bool = False
    calendar: str = ""
    paper: tuple[str, bytes] | None = None
    picture: bytes = b""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()


def compose(mail: Outgoing) -> bytes:
    """The message, ready for the wire. Raises ValueError for an address or id that is not one."""
    for address in (mail.sender, mail.recipient):
        if not _ADDRESS.fullmatch(address):
            raise ValueError("not a plain mail address")
    ids = [mail.message_id, *mail.references, *([mail.in_reply_to] if mail.in_reply_to else [])]
    if not all(is_id(one) for one in ids):
        raise ValueError("not a message id")
    fields = [
        ("From", f"{_phrase(mail.sender_name)} <{mail.sender}>".strip()),
        ("To", mail.recipient),
        ("Subject", _words(mail.subject)),
        ("Date", format_datetime(mail.date)),
        ("Message-ID", mail.message_id),
    ]
    if mail.in_reply_to:
        fields.append(("In-Reply-To", mail.in_reply_to))
    if mail.references:
        fields.append(("References", "\r\n ".join(mail.references)))
    if mail.automatic:
        fields.append(("Auto-Submitted", "auto-generated"))
    fields.append(("X-Auto-Response-Suppress", "OOF, AutoReply"))
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return head.encode("ascii") + _body(mail)


def _body(mail: Outgoing) -> bytes:
    message = EmailMessage(policy=SMTP)
    message.set_content(clean_text(mail.text), cte="quoted-printable")
    if mail.html:
        message.add_alternative(clean_text(mail.html), subtype="html", cte="quoted-printable")
    if mail.html and mail.picture:
        _, html = message.iter_parts()
        assert isinstance(html, EmailMessage)
        html.add_related(
            mail.picture, maintype="image", subtype="png", cid="<picture>", disposition="inline"
        )
    if mail.calendar:
        _invite(message, mail.calendar)
    if mail.paper:
        name, content = mail.paper
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return _report(message, mail) if mail.comes_back else message.as_bytes()


def _invite(message: EmailMessage, calendar: str) -> None:
    """The file as programs of mail read it, which then offer buttons, and as one to be opened."""
    method = _METHOD.search(calendar)
    found = {"method": method[1]} if method else {}
    message.add_alternative(
        calendar, subtype="calendar", cte="quoted-printable", params={**found, "name": _FILE}
    )
    content = calendar.encode()
    message.add_attachment(content, maintype="application", subtype="ics", filename=_FILE)


def _report(said: EmailMessage, mail: Outgoing) -> bytes:
    """The words, and beside them what programs read (RFC 3464): refused for good, by policy."""
    server, recipient = Message(), Message()
    server["Reporting-MTA"] = f"dns; {mail.sender.rpartition('@')[2]}"
    recipient["Final-Recipient"] = f"rfc822; {mail.sender}"
    recipient["Action"], recipient["Status"] = "failed", "5.7.1"
    status = MIMEBase("message", "delivery-status")
    status.set_payload([server, recipient])
    whole = MIMEMultipart("report")
    whole.set_param("report-type", "delivery-status")
    whole.attach(said)
    whole.attach(status)
    return whole.as_bytes(policy=SMTP)


def _words(text: str) -> str:
    """Header text: as it is when that is short and plain, else encoded (RFC 2047)."""
    line = one_line(text)
    if _PLAIN.fullmatch(line) and "=?" not in line:
        return line
    return Header(line, "utf-8", maxlinelen=72).encode(linesep="\r\n")


def _phrase(name: str) -> str:
    words = _words(name)
    if words.startswith("=?") or not words:
        return words
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def is_id(text: str) -> bool:
    """Whether the text is one Message-ID that can stand in a header."""
    return _ID.fullmatch(text) is not None


def one_line(text: str) -> str:
    """The text as one visible line of at most 250 characters."""
    seen = "".join(c if c.isprintable() else " " for c in clean_text(text))
    return " ".join(seen.split())[:_MAX_LINE]
