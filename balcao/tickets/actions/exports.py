"""Copies for customers to take along: asked for, made by a job, let go of after a day."""

import os
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import translation

from balcao.events.actions import emit, spend
from balcao.people.models import User
from balcao.people.queries import actor_by_id
from balcao.policy.access import SYSTEM, Actor, may_export
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions.refusal import Conflict, require
from balcao.tickets.models import Export, ExportState
from balcao.tickets.queries.exports import folder, path_of
from balcao.tickets.queries.taking_along import Wanted, write_archive

KEPT = timedelta(hours=24)
"""How long a copy can be downloaded."""

GIVEN_UP = timedelta(hours=1)
"""When a copy that was never finished is given up, so that another one can be asked for."""

SAME = timedelta(minutes=5)
"""Asked for again so soon, the copy is the one there is."""

PER_DAY = 10


@transaction.atomic
def ask_export(*, actor: Actor, now: datetime, organisation_id: int | None = None) -> Export:
    """Have a copy made of what is the actor's, or of an organisation that they administer.

    While one is being made, or was made just now, asking again is the same copy. Raises NotAllowed,
    or Conflict("too_many") beyond ``PER_DAY`` a day.
    """
    require(may_export(actor, organisation_id))
    assert actor.id is not None
    mine = Export.objects.filter(owner=actor.id, organisation=organisation_id).order_by("-pk")
    just_made = Q(state=ExportState.READY, ready_at__gt=now - SAME)
    if found := mine.filter(Q(state=ExportState.ASKED) | just_made).first():
        return found
    if not spend(f"export:{actor.id}", limit=PER_DAY, window=timedelta(days=1), now=now):
        raise Conflict("too_many")
    try:
        with transaction.atomic():
            row = Export.objects.create(
                owner_id=actor.id,
                organisation_id=organisation_id,
                state=ExportState.ASKED,
                asked_at=now,
                next_at=now + GIVEN_UP,
            )
    except IntegrityError:
        return mine.get(state=ExportState.ASKED)
    emit("export.asked", row, actor=actor, now=now, data={"organisation": organisation_id})
    return row


def make_export(*, now: datetime, export_id: int) -> None:
    """Write the copy beside its place, then into it. Safe to run twice: the last one counts.

    Its owner is asked again who they are: nothing is made for somebody who left meanwhile. Raises
    OSError when the disk is full; the job tries again.
    """
    row = Export.objects.filter(pk=export_id, state=ExportState.ASKED).first()
    if row is None:
        return
    actor = actor_by_id(row.owner_id, now=now)
    if actor is None or not may_export(actor, row.organisation_id):
        let_go(now=now, export_id=export_id)
        return
    wanted = Wanted(actor, row.organisation_id, rulebook.current(), now)
    language = User.objects.values_list("language", flat=True).get(pk=row.owner_id)
    folder().mkdir(parents=True, exist_ok=True, mode=0o750)
    partial = path_of(export_id).with_suffix(f".{secrets.token_hex(4)}.partial")
    try:
        with partial.open("xb") as out, translation.override(language or "pt-br"):
            tickets = write_archive(out, wanted)
            out.flush()
            os.fsync(out.fileno())
        size = partial.stat().st_size
        partial.rename(path_of(export_id))
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    _finish(row, size=size, tickets=tickets, now=now)


@transaction.atomic
def _finish(row: Export, *, size: int, tickets: int, now: datetime) -> None:
    rows = Export.objects.filter(pk=row.pk, state=ExportState.ASKED)
    ends = now + KEPT
    done = rows.update(
        state=ExportState.READY,
        ready_at=now,
        expires_at=ends,
        next_at=ends,
        size=size,
        tickets=tickets,
    )
    if done:
        emit("export.made", row, actor=SYSTEM, now=now, data={"tickets": tickets})


def tidy_exports(now: datetime) -> int:
    """Let go of copies whose day is over and of those never finished; how many."""
    due = list(Export.objects.filter(next_at__lte=now).values_list("pk", flat=True)[:50])
    for export_id in due:
        let_go(now=now, export_id=export_id)
    return len(due)


def let_go(*, now: datetime, export_id: int) -> None:
    """The bytes first, then the row: killed in between, the ticker comes again."""
    for path in folder().glob(f"{export_id}.*"):
        path.unlink(missing_ok=True)
    _over(now=now, export_id=export_id)


@transaction.atomic
def _over(*, now: datetime, export_id: int) -> None:
    rows = Export.objects.filter(pk=export_id)
    ready, asked = rows.filter(state=ExportState.READY), rows.filter(state=ExportState.ASKED)
    if ready.update(state=ExportState.GONE, next_at=None):
        emit("export.removed", rows.get(), actor=SYSTEM, now=now)
    elif asked.update(state=ExportState.FAILED, next_at=None):
        emit("export.failed", rows.get(), actor=SYSTEM, now=now)
