"""One ticket: its messages, files, deadlines and why they are what they are."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from balcao.events.models import Event
from balcao.events.statements import Slot, Statement
from balcao.files.models import Scan, StoredFile
from balcao.lib.html import pictures
from balcao.policy import sla
from balcao.policy.access import Actor, Permission, can
from balcao.policy.book import Policy
from balcao.tickets.models import (
    Attachment,
    Deadline,
    Message,
    MessageKind,
    Ticket,
)
from balcao.tickets.queries.access import NotFound, scope_of, visible_to
from balcao.tickets.queries.clocks import clock_of, promise_for

PAGE = 25
"""How many messages a page shows at a time."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """An attachment: its name as cleaned, its size in bytes, the type found in its bytes.

    ``flagged``: it seems to hold passwords, keys or open sessions. ``held``: why nobody gets it.
    """

    id: UUID
    name: str
    size: int
    content_type: str
    flagged: bool
    held: str = ""


@dataclass(frozen=True, slots=True)
class RemoteRow:
    """The remote access that a message tells of; its author is the agent."""

    tool: str
    consent: str
    consent_door: str
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message. ``mine`` is for the reader's own. ``remote``: what it tells of, if anything.
    ``layout``: a code of models.Layout when it can be shown as it was laid out.
    """

    id: int
    kind: str
    door: str
    author: str
    author_id: int | None
    body: str
    quoted: str
    created_at: datetime
    mine: bool
    files: tuple[FileRow, ...]
    remote: RemoteRow | None = None
    layout: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """A stretch of a conversation, oldest first. ``before``: the id it ends before, None: its end.

    ``more``: older messages exist.
    """

    rows: list[MessageRow]
    before: int | None
    more: bool

    @property
    def older(self) -> int | None:
        """The id before which the stretch before this one ends; None: this is the beginning."""
        return self.rows[0].id if self.more and self.rows else None


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened to the ticket besides messages: a verb and its codes.

    ``actor``: the id of who did it, if anybody did.
    """

    id: int
    at: datetime
    verb: str
    actor: int | None
    by_staff: bool
    data: dict[str, object]


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    """A deadline as a page shows it; ``chip`` is policy.sla.chip's word for it."""

    kind: str
    due_at: datetime | None
    met_at: datetime | None
    breached_at: datetime | None
    warn_at: datetime | None
    paused: bool
    chip: str


def thread_for(actor: Actor, ticket: Ticket) -> list[MessageRow]:
    """The messages this actor may read, oldest first: notes only for those who may view notes."""
    notes = can(actor, Permission.VIEW_NOTES, scope_of(ticket, actor))
    return _shown(actor, _WHOLE[notes].rows(ticket.pk))


def latest_for(
    actor: Actor, ticket: Ticket, *, before: int | None = None, public: bool = False
) -> Thread:
    """The last ``PAGE`` messages of ``thread_for``, or those before the one with that id.

    ``public``: what customers read, whatever else the actor may (B8). One statement, with the
    files.
    """
    notes = not public and can(actor, Permission.VIEW_NOTES, scope_of(ticket, actor))
    if before is not None:
        read = _STRETCHES[notes].rows(ticket.pk, before)
    elif ticket.message_count > PAGE:
        read = _LATEST[notes].rows(ticket.pk)
    else:
        read = _WHOLE[notes].rows(ticket.pk)
    rows = _shown(actor, read)
    more = len(rows) > PAGE
    return Thread(rows=rows[-PAGE:], before=before, more=more)


def _readable(ticket: Slot, *, notes: bool) -> QuerySet[Message]:
    messages = Message.objects.filter(ticket=ticket)
    return messages if notes else messages.exclude(kind=MessageKind.NOTE)


def _with_files(messages: QuerySet[Message]) -> QuerySet[Any, Any]:
    """The messages with their files and remote sessions, oldest first, in one statement."""
    return messages.order_by("pk", "attachments__pk").values_list(
        *(
            "pk",
            "kind",
            "door",
            "author_name",
            "author_id",
            "body",
            "quoted",
            "created_at",
            "layout",
        ),
        *("attachments__file_id", "attachments__file__name", "attachments__file__size"),
        *("attachments__file__content_type", "attachments__file__flagged"),
        "attachments__file__scan",
        *("remote_session__tool", "remote_session__consent", "remote_session__consent_door"),
        *("remote_session__began_at", "remote_session__ended_at"),
    )


def _page(messages: QuerySet[Message]) -> QuerySet[Any, Any]:
    last = messages.order_by("-pk").values("pk")[: PAGE + 1]
    return _with_files(Message.objects.filter(pk__in=last))


# By whether the reader may see internal notes (B8).
_NOTES = (False, True)
_WHOLE = {
    notes: Statement(lambda t, notes=notes: _with_files(_readable(t, notes=notes)), int)
    for notes in _NOTES
}
_LATEST = {
    notes: Statement(lambda t, notes=notes: _page(_readable(t, notes=notes)), int)
    for notes in _NOTES
}
_STRETCHES = {
    notes: Statement(
        lambda t, before, notes=notes: _page(_readable(t, notes=notes).filter(pk__lt=before)),
        int,
        int,
    )
    for notes in _NOTES
}


def _shown(actor: Actor, rows: list[tuple[Any, ...]]) -> list[MessageRow]:
    found: dict[int, MessageRow] = {}
    for pk, kind, door, name, author_id, body, quoted, created_at, layout, *more in rows:
        file, remote = more[:6], more[6:]
        files: tuple[FileRow, ...] = ()
        if file[0] is not None:
            held = file[5] if file[5] in (Scan.WAITING, Scan.INFECTED) else ""
            files = (FileRow(file[0], file[1], file[2], file[3], bool(file[4]), held),)
        if before := found.get(pk):
            found[pk] = replace(before, files=before.files + files)
            continue
        found[pk] = MessageRow(
            id=pk,
            kind=kind,
            door=door,
            author=name,
            author_id=author_id,
            body=body,
            quoted=quoted,
            created_at=created_at,
            mine=author_id == actor.id,
            files=files,
            remote=RemoteRow(*remote) if remote[0] is not None else None,
            layout=layout,
        )
    return list(found.values())


def lines_for(actor: Actor, ticket: Ticket) -> list[Line]:
    """The ticket's events, oldest first, for those who may see decisions (staff, auditor)."""
    if not can(actor, Permission.VIEW_DECISIONS, scope_of(ticket, actor)):
        return []
    rows = Event.objects.filter(
        subject_kind=ticket._meta.label_lower, subject_id=ticket.pk
    ).order_by("pk")
    return [
        line_of(*row)
        for row in rows.values_list("pk", "at", "verb", "actor_id", "actor_label", "data")
    ]


def line_of(
    pk: int, at: datetime, verb: str, actor: int | None, label: str, data: dict[str, object]
) -> Line:
    """An event of a ticket as it was read."""
    by_staff = label not in ("contact", "contact,org_admin")
    return Line(id=pk, at=at, verb=verb, actor=actor, by_staff=by_staff, data=data)


def deadlines_of(ticket: Ticket, *, now: datetime) -> dict[str, DeadlineRow]:
    """Both deadlines by kind ("start", "resolution")."""
    return {row[0]: deadline_row(*row, now=now) for row in _DEADLINES.rows(ticket.pk)}


_DEADLINES = Statement(
    lambda ticket: Deadline.objects.filter(ticket=ticket).values_list(
        "kind", "due_at", "met_at", "breached_at", "warn_at", "paused"
    ),
    int,
)


def deadline_row(
    kind: str,
    due_at: datetime | None,
    met_at: datetime | None,
    breached_at: datetime | None,
    warn_at: datetime | None,
    paused: bool,
    *,
    now: datetime,
) -> DeadlineRow:
    """A deadline as it was read, with its chip at ``now``."""
    chip = sla.chip(due_at, soon_at=warn_at, met_at=met_at, paused=paused, now=now)
    return DeadlineRow(kind, due_at, met_at, breached_at, warn_at, paused, chip)


def explain_deadlines(
    ticket: Ticket, *, policy: Policy, now: datetime
) -> tuple[sla.Explanation, ...]:
    """ "Por que este prazo?" of the start and of the conclusion; ``policy`` is the one in force.

    Nothing for a one-off that waits for its problem: no deadline runs before that (R16).
    """
    met = dict(Deadline.objects.filter(ticket=ticket).values_list("kind", "met_at"))
    if not met:
        return ()
    promise, clock = promise_for(ticket, in_force=policy), clock_of(ticket)

    def explained(name: sla.DeadlineName) -> sla.Explanation:
        return sla.explain_of(clock, promise, name, met_at=met[name], now=now)

    return explained("start"), explained("resolution")


def attachment_for(actor: Actor, file_id: UUID) -> Attachment:
    """An attachment of a message this actor may read, with the message and the ticket by which it
    may. Raises NotFound for every other file (B1).
    """
    attachments = Attachment.objects.filter(
        file=file_id, message__ticket__in=visible_to(actor)
    ).select_related("message__ticket", "file")
    for attachment in attachments:
        is_note = attachment.message.kind == MessageKind.NOTE
        if not is_note or can(actor, Permission.VIEW_NOTES, scope_of(attachment.message.ticket)):
            return attachment
    raise NotFound


@dataclass(frozen=True, slots=True)
class Written:
    """A message as it was laid out. ``pictures``: those among its own files that its HTML shows."""

    id: int
    ticket_id: int
    html: str
    pictures: tuple[StoredFile, ...]


def written_for(actor: Actor, message_id: int) -> Written:
    """A message that came laid out, with the pictures that came along. Two statements.

    Raises NotFound where the actor may not read it, and where there is nothing to show.
    """
    rows = Message.objects.filter(pk=message_id, ticket__in=visible_to(actor)).exclude(layout="")
    row = rows.select_related("ticket").first()
    if row is None:
        raise NotFound
    if row.kind == MessageKind.NOTE and not can(actor, Permission.VIEW_NOTES, scope_of(row.ticket)):
        raise NotFound
    named = set(pictures(row.html))
    attached = Attachment.objects.filter(message=row).select_related("file") if named else ()
    files = tuple(one.file for one in attached if one.file_id.hex in named)
    return Written(id=row.pk, ticket_id=row.ticket_id, html=row.html, pictures=files)
