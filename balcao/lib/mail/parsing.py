"""A mail as one frozen value. Whatever the bytes hold, reading them ends soon and raises nothing
but Unparseable.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import escape

from balcao.lib.html import MAX_HTML, TooComplex, sanitise
from balcao.lib.mail import bounces, headers, parts
from balcao.lib.mail.bounces import Bounce
from balcao.lib.mail.flowed import unflowed
from balcao.lib.mail.machine import Kind, Machine, machine_of
from balcao.lib.names import clean_filename
from balcao.lib.text import clean_text, html_to_text

MAX_TEXT = 500_000
_MAX_IDS = 16 * 1024
_GLIMPSE = 16 * 1024
_ID = re.compile(rb"<[\x21-\x3b\x3d\x3f-\x7e]{1,240}>")

_EXTENSIONS = {
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "message/delivery-status": ".txt",
    "text/rfc822-headers": ".txt",
    "application/ms-tnef": ".dat",
    "application/vnd.ms-tnef": ".dat",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
    "application/pgp-signature": ".asc",
    "application/pgp-encrypted": ".asc",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/calendar": ".ics",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
}


class Unparseable(Exception):
    """A message we do not take apart; ``reason`` is a code. The raw bytes are kept elsewhere."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Part:
    """A file sent with a mail; its name is already harmless, its type is for others to find out.

    ``cid``: the name by which the mail's HTML shows it as a picture, if it has one.
    """

    name: str
    content: bytes
    cid: str = ""


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """What a mail says. ``raw_headers`` are the bytes that identity and authentication judge.

    ``html``: the mail as its writer laid it out, sanitised (lib.html); empty when it has no such
    part, or one too complex to be shown.

    ``date`` is the writer's claim and rules nothing. ``machine``: no person wrote this just now
    (out of office, lists, bounces); ``bounce``: what it says of a mail that came back.
    """

    raw_headers: bytes
    message_id: str
    in_reply_to: str
    references: str
    subject: str
    date: datetime | None
    text: str
    files: tuple[Part, ...]
    machine: Machine | None
    bounce: Bounce | None
    html: str = ""


def check_size(raw: bytes, *, max_bytes: int) -> None:
    """Raises Unparseable for what is too large, or has no end of its headers where it should be."""
    if len(raw) > max_bytes:
        raise Unparseable("too_large")
    if len(raw) > headers.MAX_BLOCK + 4 and not headers.ends_early(raw):
        raise Unparseable("headers_too_large")


def parse(raw: bytes, *, max_bytes: int) -> ParsedMail:
    """Take a message apart. Raises Unparseable for one that is too large or too deep."""
    check_size(raw, max_bytes=max_bytes)
    block, body = headers.split(raw)
    if len(block) > headers.MAX_BLOCK:
        raise Unparseable("headers_too_large")
    found = headers.fields(block)
    if len(found) > headers.MAX_FIELDS:
        raise Unparseable("too_many_headers")
    try:
        leaves = list(parts.leaves(block, body))
    except parts.TooComplex:
        raise Unparseable("too_many_parts") from None
    text, html, files = _contents(leaves)
    subject = headers.decode(headers.first(found, "subject"))
    machine = machine_of(found, subject, text)
    returned = machine is not None and machine.kind is Kind.BOUNCE
    return ParsedMail(
        raw_headers=block,
        message_id=_ids(found, "message-id", last=1),
        in_reply_to=_ids(found, "in-reply-to", last=10),
        references=_ids(found, "references", last=60),
        subject=subject,
        date=_date(headers.first(found, "date")),
        text=text,
        files=files,
        html=html,
        machine=machine,
        bounce=bounces.read(leaves, text, subject) if returned else None,
    )


def glimpse(raw: bytes) -> tuple[str, str]:
    """What From and Subject of a message say that was not taken apart, from its first bytes."""
    found = headers.fields(headers.split(raw[:_GLIMPSE])[0])
    sender, subject = headers.first(found, "from"), headers.first(found, "subject")
    return headers.decode(sender), headers.decode(subject)


def _ids(found: list[headers.Field], name: str, *, last: int) -> str:
    value = headers.first(found, name)[-_MAX_IDS:]
    if b"=?" in value:
        # Python's own mail library encodes an id that is longer than a line.
        value = headers.decode(value).encode("ascii", "ignore")
    return " ".join(match.decode("latin-1") for match in _ID.findall(value)[-last:])


def _date(value: bytes) -> datetime | None:
    try:
        date = parsedate_to_datetime(value[:100].decode("ascii"))
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _contents(leaves: list[parts.Leaf]) -> tuple[str, str, tuple[Part, ...]]:
    """The text to read, the same as HTML if there is any, and the files beside it.

    Of alternatives the plain text is read; HTML where there is no other, and then what the
    sanitiser left of it, so that text and looks say the same (threats G8). Everything that is not
    read is a file, in its order, and so is a text too long to be read whole.
    """
    read = [leaf for leaf in leaves if _is_text(leaf)]
    plain_groups = {
        leaf.group
        for leaf in read
        if leaf.kind == "text/plain" and leaf.group[0] == "alternative" and leaf.content.strip()
    }
    has_plain = any(leaf.kind == "text/plain" and leaf.content.strip() for leaf in read)
    has_html = any(leaf.kind == "text/html" for leaf in read)
    texts, looks = [], []
    for leaf in read:
        if leaf.kind == "text/html":
            written = _decoded(leaf)
            clean = _sanitised(written)
            looks.append(clean)
            hidden = leaf.group in plain_groups or (leaf.group[0] != "mixed" and has_plain)
            if not hidden:
                texts.append(html_to_text(written if clean is None else clean))
        else:
            text = clean_text(_unflowed(_decoded(leaf), leaf.flow))
            texts.append(text)
            if has_html and leaf.group[0] != "alternative" and text.strip():
                looks.append(f'<p style="white-space:pre-wrap">{escape(text, quote=False)}</p>')
    files = [
        leaf
        for leaf in leaves
        if leaf.content and (not _is_text(leaf) or len(leaf.content) > MAX_TEXT)
    ]
    text = "\n\n".join(text.strip() for text in texts if text.strip())
    html = "" if not has_html or None in looks else "\n".join(filter(None, looks))
    return (
        text[:MAX_TEXT],
        html if len(html) <= MAX_HTML else "",
        tuple(_file(leaf, n) for n, leaf in enumerate(files, start=1)),
    )


def _sanitised(html: str) -> str | None:
    try:
        return sanitise(html)
    except TooComplex:
        return None


def _unflowed(text: str, flow: str) -> str:
    return unflowed(text, delsp=flow == "delsp") if flow else text


def _decoded(leaf: parts.Leaf) -> str:
    most = MAX_HTML + 1 if leaf.kind == "text/html" else MAX_TEXT
    return headers.decode_bytes(leaf.content[: 4 * most], leaf.charset)[:most]


def _is_text(leaf: parts.Leaf) -> bool:
    return leaf.shown and leaf.kind in {"text/plain", "text/html", "text/enriched"}


def _file(leaf: parts.Leaf, number: int) -> Part:
    name = leaf.name or f"{number}{_EXTENSIONS.get(leaf.kind, '.bin')}"
    return Part(name=clean_filename(name), content=leaf.content, cid=leaf.cid)
