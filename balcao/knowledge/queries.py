"""Reading notices and feedback. What every page shows is remembered for a few seconds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from balcao.knowledge.models import Feedback, Notice, NoticeLevel
from balcao.policy.access import Actor, Duty, may

__all__ = ["Notice", "NoticeLevel"]

KEPT_FOR = timedelta(seconds=5)
"""How old what a page shows may be; the process that changes a notice shows it at once."""


@dataclass(slots=True)
class _Memory:
    read_at: datetime
    rows: tuple[Notice, ...]


_memory: list[_Memory] = []


def showing(now: datetime) -> tuple[Notice, ...]:
    """The notices that are over the portal's pages at ``now``, the gravest first. Mostly no
    statement: what is and what comes is read again after a few seconds.
    """
    kept = _memory[-1] if _memory else None
    if kept is None or abs(now - kept.read_at) > KEPT_FOR:
        rows = Notice.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now)).order_by("pk")
        kept = _Memory(read_at=now, rows=tuple(rows))
        _memory[:] = [kept]
    return tuple(gravest_first([row for row in kept.rows if shows(row, now)]))


def gravest_first(rows: Iterable[Notice]) -> list[Notice]:
    """An outage before a maintenance before an information."""
    levels = NoticeLevel.values
    return sorted(rows, key=lambda row: levels.index(row.level))


def shows(row: Notice, now: datetime) -> bool:
    """Whether the notice is up at ``now``: from its beginning on, and not at its end."""
    return row.starts_at <= now and (row.ends_at is None or now < row.ends_at)


def forget_showing() -> None:
    """Read the notices anew: one of them changed."""
    _memory.clear()


def notices_for(actor: Actor, *, limit: int = 50) -> list[Notice]:
    """All notices, the newest first, for those who keep them."""
    if not may(actor, Duty.KEEP_NOTICES):
        return []
    return list(Notice.objects.select_related("created_by").order_by("-starts_at", "-pk")[:limit])


def notice_for(actor: Actor, notice_id: int) -> Notice:
    """One notice, for those who keep them. Raises Notice.DoesNotExist."""
    if not may(actor, Duty.KEEP_NOTICES):
        raise Notice.DoesNotExist
    return Notice.objects.get(pk=notice_id)


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes on a page while one version of the policy was in force (None: it hangs on none)."""

    version: int | None
    helpful: int
    unhelpful: int
    comments: int

    @property
    def votes(self) -> int:
        """All votes."""
        return self.helpful + self.unhelpful


@dataclass(frozen=True, slots=True)
class Comment:
    """A vote with words. ``by``: who wrote, empty for a reader without sign-in."""

    id: int
    helpful: bool
    text: str
    by: str
    version: int | None
    at: datetime
    read_at: datetime | None
    read_by: str


def tallies_for(actor: Actor, page: str, *, limit: int = 20) -> list[Tally]:
    """The votes on ``page`` by version, newest first. Nothing for those who may not see them."""
    if not may(actor, Duty.VIEW_FEEDBACK):
        return []
    rows = (
        Feedback.objects.filter(page=page)
        .values("policy_version")
        .annotate(
            yes=Count("pk", filter=Q(helpful=True)),
            no=Count("pk", filter=Q(helpful=False)),
            said=Count("pk", filter=~Q(comment="")),
        )
        .order_by("-policy_version")
    )
    return [
        Tally(row["policy_version"], row["yes"], row["no"], row["said"]) for row in rows[:limit]
    ]


def comments_for(
    actor: Actor,
    page: str,
    *,
    unread: bool = False,
    before: int | None = None,
    limit: int = 50,
) -> list[Comment]:
    """What readers wrote about ``page``, newest first, below row ``before``."""
    if not may(actor, Duty.VIEW_FEEDBACK):
        return []
    rows = Feedback.objects.filter(page=page).exclude(comment="")
    if unread:
        rows = rows.filter(read_at=None)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return _comments(rows.select_related("user", "read_by").order_by("-pk")[:limit])


def left_at(feedback_id: int) -> datetime:
    """When an opinion was left. Raises Feedback.DoesNotExist."""
    return Feedback.objects.values_list("at", flat=True).get(pk=feedback_id)


def comments_between(page: str, begins: datetime, ends: datetime) -> list[Comment]:
    """What readers wrote from ``begins`` on and before ``ends``, oldest first: for a mail."""
    rows = Feedback.objects.filter(page=page, at__gte=begins, at__lt=ends).exclude(comment="")
    return _comments(rows.select_related("user", "read_by").order_by("at", "pk"))


def _comments(rows: Iterable[Feedback]) -> list[Comment]:
    return [
        Comment(
            id=row.pk,
            helpful=row.helpful,
            text=row.comment,
            by=row.user.name if row.user else "",
            version=row.policy_version,
            at=row.at,
            read_at=row.read_at,
            read_by=row.read_by.name if row.read_by else "",
        )
        for row in rows
    ]
