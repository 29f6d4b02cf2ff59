"""What the team is writing on a ticket and has not sent."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from balcao.events.models import Event
from balcao.events.statements import Slot, Statement
from balcao.files.models import StoredFile
from balcao.people.queries import names_of
from balcao.policy.access import Actor, Permission, can
from balcao.tickets.models import StaffDraft, Ticket
from balcao.tickets.queries.access import scope_of, visible_to
from balcao.tickets.queries.thread import FileRow


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft as a page shows it. ``mine`` is for the reader's own. ``sends_at``: on its way."""

    id: int
    mine: bool
    author: str
    kind: str
    body: str
    key: str
    version: int
    then: str
    sends_at: datetime | None
    stopped: str
    changed_at: datetime
    files: tuple[FileRow, ...]

    @property
    def empty(self) -> bool:
        """Nothing was written, or what was written has left."""
        return not self.body and not self.files

    @property
    def is_live(self) -> bool:
        """Something is written, neither put away nor on its way."""
        return not self.empty and self.sends_at is None and self.stopped != "discarded"


@dataclass(frozen=True, slots=True)
class MyDraft:
    """One of the reader's drafts on any ticket."""

    number: str
    subject: str
    kind: str
    body: str
    sends_at: datetime | None
    stopped: str
    changed_at: datetime


def drafts_on(actor: Actor, ticket: Ticket) -> list[DraftRow]:
    """The reader's draft, and those of colleagues for whoever may write notes here (never a
    customer, B8). One statement with their files.
    """
    everybodys = can(actor, Permission.NOTE, scope_of(ticket, actor))
    rows = _OF_ALL.objects(ticket.pk) if everybodys else _OWN.objects(ticket.pk, actor.id)
    found: dict[int, tuple[StaffDraft, list[FileRow]]] = {}
    for row in rows:
        files = found.setdefault(row.pk, (row, []))[1]
        if row.file:
            file = FileRow(
                row.file, row.file_name, row.file_size, row.file_type, bool(row.file_flags)
            )
            files.append(file)
    return [_shown(row, files, actor=actor) for row, files in found.values()]


def _drafts(ticket: Slot, author: Slot | None = None) -> QuerySet[StaffDraft]:
    rows = StaffDraft.objects.filter(ticket=ticket)
    if author is not None:
        rows = rows.filter(author=author)
    return (
        rows.select_related("author")
        .annotate(
            file=F("files__pk"),
            file_name=F("files__name"),
            file_size=F("files__size"),
            file_type=F("files__content_type"),
            file_flags=F("files__flagged"),
        )
        .order_by("pk", "files__created_at", "file")
    )


_OF_ALL = Statement(_drafts, int)
_OWN = Statement(_drafts, int, int)


def _shown(row: StaffDraft, files: list[FileRow], *, actor: Actor) -> DraftRow:
    return DraftRow(
        id=row.pk,
        mine=row.author_id == actor.id,
        author=row.author.name,
        kind=row.kind,
        body=row.body,
        key=row.key,
        version=row.version,
        then=row.then,
        sends_at=row.sends_at,
        stopped=row.stopped,
        changed_at=row.changed_at,
        files=tuple(files),
    )


def draft_on(actor: Actor, ticket: Ticket) -> DraftRow | None:
    """The reader's own draft on the ticket, also an empty one."""
    return next((row for row in drafts_on(actor, ticket) if row.mine), None)


def my_drafts(actor: Actor) -> list[MyDraft]:
    """The reader's drafts and stopped replies on tickets they still see, stopped ones first."""
    rows = (
        StaffDraft.objects.filter(author=actor.id, ticket__in=visible_to(actor))
        .exclude(stopped="discarded")
        .exclude(Q(body="") & Q(files=None))
        .order_by("-changed_at", "-pk")
        .distinct()
        .values_list(
            *("ticket__number", "ticket__subject", "kind", "body"),
            *("sends_at", "stopped", "changed_at"),
        )
    )
    return sorted((MyDraft(*row) for row in rows[:200]), key=lambda one: not one.stopped)


# What makes a form that was begun before it speak of another ticket than there is now.
_MOVES = (
    *("ticket.started", "ticket.waiting_customer", "ticket.waiting_third", "ticket.sales_asked"),
    *("ticket.scope_answered", "ticket.scheduled", "ticket.attended", "ticket.resumed"),
    *("ticket.resolved", "ticket.reopened", "ticket.closed", "ticket.cancelled"),
    *("ticket.assigned", "ticket.claimed", "ticket.given_back", "ticket.claim_ended"),
    *("ticket.skipped", "ticket.queue_changed", "ticket.assignment_undone"),
)


@dataclass(frozen=True, slots=True)
class Moved:
    """Who moved or took a ticket last, and how: an event's verb. No ``name``: the desk itself."""

    verb: str
    name: str
    mine: bool
    at: datetime


def last_move(actor: Actor, ticket: Ticket) -> Moved | None:
    """The last change of state or owner of a ticket that the actor sees."""
    row = (
        Event.objects.filter(
            subject_kind=ticket._meta.label_lower, subject_id=ticket.pk, verb__in=_MOVES
        )
        .order_by("-pk")
        .first()
    )
    if row is None:
        return None
    name = names_of([row.actor_id]).get(row.actor_id, "") if row.actor_id else ""
    return Moved(row.verb, name, row.actor_id == actor.id, row.at)


def standing(ticket: Ticket) -> str:
    """A ticket's state and owner, as a form carries them."""
    return f"{ticket.state}:{ticket.assignee_id or 0}"


def owner_in(was: str) -> int | None:
    """The owner that a ``standing`` names."""
    owner = was.partition(":")[2]
    return int(owner) if owner.isdecimal() and int(owner) else None


def move_since(actor: Actor, ticket: Ticket, was: str) -> Moved | None:
    """What another one did to a ticket since it stood as ``was`` says: moved it, or took it."""
    if not was or was == standing(ticket):
        return None
    taken = ticket.assignee_id not in (None, actor.id)
    if was.partition(":")[0] == ticket.state and not taken:
        return None
    move = last_move(actor, ticket)
    return None if move is None or move.mine else move


def kept_files(draft: DraftRow | None) -> list[StoredFile]:
    """The files of a draft, ready to go with its message."""
    ids = [file.id for file in draft.files] if draft else []
    return list(StoredFile.objects.filter(pk__in=ids).order_by("created_at", "pk")) if ids else []
