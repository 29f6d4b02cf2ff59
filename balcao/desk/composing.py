"""The composer of a ticket: what its reader is writing there, and what their colleagues are."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import ceil

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.desk.forms import NOTE, REPLY, new_key
from balcao.tickets import queries
from balcao.tickets.actions import DISCARDED
from balcao.tickets.queries import DraftRow, FileRow, Ticket
from balcao.web import format
from balcao.web.guards import PageRequest

# Longer ago than this nobody is writing any more; a discarded draft is offered back as long.
JUST_NOW = timedelta(minutes=10)

_STOPPED = {
    "refused": gettext_lazy("The reply was not sent: the ticket could no longer be answered."),
    "answered": gettext_lazy("The reply was not sent: a colleague had answered first."),
    "taken": gettext_lazy("The reply was not sent: a colleague had taken the ticket."),
    "state_changed": gettext_lazy("The reply was not sent: the ticket's state had changed."),
    "not_allowed": gettext_lazy("The reply was not sent: answering was no longer yours to do."),
}
_THEN = {
    "wait": gettext_lazy("then waits for the customer"),
    "resolve": gettext_lazy("then resolves the ticket"),
}


@dataclass(frozen=True, slots=True)
class Written:
    """What was typed and could not be sent, word for word."""

    kind: str = REPLY
    body: str = ""
    key: str = ""
    then: str = ""
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reply that has not left yet. ``version``: what its author undoes; 0 for a colleague's."""

    author: str
    body: str
    words: str
    stamp: str
    left: int
    then: str
    version: int
    files: tuple[FileRow, ...]


@dataclass(frozen=True, slots=True)
class OtherDraft:
    """What a colleague has written and not sent: for the team, never for a customer (B8)."""

    words: str
    body: str
    files: tuple[FileRow, ...]


@dataclass(frozen=True, slots=True)
class Composer:
    """What the composer shows. ``other``: the text of the same draft in another window.

    ``was``: the ticket's state and owner on this page, so that whoever presses is told what changed
    since. ``waiting``: replies on their way, the reader's own first.
    """

    kind: str = REPLY
    body: str = ""
    key: str = field(default_factory=new_key)
    version: int = 0
    then: str = ""
    files: tuple[FileRow, ...] = ()
    errors: tuple[str, ...] = ()
    other: str = ""
    said: str = ""
    stopped: str = ""
    discarded: bool = False
    was: str = ""
    waiting: tuple[Waiting, ...] = ()
    colleagues: tuple[OtherDraft, ...] = ()
    hidden: bool = False


def of(request: PageRequest, ticket: Ticket, written: Written | None, *, writes: bool) -> Composer:
    """The composer for this reader. One statement, and none for a reader who cannot write."""
    rows = queries.drafts_on(request.actor, ticket) if writes else []
    mine = next((row for row in rows if row.mine), None)
    others = [row for row in rows if not row.mine and not row.empty and row.stopped != DISCARDED]
    on_way = [row for row in (mine, *others) if row is not None and row.sends_at]
    return replace(
        _own(mine, request) if written is None else _typed(written, mine),
        was=queries.standing(ticket),
        waiting=tuple(_waiting(row, request) for row in on_way),
        colleagues=tuple(_other(row, request) for row in others if not row.sends_at),
        hidden=written is None and mine is not None and mine.sends_at is not None,
    )


def stopped_words(code: str) -> str:
    """Why a reply that was on its way has not left; nothing for a draft that was not."""
    return str(_STOPPED.get(code, ""))


def saved_words(row: DraftRow) -> str:
    """ "Draft saved at 14:02"."""
    zone = timezone.get_current_timezone()
    return _("Draft saved at %(time)s") % {"time": format.time(row.changed_at, tz=zone)}


def _own(mine: DraftRow | None, request: PageRequest) -> Composer:
    """The composer as its reader left it."""
    if mine is None:
        return Composer()
    if mine.stopped == DISCARDED:
        fresh = request.now - mine.changed_at < JUST_NOW
        return Composer(key=mine.key, version=mine.version, discarded=fresh)
    if mine.empty:
        return Composer(key=mine.key, version=mine.version)
    return Composer(
        kind=mine.kind,
        body=mine.body,
        key=mine.key,
        version=mine.version,
        files=mine.files,
        said=saved_words(mine),
        stopped=stopped_words(mine.stopped),
    )


def _typed(written: Written, mine: DraftRow | None) -> Composer:
    """What was typed comes back before all else; the draft only adds what it knows."""
    typed = Composer(
        kind=written.kind,
        body=written.body,
        then=written.then,
        errors=written.errors,
        key=written.key or new_key(),
    )
    if mine is None:
        return typed
    kept = mine.stopped != DISCARDED and not mine.sends_at
    differs = kept and mine.body != written.body
    return replace(
        typed,
        key=mine.key,
        version=mine.version,
        files=mine.files if kept else (),
        other=mine.body if differs else "",
        said=saved_words(mine) if kept and not differs and mine.body else "",
    )


def _waiting(row: DraftRow, request: PageRequest) -> Waiting:
    assert row.sends_at is not None
    left = (row.sends_at - request.now).total_seconds()
    words = _("Sending in %(seconds)d s") % {"seconds": ceil(left)} if left > 0 else _("Sending")
    return Waiting(
        author=row.author,
        body=row.body,
        words=words,
        stamp=format.stamp(row.sends_at),
        left=max(0, ceil(left)),
        then=str(_THEN.get(row.then, "")),
        version=row.version if row.mine else 0,
        files=row.files,
    )


def _other(row: DraftRow, request: PageRequest) -> OtherDraft:
    """ "Bruno is writing a reply (2 min ago)"."""
    writing = request.now - row.changed_at < JUST_NOW
    if row.kind == NOTE:
        text = _("%(name)s is writing a note") if writing else _("%(name)s has begun a note")
    else:
        text = _("%(name)s is writing a reply") if writing else _("%(name)s has begun a reply")
    when = format.relative(row.changed_at, now=request.now)
    return OtherDraft(f"{text % {'name': row.author}} ({when})", row.body, row.files)
