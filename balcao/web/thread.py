"""The messages of a conversation as every page draws them (components/ticket.html)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.urls import reverse

from balcao.web import words
from balcao.web.words import Badge, acts

VARIANTS = {"customer": "contact", "reply": "staff", "note": "note"}


class FileLike(Protocol):
    """An attachment as it was read."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def flagged(self) -> bool: ...
    @property
    def held(self) -> str: ...


class MessageLike(Protocol):
    """A message as it was read. ``kind``: one of ``VARIANTS``."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def door(self) -> str: ...
    @property
    def author(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def quoted(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def files(self) -> Sequence[FileLike]: ...
    @property
    def remote(self) -> acts.Remote | None: ...
    @property
    def layout(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Attached:
    name: str
    size: int
    href: str
    flagged: bool
    held: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """Where a message is shown as it was laid out; ``more``: the same with what is outside."""

    href: str
    more: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One message. ``sent``: how its mail stands, for the team. ``thanks``: a mere thank-you."""

    id: int
    variant: str
    author: str
    at: datetime
    text: str
    quoted: str
    files: tuple[Attached, ...]
    door: Badge | None
    sent: Badge | None = None
    thanks: bool = False
    written: Written | None = None


def before_of(query: Mapping[str, str]) -> int | None:
    """The message before which a page ends ("?antes="); None: it ends with the last one."""
    given = query.get("antes", "")
    return int(given) if given.isdecimal() and len(given) < 16 else None


def entries(rows: Iterable[MessageLike], *, file_route: str = "file") -> list[Entry]:
    """The messages, ready to show. How a customer wrote is told; how we did is not.

    ``file_route``: where their files are got. Where that is no page of a session, a message is
    shown as text only.
    """
    return [
        Entry(
            id=row.id,
            variant=VARIANTS[row.kind],
            author=row.author,
            at=row.created_at,
            text=acts.remote(row.remote, row.author) if row.remote else row.body,
            quoted=row.quoted,
            files=tuple(
                Attached(
                    file.name,
                    file.size,
                    reverse(file_route, args=[file.id]),
                    file.flagged,
                    words.file_held(file.held),
                )
                for file in row.files
            ),
            door=words.door(row.door) if row.kind == "customer" else None,
            written=_written(row) if row.layout and file_route == "file" else None,
        )
        for row in rows
    ]


def _written(row: MessageLike) -> Written:
    href = reverse("written", args=[row.id])
    return Written(href, f"{href}?imagens=1" if row.layout == "remote" else "")
