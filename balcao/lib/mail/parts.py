"""The tree of a MIME message, walked without recursion and within limits.

The standard library's parser recurses once a level: a thousand nested parts end it, and a hundred
thousand flat ones take seconds (threats F1). This one cuts at boundaries from left to right, each
level within its parent, and stops at a limit.
"""

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote_to_bytes

from balcao.lib.mail import headers

MAX_DEPTH = 20
MAX_PARTS = 300
_MAX_PART_HEADERS = 16 * 1024
_MAX_PARAMETERS = 4096
_MAX_PADDING = 200


class TooComplex(Exception):
    """More levels or parts than any honest message has."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part that holds no other parts.

    ``content``: its bytes, transfer encoding undone. ``shown``: the writer meant it to be read in
    place, not as a file. ``group``: the multipart it stands in ("alternative", "mixed", ...) and
    the number of that multipart. ``cid``: its Content-ID, by which an HTML part names a picture.
    ``flow``: "yes" for format=flowed, "delsp" where spaces at line ends are no text (RFC 3676).
    """

    kind: str
    charset: str
    name: str
    shown: bool
    content: bytes
    group: tuple[str, int]
    cid: str = ""
    flow: str = ""


def leaves(block: bytes, body: bytes) -> Iterator[Leaf]:
    """The leaves of a message with this header block and body, in order.

    Raises TooComplex beyond 20 levels or 300 parts.
    """
    pile = [(block, body, 0, ("mixed", 0))]
    made = multiparts = 0
    while pile:
        block, body, depth, group = pile.pop()
        made += 1
        if made > MAX_PARTS or depth > MAX_DEPTH:
            raise TooComplex
        about = _About.read(block[:_MAX_PART_HEADERS])
        if about.kind.startswith("multipart/") and about.boundary:
            multiparts += 1
            inner = (about.kind.removeprefix("multipart/"), multiparts)
            children = [
                (*headers.split(piece), depth + 1, inner)
                for piece in _pieces(body, about.boundary, MAX_PARTS + 1 - made)
            ]
            if children:
                pile.extend(reversed(children))
                continue
            about = replace(about, kind="text/plain")
        yield Leaf(
            kind=about.kind,
            charset=about.charset,
            name=about.name,
            shown=about.shown,
            content=_decoded(body, about.encoding),
            group=group,
            cid=about.cid,
            flow=about.flow,
        )


@dataclass(frozen=True, slots=True)
class _About:
    kind: str
    charset: str
    boundary: bytes
    name: str
    shown: bool
    encoding: str
    cid: str
    flow: str

    @classmethod
    def read(cls, block: bytes) -> "_About":
        found = headers.fields(block)
        content = _parameters(headers.first(found, "content-type"))
        disposition = _parameters(headers.first(found, "content-disposition"))
        kind = content.get("", "").lower()
        if not re.fullmatch(r"[a-z0-9.+_-]+/[a-z0-9.+_-]+", kind):
            kind = "text/plain"
        name = disposition.get("filename") or content.get("name", "")
        encoding = headers.first(found, "content-transfer-encoding")
        return cls(
            kind=kind,
            charset=content.get("charset", ""),
            boundary=content.get("boundary", "").encode("latin-1", "replace"),
            name=name,
            shown=disposition.get("", "").lower() != "attachment" and not name,
            encoding=encoding.decode("latin-1").strip().lower(),
            cid=_content_id(headers.first(found, "content-id")),
            flow=_flow(content),
        )


def _content_id(value: bytes) -> str:
    found = re.search(rb"<([\x21-\x3b\x3d\x3f-\x7e]{1,240})>", value[:_MAX_PARAMETERS])
    return found[1].decode("ascii") if found else ""


def _flow(content: dict[str, str]) -> str:
    if content.get("format", "").strip().lower() != "flowed":
        return ""
    return "delsp" if content.get("delsp", "").strip().lower() == "yes" else "yes"


def _parameters(value: bytes) -> dict[str, str]:
    """The main value under "" and its parameters, of MIME (RFC 2045, 2231, and 2047 as sent)."""
    value = value[:_MAX_PARAMETERS]
    main, _, rest = value.partition(b";")
    found = {"": headers.decode(main.split(b"(")[0])}
    pieces: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for match in _PARAMETER.finditer(rest):
        name = match[1].decode("ascii").lower()
        quoted, bare = match[5], match[6]
        data = re.sub(rb"\\(.)", rb"\1", quoted) if quoted is not None else bare.strip()
        number = int(match[3]) if match[3] else 0
        if match[2] or match[4]:
            pieces.setdefault(name, {}).setdefault(number, (data, bool(match[4])))
        elif name not in found:
            found[name] = headers.decode(data) if name != "boundary" else data.decode("latin-1")
    for name, parts in pieces.items():
        found[name] = _joined(parts)
    return found


_PARAMETER = re.compile(
    rb"([A-Za-z0-9_-]{1,40})(\*([0-9]{1,2}))?(\*)?[ \t]*=[ \t]*"
    rb'(?:"((?:[^"\\]|\\.)*)"|([^;"]*))'
)


def _joined(parts: dict[int, tuple[bytes, bool]]) -> str:
    charset = ""
    data = b""
    for number in sorted(parts):
        piece, encoded = parts[number]
        if encoded:
            if number == 0 and piece.count(b"'") >= 2:
                named, _, piece = piece.split(b"'", 2)
                charset = named.decode("latin-1")
            piece = unquote_to_bytes(piece)
        data += piece
    return headers.decode_bytes(data, charset)


def _pieces(body: bytes, boundary: bytes, limit: int) -> Iterator[bytes]:
    """What stands between the delimiter lines; a missing last delimiter is forgiven."""
    start: int | None = None
    marks = _delimiters(body, b"--" + boundary.rstrip())
    for count, (line_start, line_end, last) in enumerate(marks):
        if count > limit:
            raise TooComplex
        if start is not None:
            yield body[start:line_start].removesuffix(b"\n").removesuffix(b"\r")
        if last:
            return
        start = line_end
    if start is not None:
        yield body[start:]


def _delimiters(body: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Start and end of each delimiter line (RFC 2046 5.1.1), and whether it is the last one."""
    at = body.find(mark)
    while at >= 0:
        after = at + len(mark)
        end = body.find(b"\n", after, after + _MAX_PADDING)
        if end < 0 and len(body) - after <= _MAX_PADDING:
            end = len(body)
        starts_line = at == 0 or body[at - 1 : at] == b"\n"
        if starts_line and end >= 0:
            rest = body[after:end].rstrip(b" \t\r")
            if rest in (b"", b"--"):
                yield at, end + 1, rest == b"--"
        at = body.find(mark, after)


def _decoded(body: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return headers.decode_base64(body)
    if encoding == "quoted-printable":
        return quopri.decodestring(body)
    if encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        return _uudecoded(body)
    return body


def _uudecoded(body: bytes) -> bytes:
    out = []
    for line in body.splitlines():
        if line.startswith((b"begin ", b"end")):
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            return body
    return b"".join(out)
