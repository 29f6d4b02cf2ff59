"""What an agent is still writing: kept as they type, each change counted, never lost.

One row a person and ticket. Every change asks for the ``version`` it was made from, so that of two
windows, of an undo and the job that sends, exactly one has its way and the other is told.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from balcao.files.models import StoredFile
from balcao.policy.access import Actor, Permission
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions.refusal import Conflict, require
from balcao.tickets.models import MessageKind, StaffDraft
from balcao.tickets.queries import visible_to

DISCARDED = "discarded"
_KEEP_EMPTY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Writing:
    """What stands in the composer, and the ``version`` of the draft it was made from (0: none).

    ``seen``, ``was``: how many messages stood on that page, and the ticket's ``standing`` there.
    """

    kind: str
    body: str
    key: str
    version: int = 0
    seen: int = 0
    then: str = ""
    was: str = ""


@dataclass(frozen=True, slots=True)
class Came:
    """The draft that a message was until now."""

    draft: int
    version: int


@transaction.atomic
def keep_writing(
    *,
    actor: Actor,
    now: datetime,
    ticket_id: int,
    writing: Writing,
    files: Sequence[StoredFile] = (),
    without: Collection[UUID] = (),
) -> StaffDraft:
    """Keep what was typed; ``files`` join those kept before, less the ones named by ``without``.

    The same text is no change, whatever window it comes from. Raises NotAllowed,
    Conflict("draft_changed") when another window was faster, or Conflict("draft_sending") while it
    is on its way.
    """
    wanted = Permission.NOTE if writing.kind == MessageKind.NOTE else Permission.ANSWER
    require(visible_to(actor, wanted).filter(pk=ticket_id).exists())
    return put(actor, ticket_id, writing, files=files, without=without, now=now)


def put(
    actor: Actor,
    ticket_id: int,
    writing: Writing,
    *,
    files: Sequence[StoredFile],
    now: datetime,
    without: Collection[UUID] = (),
    sends_at: datetime | None = None,
) -> StaffDraft:
    """The same inside an action's transaction, which has asked whether it is allowed."""
    mine = of(actor, ticket_id)
    discarded = mine.filter(version=writing.version, stopped=DISCARDED).first()
    if discarded is not None:
        discarded.files.clear()
    same = Q(kind=writing.kind, body=writing.body)
    known = mine.filter(Q(version=writing.version) | same, sends_at=None)
    changed = known.update(
        kind=writing.kind,
        body=writing.body,
        seen=writing.seen,
        was=writing.was,
        then=writing.then,
        sends_at=sends_at,
        stopped="",
        version=F("version") + 1,
        changed_at=now,
    )
    row = mine.first()
    if row is None:
        row = _create(actor, ticket_id, writing, sends_at=sends_at, now=now)
    elif not changed:
        again = sends_at is not None and row.key == writing.key and row.body == writing.body
        if not again:
            raise Conflict("draft_sending" if row.sends_at else "draft_changed")
    if without:
        chosen = StaffDraft.files.through.objects
        chosen.filter(staffdraft=row.pk, storedfile__in=without).delete()
    if files:
        row.files.add(*files)
    return row


def _create(
    actor: Actor, ticket_id: int, writing: Writing, *, sends_at: datetime | None, now: datetime
) -> StaffDraft:
    assert actor.id is not None
    try:
        with transaction.atomic():
            return StaffDraft.objects.create(
                ticket_id=ticket_id,
                author_id=actor.id,
                kind=writing.kind,
                body=writing.body,
                key=writing.key,
                seen=writing.seen,
                was=writing.was,
                then=writing.then,
                sends_at=sends_at,
                changed_at=now,
            )
    except IntegrityError:
        raise Conflict("draft_changed") from None


@transaction.atomic
def add_files(*, actor: Actor, now: datetime, ticket_id: int, files: Sequence[StoredFile]) -> None:
    """Files join the actor's draft whatever its version: nobody chooses them twice (a no-op where
    there is no draft). The draft counts as changed at ``now``.
    """
    row = of(actor, ticket_id).filter(sends_at=None).first()
    if row is not None and files:
        row.files.add(*files)
        row.changed_at = now
        row.save(update_fields=["changed_at"])


@transaction.atomic
def discard_writing(*, actor: Actor, now: datetime, ticket_id: int, version: int) -> None:
    """Put the draft away; it can be taken back until it is written over or a day has passed.

    Raises Conflict("draft_changed") when another window was faster.
    """
    changed = (
        of(actor, ticket_id)
        .filter(version=version, sends_at=None)
        .update(stopped=DISCARDED, version=F("version") + 1, changed_at=now)
    )
    if not changed:
        raise Conflict("draft_changed")


@transaction.atomic
def restore_writing(*, actor: Actor, now: datetime, ticket_id: int) -> None:
    """Take a discarded draft back. Raises Conflict("draft_changed") when there is none any more."""
    changed = (
        of(actor, ticket_id)
        .filter(stopped=DISCARDED)
        .update(stopped="", version=F("version") + 1, changed_at=now)
    )
    if not changed:
        raise Conflict("draft_changed")


def let_go(came: Came | None, *, now: datetime) -> None:
    """Empty the draft that becomes a message, in the message's transaction.

    Exactly one of sending, undoing and changing finds the version it asks for. The row stays, with
    a new key and its version, so that an old window is told instead of writing it anew. Raises
    Conflict("draft_changed").
    """
    if came is None:
        return
    changed = StaffDraft.objects.filter(pk=came.draft, version=came.version).update(
        body="",
        then="",
        stopped="",
        sends_at=None,
        key=uuid.uuid4().hex,
        version=F("version") + 1,
        changed_at=now,
    )
    if not changed:
        raise Conflict("draft_changed")
    StaffDraft.files.through.objects.filter(staffdraft=came.draft).delete()


def of(actor: Actor, ticket_id: int) -> QuerySet[StaffDraft]:
    """The actor's draft on the ticket, at most one row."""
    return StaffDraft.objects.filter(ticket=ticket_id, author=actor.id)


@transaction.atomic
def tidy_writing(now: datetime) -> int:
    """Remove drafts unchanged for ``retention.drafts`` days, and empty or discarded ones after a
    day; how many went. What is on its way stays.
    """
    days = rulebook.current().retention["drafts"]
    spent = Q(stopped=DISCARDED) | Q(body="", files=None)
    old = StaffDraft.objects.filter(sends_at=None).filter(
        Q(changed_at__lt=now - timedelta(days=days)) | spent & Q(changed_at__lt=now - _KEEP_EMPTY)
    )
    ids = list(old.values_list("pk", flat=True)[:500])
    StaffDraft.objects.filter(pk__in=ids, sends_at=None).delete()
    return len(ids)
