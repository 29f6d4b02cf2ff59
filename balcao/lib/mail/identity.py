"""Who a mail says it is from, or why that is not clear.

Parsers read some From headers differently, and an attacker needs only one pair that disagrees. So a
From is accepted only in the shapes that all read alike (threats D4, D5): exactly one field, one
mailbox, no group, a plain ASCII address taken before any decoding. Nothing but From identifies:
Sender, Reply-To, Resent-* and the rest are never looked at (D8).
"""

import re
from dataclasses import dataclass

from balcao.lib.mail import headers

MAX_FROM = 2000


@dataclass(frozen=True, slots=True)
class Sender:
    """The one address of From, in lower case, and the name shown beside it."""

    address: str
    display: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Unclear:
    """From cannot be trusted to mean one address; ``reason`` is a code for staff."""

    reason: str


_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})+)".encode("ascii"))
# What may stand before the angle bracket: words (raw 8-bit bytes too: honest Brazilian programs
# write Latin-1), quoted strings and simple comments. No second address, comma, colon or bracket.
_NAME = re.compile(
    rb"(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\x80-\xff \t-]"
    rb'|"(?:[^"\\\r\n]|\\[\x20-\x7e])*"'
    rb"|\([^()\\<>@,;:\r\n]*\))*"
)
_COMMENT = re.compile(rb"[ \t]*(?:\([^()\\<>@,;:\r\n]*\))?[ \t]*")


def clear_sender(raw_headers: bytes) -> Sender | Unclear:
    """The sender of a mail with this header block, or the reason why it is unclear."""
    try:
        found = headers.strict(raw_headers)
    except headers.Malformed as problem:
        return Unclear(problem.code)
    froms = [field for field in found if field.name == "from"]
    if len(froms) != 1:
        return Unclear("no_from" if not froms else "several_from")
    if not froms[0].exact:
        return Unclear("broken_header")
    return _mailbox(froms[0].value)


def _mailbox(value: bytes) -> Sender | Unclear:
    if not value or len(value) > MAX_FROM:
        return Unclear("no_from" if not value else "from_too_long")
    before, angle, after = _cut_at_angle(value)
    if not angle:
        found = _ADDRESS.match(value)
        if found is None or not _COMMENT.fullmatch(value[found.end() :]):
            return Unclear("not_one_address")
        return _sender(found, b"")
    if _NAME.fullmatch(before) is None:
        return Unclear("not_one_address")
    inside, closed, rest = after.partition(b">")
    found = _ADDRESS.fullmatch(inside)
    if not closed or found is None or not _COMMENT.fullmatch(rest):
        return Unclear("not_one_address")
    return _sender(found, before)


def _cut_at_angle(value: bytes) -> tuple[bytes, bytes, bytes]:
    """Cut at the first ``<`` that no quoted string holds."""
    name = _NAME.match(value)
    end = name.end() if name else 0
    if value[end : end + 1] == b"<":
        return value[:end], b"<", value[end + 1 :]
    return value.partition(b"<")


def _sender(found: re.Match[bytes], name: bytes) -> Sender | Unclear:
    address = found[0].decode("ascii").lower()
    if len(address) > 254 or len(found[1]) > 64 or b"=?" in found[1]:
        return Unclear("not_one_address")
    plain = re.sub(rb'\\(.)|"', rb"\1", name)
    return Sender(address=address, display=headers.decode(plain)[:120])
