"""A mail that was read, as bytes between two processes of ours: JSON first, then its contents.

Nothing here runs what it is given: a reader that was taken over can send wrong words, not code.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from balcao.lib.mail.bounces import Bounce
from balcao.lib.mail.machine import Kind, Machine
from balcao.lib.mail.parsing import ParsedMail, Part, Unparseable
from balcao.lib.names import clean_filename

_LENGTH = 8
_TEXTS = ("message_id", "in_reply_to", "references", "subject", "text", "html")


class Garbled(ValueError):
    """What came is no mail as ``encoded`` writes it."""


def length(size: int) -> bytes:
    """The bytes that say how many follow."""
    return size.to_bytes(_LENGTH, "big")


def encoded(found: ParsedMail | Unparseable) -> Iterator[bytes]:
    """The pieces to send, the large ones as they are in memory."""
    if isinstance(found, Unparseable):
        head, contents = {"reason": found.reason}, []
    else:
        contents = [found.raw_headers, *(part.content for part in found.files)]
        head = _head(found, [len(content) for content in contents])
    told = json.dumps(head).encode("ascii")
    yield length(_LENGTH + len(told) + sum(map(len, contents)))
    yield length(len(told))
    yield told
    yield from contents


def _head(mail: ParsedMail, sizes: list[int]) -> dict[str, Any]:
    return {
        **{name: getattr(mail, name) for name in _TEXTS},
        "date": mail.date.isoformat() if mail.date else "",
        "machine": [mail.machine.kind.value, mail.machine.sure] if mail.machine else None,
        "bounce": [*mail.bounce.mail_ids, mail.bounce.words, mail.bounce.final]
        if mail.bounce
        else None,
        "files": [[part.name, part.cid] for part in mail.files],
        "sizes": sizes,
    }


def decoded(data: bytes) -> ParsedMail:
    """The mail out of everything that follows the first length.

    Raises Unparseable as the reader did, Garbled for what no reader of ours writes.
    """
    try:
        start = _LENGTH + int.from_bytes(data[:_LENGTH], "big")
        head = json.loads(data[_LENGTH:start])
        if "reason" in head:
            raise Unparseable(_text(head["reason"])[:40])
        contents = list(_cut(data, start, head["sizes"]))
        files = [
            Part(clean_filename(_text(name)), content, _text(cid))
            for (name, cid), content in zip(head["files"], contents[1:], strict=True)
        ]
        return ParsedMail(
            raw_headers=contents[0],
            date=datetime.fromisoformat(head["date"]) if head["date"] else None,
            files=tuple(files),
            machine=_machine(head["machine"]),
            bounce=_bounce(head["bounce"]),
            **{name: _text(head[name]) for name in _TEXTS},
        )
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise Garbled from error


def _machine(told: list[Any] | None) -> Machine | None:
    if told is None:
        return None
    kind, sure = told
    return Machine(Kind(kind), sure is True)


def _bounce(told: list[Any] | None) -> Bounce | None:
    if told is None:
        return None
    *mail_ids, words, final = told
    return Bounce(tuple(map(_text, mail_ids)), _text(words), final is True)


def _cut(data: bytes, at: int, sizes: list[int]) -> Iterator[bytes]:
    for size in sizes:
        if not 0 <= size <= len(data) - at:
            raise Garbled
        yield data[at : at + size]
        at += size


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Garbled
    return value
