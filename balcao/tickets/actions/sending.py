"""Sending what was written: after a while in which its author may take it back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from balcao.events.actions import emit, enqueue
from balcao.files.models import StoredFile
from balcao.people import queries as people
from balcao.policy.access import SYSTEM, Actor
from balcao.policy.lifecycle import Verb
from balcao.tickets.actions.conversation import check_answer, staff_reply, written_before
from balcao.tickets.actions.meanwhile import Seen
from balcao.tickets.actions.moves import lock
from balcao.tickets.actions.refusal import Conflict, NotAllowed, Refused, gated
from balcao.tickets.actions.writing import Came, Writing, of, put
from balcao.tickets.models import Message, StaffDraft, Ticket
from balcao.tickets.queries import standing

SEND = "tickets.send"

# What follows a reply, by the code that a draft keeps.
AFTER = {"": None, "wait": Verb.WAIT_CUSTOMER, "resolve": Verb.RESOLVE}


@gated
def send_later(
    *,
    actor: Actor,
    now: datetime,
    ticket_id: int,
    writing: Writing,
    after: timedelta,
    files: Sequence[StoredFile] = (),
    seen: Seen | None = None,
) -> Message | None:
    """Put a public answer on its way: ``after`` from now a job sends it, unless it is undone.

    Whether it may be sent is asked now, as ``staff_reply`` will ask again: a colleague who answers
    or takes the ticket between the press and the sending stops it. Returns the message when the
    same form was sent before and has left. Raises Refused, NotAllowed or Conflict.
    """
    ticket = lock(ticket_id)
    if (written := written_before(ticket, writing.key)) and written.body == writing.body:
        return written
    check_answer(ticket, AFTER[writing.then], seen=seen, actor=actor, now=now)
    pressed = replace(writing, seen=ticket.message_count, was=standing(ticket))
    row = put(actor, ticket_id, pressed, files=files, sends_at=now + after, now=now)
    enqueue(
        SEND,
        now=now,
        run_at=row.sends_at,
        key=f"{SEND}:{row.pk}:{row.version}",
        draft=row.pk,
        version=row.version,
    )
    return None


@transaction.atomic
def undo_send(*, actor: Actor, now: datetime, ticket_id: int, version: int) -> None:
    """Back into the composer. Raises Conflict("already_sent") when it has left."""
    changed = (
        of(actor, ticket_id)
        .filter(version=version, sends_at__isnull=False)
        .update(sends_at=None, version=F("version") + 1, changed_at=now)
    )
    if not changed:
        raise Conflict("already_sent")


def send_now(*, actor: Actor, now: datetime, ticket_id: int, version: int) -> Message:
    """Send what is on its way without waiting any longer.

    Raises Conflict("already_sent") when it has left or was taken back; what cannot be sent goes
    back into the composer, and the refusal is raised.
    """
    draft = of(actor, ticket_id).filter(version=version, sends_at__isnull=False).first()
    if draft is None:
        raise Conflict("already_sent")
    try:
        return _send(draft, actor=actor, now=now)
    except (Refused, Conflict, NotAllowed) as refusal:
        _stop(draft, _code_of(refusal), actor=actor, now=now)
        raise


def send_due(*, now: datetime, draft_id: int, version: int) -> None:
    """Send a draft whose moment has come, as its author; a no-op when it was taken back or sent.

    What cannot be sent any more stays with its author, who is told why.
    """
    draft = StaffDraft.objects.filter(pk=draft_id, version=version, sends_at__lte=now).first()
    if draft is None:
        return
    actor = people.actor_by_id(draft.author_id, now=now)
    if actor is None:
        _stop(draft, "not_allowed", actor=SYSTEM, now=now)
        return
    try:
        _send(draft, actor=actor, now=now)
    except (Refused, Conflict, NotAllowed) as refusal:
        _stop(draft, _code_of(refusal), actor=actor, now=now)


def _send(draft: StaffDraft, *, actor: Actor, now: datetime) -> Message:
    return staff_reply(
        actor=actor,
        now=now,
        ticket_id=draft.ticket_id,
        body=draft.body,
        key=draft.key,
        files=list(draft.files.all()),
        then=AFTER[draft.then],
        came=Came(draft.pk, draft.version),
        seen=Seen(draft.seen, draft.was, sent=True),
    )


def _code_of(refusal: Exception) -> str:
    if isinstance(refusal, Conflict):
        return refusal.code
    return "refused" if isinstance(refusal, Refused) else "not_allowed"


@transaction.atomic
def _stop(draft: StaffDraft, code: str, *, actor: Actor, now: datetime) -> None:
    """Back to its author with the reason, unless it was taken back or sent meanwhile."""
    stopped = StaffDraft.objects.filter(
        pk=draft.pk, version=draft.version, sends_at__isnull=False
    ).update(sends_at=None, stopped=code, version=F("version") + 1, changed_at=now)
    if stopped:
        emit(
            "ticket.reply_stopped",
            Ticket(pk=draft.ticket_id),
            actor=actor,
            now=now,
            data={"author": draft.author_id, "cause": code},
        )
