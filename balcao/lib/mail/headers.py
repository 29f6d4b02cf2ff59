"""The header block of a mail as bytes: parted from the body, unfolded, decoded for display.

Our own few lines instead of the standard library's parser, because identity and limits must be
judged on the bytes as they came, in time linear in their size (threats D5, F2).
"""

import base64
import binascii
import codecs
import quopri
import re
from dataclasses import dataclass

from balcao.lib.text import clean_text

MAX_BLOCK = 128 * 1024
MAX_FIELDS = 1000
MAX_DECODED = 4096

_END = re.compile(rb"\r?\n\r?\n")
_WORD = re.compile(rb"=\?([A-Za-z0-9_.:+-]{1,40})(?:\*[^?]{0,20})?\?([bBqQ])\?([^? \t\r\n]*)\?=")
_TEXT_CODECS = re.compile(
    r"(?:utf|ascii|iso|latin|cp\d|koi8|mac|big5|gb|hz|euc|shift|johab|ptcp|tis)", re.IGNORECASE
)
# What browsers and every mail program do: both names mean Windows' Western characters.
_WESTERN = frozenset({"iso8859-1", "ascii"})


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: its name in lower case and its value, unfolded, as bytes.

    ``exact``: nothing stood between the name and the colon.
    """

    name: str
    value: bytes
    exact: bool


class Malformed(ValueError):
    """The header block is not one; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def split(raw: bytes) -> tuple[bytes, bytes]:
    """The header block (its last line end included) and the body. Line ends may be CRLF or LF."""
    if raw.startswith((b"\n", b"\r\n")):
        return b"", raw.lstrip(b"\r\n")
    end = _END.search(raw)
    if end is None:
        return raw, b""
    return raw[: end.start()] + b"\n", raw[end.end() :]


def ends_early(raw: bytes) -> bool:
    """Whether the header block ends within MAX_BLOCK bytes; no more than those are looked at."""
    return raw.startswith((b"\n", b"\r\n")) or bool(_END.search(raw, 0, MAX_BLOCK + 4))


def fields(block: bytes) -> list[Field]:
    """The fields from top to bottom. Lines that are no field are left out (see ``strict``)."""
    return _fields(block)[0]


def strict(block: bytes) -> list[Field]:
    """The fields of a block that every parser reads alike.

    Raises Malformed for what parsers read differently: a bare carriage return, a NUL byte, a line
    that is neither a field nor its continuation, too many bytes or fields.
    """
    if len(block) > MAX_BLOCK:
        raise Malformed("headers_too_large")
    if b"\0" in block or re.search(rb"\r(?!\n)", block):
        raise Malformed("bare_return")
    found, clean = _fields(block)
    if not clean:
        raise Malformed("broken_header")
    if len(found) > MAX_FIELDS:
        raise Malformed("too_many_headers")
    return found


def _fields(block: bytes) -> tuple[list[Field], bool]:
    found: list[tuple[bytes, list[bytes]]] = []
    clean = True
    for n, line in enumerate(block.replace(b"\r\n", b"\n").split(b"\n")):
        if not line:
            continue
        if line[:1] in b" \t":
            if found:
                found[-1][1].append(line)
            else:
                clean = False
            continue
        name, colon, value = line.partition(b":")
        bare = name.rstrip(b" \t")
        if not colon or not bare or re.search(rb"[^\x21-\x7e]", bare):
            # A mailbox file's own first line is not part of the message.
            clean = clean and n == 0 and _MBOX.match(line) is not None
            continue
        found.append((name, [value]))
    return [_field(name, values) for name, values in found], clean


_MBOX = re.compile(rb"From [^\s:]+ +\w{3} \w{3} +\d{1,2} [\d:]{5,8} (?:\S+ )?\d{4}\s*$")


def _field(name: bytes, values: list[bytes]) -> Field:
    bare = name.rstrip(b" \t")
    return Field(
        name=bare.decode("ascii").lower(),
        value=b"".join(values).strip(b" \t\r"),
        exact=bare == name,
    )


def first(found: list[Field], name: str) -> bytes:
    """The value of the topmost field of that name, or nothing."""
    return next((field.value for field in found if field.name == name), b"")


def decode(value: bytes) -> str:
    """A header's words for display: one line, encoded words decoded, at most 4 KiB of it read."""
    value = value[:MAX_DECODED]
    out: list[str] = []
    pending: tuple[str, bytes] | None = None
    at = 0
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        at = word.end()
        charset = word[1].decode("ascii").lower()
        data = _word_bytes(word[2], word[3])
        if pending and not between.strip() and pending[0] == charset:
            # A character may be cut in two by the writer: join before decoding.
            pending = (charset, pending[1] + data)
            continue
        if pending:
            out.append(decode_bytes(pending[1], pending[0]))
            between = between if between.strip() else b""
        out.append(decode_bytes(between, ""))
        pending = (charset, data)
    if pending:
        out.append(decode_bytes(pending[1], pending[0]))
    out.append(decode_bytes(value[at:], ""))
    return " ".join(clean_text("".join(out)).split())


def _word_bytes(encoding: bytes, data: bytes) -> bytes:
    if encoding in b"bB":
        return decode_base64(data)
    return quopri.decodestring(data.replace(b"_", b" "), header=False)


def decode_base64(data: bytes) -> bytes:
    """Whatever can be read of base64 text, broken padding and strange characters included."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    try:
        return base64.b64decode(kept[: len(kept) - (len(kept) % 4 == 1)] + b"==", validate=False)
    except binascii.Error:
        return b""


def decode_bytes(data: bytes, charset: str) -> str:
    """Text in whatever charset is claimed, never an error (threats F3).

    An unknown, wrong or missing charset is read as UTF-8 where that fits, else as Windows-1252.
    Only character sets are looked up: no codec that computes (idna, escapes) runs on foreign bytes.
    """
    codec = _codec(charset)
    for name in (codec, "utf-8"):
        if name:
            try:
                return data.decode(name)
            except (UnicodeError, ValueError):
                continue
    return data.decode("cp1252", errors="replace")


def _codec(charset: str) -> str | None:
    name = charset.strip().strip("\"'").lower()
    if not _TEXT_CODECS.match(name) and not name.startswith(("us-ascii", "windows")):
        return None
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if found.name in _WESTERN:
        return None if found.name == "ascii" else "cp1252"
    return found.name
