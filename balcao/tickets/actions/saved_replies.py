"""Texts that are written often: a person's own, and the whole team's."""

from datetime import datetime

from django.db import IntegrityError, transaction

from balcao.events.actions import emit
from balcao.lib.variables import unknown
from balcao.policy.access import Actor, Duty, may
from balcao.tickets.actions.refusal import Conflict, require
from balcao.tickets.models import SavedReply
from balcao.tickets.queries import VARIABLES, reply_for


def _keeps(actor: Actor, *, shared: bool) -> bool:
    return may(actor, Duty.KEEP_SAVED_REPLIES if shared else Duty.KEEP_OWN_REPLIES)


@transaction.atomic
def save_reply(
    *,
    actor: Actor,
    now: datetime,
    title: str,
    shortcut: str,
    body: str,
    shared: bool = False,
    reply_id: int | None = None,
) -> SavedReply:
    """Keep a new text, or change one; whose it is never changes.

    Raises NotAllowed, NotFound, Conflict("unknown_variable") for a variable that is not of the
    list, or Conflict("shortcut_taken") when the same shortcut stands for another text.
    """
    old = reply_for(actor, reply_id) if reply_id else None
    if old is not None:
        shared = old.owner_id is None
    require(_keeps(actor, shared=shared))
    if unknown(body, VARIABLES):
        raise Conflict("unknown_variable")
    row = old or SavedReply(owner_id=None if shared else actor.id)
    row.title, row.shortcut, row.body = title, shortcut, body
    row.changed_by_id, row.changed_at = actor.id, now  # type: ignore[assignment]
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Conflict("shortcut_taken") from None
    emit("saved_reply.saved", row, actor=actor, now=now, data={"shared": shared})
    return row


@transaction.atomic
def retire_reply(*, actor: Actor, now: datetime, reply_id: int) -> None:
    """Offer a text no longer; its shortcut is free again. Raises NotAllowed or NotFound."""
    row = reply_for(actor, reply_id)
    require(_keeps(actor, shared=row.owner_id is None))
    row.active = False
    row.changed_at = now
    row.save(update_fields=["active", "changed_at"])
    emit("saved_reply.retired", row, actor=actor, now=now, data={"shared": row.owner_id is None})
