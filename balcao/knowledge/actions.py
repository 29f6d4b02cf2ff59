"""Writing notices to every customer, and what readers think of a page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from balcao.events.actions import emit, spend
from balcao.knowledge import queries
from balcao.knowledge.models import Feedback, Notice
from balcao.policy.access import Actor, Duty, may

VOTES_A_DAY = 10
"""How many votes one machine may leave in 24 hours (an office shares an address)."""


class NotAllowed(PermissionDenied):
    """The actor's duties do not reach this."""


class TooMany(Exception):
    """This machine left as many votes as it may for now."""


class Conflict(Exception):
    """It cannot be done as things are. ``code`` says why.

    ``backwards``: it must end after it begins, and not in the past. ``changed``: somebody changed
    the notice meanwhile. ``ended``: it is over.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Said:
    """What a notice says, and from when until when (None: until somebody ends it)."""

    level: str
    title: str
    body: str
    starts_at: datetime
    ends_at: datetime | None


def _require(actor: Actor, duty: Duty) -> None:
    if not may(actor, duty):
        raise NotAllowed


@transaction.atomic
def publish_notice(*, actor: Actor, now: datetime, said: Said, key: str) -> Notice:
    """Put a notice over the portal's pages. With a key that is known: the notice made then.

    Raises NotAllowed, Conflict "backwards".
    """
    _require(actor, Duty.KEEP_NOTICES)
    if actor.id is None:
        raise NotAllowed
    _must_go_forward(said, now)
    row, is_new = Notice.objects.get_or_create(
        key=key,
        defaults={
            "level": said.level,
            "title": said.title,
            "body": said.body,
            "starts_at": said.starts_at,
            "ends_at": said.ends_at,
            "created_by_id": actor.id,
            "changed_at": now,
        },
    )
    if is_new:
        emit("notice.published", row, actor=actor, now=now, data={"level": said.level})
        transaction.on_commit(queries.forget_showing)
    return row


@transaction.atomic
def change_notice(
    *, actor: Actor, now: datetime, notice_id: int, said: Said, seen: datetime
) -> Notice:
    """Change a notice as it stood at ``seen`` (its ``changed_at``). The same words change nothing.

    Raises NotAllowed, Notice.DoesNotExist, Conflict "ended", "changed", "backwards".
    """
    _require(actor, Duty.KEEP_NOTICES)
    row = Notice.objects.get(pk=notice_id)
    if row.ends_at is not None and row.ends_at <= now:
        raise Conflict("ended")
    if row.changed_at != seen:
        raise Conflict("changed")
    _must_go_forward(said, now)
    names = ("level", "title", "body", "starts_at", "ends_at")
    fields = [name for name in names if getattr(row, name) != getattr(said, name)]
    if not fields:
        return row
    for name in fields:
        setattr(row, name, getattr(said, name))
    row.changed_at = now
    same = Notice.objects.filter(pk=notice_id, changed_at=seen)
    if not same.update(
        level=row.level,
        title=row.title,
        body=row.body,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        changed_at=now,
    ):
        raise Conflict("changed")
    emit("notice.changed", row, actor=actor, now=now, data={"fields": fields})
    transaction.on_commit(queries.forget_showing)
    return row


@transaction.atomic
def end_notice(*, actor: Actor, now: datetime, notice_id: int) -> None:
    """Take a notice down, or call one off that is yet to come. One that is over stays as it was.

    Raises NotAllowed, Notice.DoesNotExist.
    """
    _require(actor, Duty.KEEP_NOTICES)
    row = Notice.objects.get(pk=notice_id)
    up = Notice.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), pk=notice_id)
    if up.update(starts_at=min(row.starts_at, now), ends_at=now, changed_at=now):
        emit("notice.ended", row, actor=actor, now=now)
        transaction.on_commit(queries.forget_showing)


def _must_go_forward(said: Said, now: datetime) -> None:
    if said.ends_at is not None and (said.ends_at <= said.starts_at or said.ends_at <= now):
        raise Conflict("backwards")


@transaction.atomic
def leave_feedback(
    *,
    actor: Actor,
    now: datetime,
    page: str,
    policy_version: int | None,
    helpful: bool,
    comment: str,
    key: str,
    machine: str,
) -> Feedback:
    """A reader's vote on a page, with words if they left any (S45). With a key that is known: the
    vote made then. ``machine`` is where votes are counted. Raises TooMany.
    """
    if known := Feedback.objects.filter(key=key).first():
        return known
    if not spend(machine, limit=VOTES_A_DAY, window=timedelta(days=1), now=now):
        raise TooMany
    row, is_new = Feedback.objects.get_or_create(
        key=key,
        defaults={
            "page": page,
            "policy_version": policy_version,
            "helpful": helpful,
            "comment": comment,
            "user_id": actor.id,
            "at": now,
        },
    )
    if is_new:
        data = {"helpful": helpful, "commented": bool(comment), "version": policy_version}
        emit("feedback.left", row, actor=actor, now=now, data=data)
    return row


@transaction.atomic
def mark_read(*, actor: Actor, now: datetime, feedback_id: int) -> None:
    """Somebody took note of a comment; the first one counts. Raises NotAllowed, DoesNotExist."""
    _require(actor, Duty.KEEP_FEEDBACK)
    row = Feedback.objects.get(pk=feedback_id)
    unread = Feedback.objects.filter(pk=feedback_id, read_at=None)
    if unread.update(read_at=now, read_by_id=actor.id):
        emit("feedback.read", row, actor=actor, now=now)
