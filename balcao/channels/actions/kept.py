"""What is done with kept mail: released, told of, thrown away, brought back, and let go of."""

import uuid
from datetime import datetime

from django.db import transaction

from balcao.channels import actions
from balcao.channels.models import Handled, Inbound, Outcome
from balcao.channels.queries import kept as book
from balcao.events.actions import emit
from balcao.files.actions import discard as discard_file
from balcao.policy import access, mailbox
from balcao.policy.access import SYSTEM, Actor, Duty, Permission
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions import Conflict
from balcao.tickets.actions.refusal import require
from balcao.tickets.models import Message

_KEPT = (Outcome.QUARANTINED.value, Outcome.REFUSED.value, Outcome.IGNORED.value)
_ONES_OWN = (Handled.DISCARDED.value, Handled.DISOWNED.value)
_AT_ONCE = 100


def became(
    inbound: Inbound,
    message: Message,
    *,
    handled: Handled,
    note: str,
    overridden: tuple[str, ...],
    actor: Actor,
    now: datetime,
) -> None:
    """The mail is that message now, within the transaction that wrote it.

    One conditional UPDATE: of two who press at once, one does. Raises Conflict("state_changed").
    """
    retention = rulebook.current().retention
    changed = Inbound.objects.filter(
        pk=inbound.pk, outcome__in=_KEPT, handled="", message=None
    ).update(
        outcome=Outcome.APPENDED,
        ticket=message.ticket_id,
        message=message.pk,
        handled=handled,
        handled_by=actor.id,
        handled_at=now,
        note=note.strip(),
        overridden=list(overridden),
        purge_at=mailbox.purged_at(inbound.received_at, appended=True, retention=retention),
    )
    if not changed:
        raise Conflict("state_changed")
    emit("mail.released", inbound, actor=actor, now=now, data={"ticket": message.ticket_id})


@transaction.atomic
def discard(*, actor: Actor, now: datetime, inbound_id: int) -> None:
    """It needs nothing: it leaves the list, and may be brought back until its time is over.

    Raises NotAllowed, Conflict("state_changed").
    """
    require(access.can(actor, Permission.RELEASE_MAIL, None))
    _put_away(inbound_id, Handled.DISCARDED, actor=actor, now=now)


@transaction.atomic
def disown(*, actor: Actor, now: datetime, inbound_id: int) -> None:
    """An organisation's administrator says that none of theirs wrote it; who may see it asks.

    Raises NotAllowed, Conflict("state_changed").
    """
    require(access.may(actor, Duty.CONFIRM_MAIL))
    _put_away(inbound_id, Handled.DISOWNED, actor=actor, now=now)


def _put_away(inbound_id: int, handled: Handled, *, actor: Actor, now: datetime) -> None:
    changed = Inbound.objects.filter(pk=inbound_id, outcome__in=_KEPT, handled="").update(
        handled=handled, handled_by=actor.id, handled_at=now
    )
    if not changed:
        raise Conflict("state_changed")
    verb = "mail.discarded" if handled is Handled.DISCARDED else "mail.disowned"
    row = Inbound.objects.get(pk=inbound_id)
    emit(verb, row, actor=actor, now=now, data={"ticket": row.ticket_id})


@transaction.atomic
def bring_back(*, actor: Actor, now: datetime, inbound_id: int) -> None:
    """It waits again, whoever put it away. Raises NotAllowed, Conflict("state_changed")."""
    require(access.can(actor, Permission.RELEASE_MAIL, None))
    changed = Inbound.objects.filter(
        pk=inbound_id, handled__in=(*_ONES_OWN, Handled.TOLD.value), raw__isnull=False
    ).update(handled="", handled_by=None, handled_at=None)
    if not changed:
        raise Conflict("state_changed")
    row = Inbound.objects.get(pk=inbound_id)
    emit("mail.brought_back", row, actor=actor, now=now, data={"ticket": row.ticket_id})


@transaction.atomic
def tell_contact(*, actor: Actor, now: datetime, inbound_id: int) -> None:
    """ "Avisar o cliente": who opened its ticket, or where it names none who registered the
    address that it claims, learns there that it was kept and why, at most once a day for each
    ticket, or for all that names none (R9).

    Raises NotFound, NotAllowed, Conflict ("state_changed", "told_lately", "nobody").
    """
    require(access.can(actor, Permission.RELEASE_MAIL, None))
    row, reached = book.get(actor, inbound_id), book.reached_by(actor, inbound_id)
    if reached is None:
        raise Conflict("nobody")
    address, ticket = reached.address, row.ticket
    if not actions.may_answer(address, proved=False, ticket=ticket, now=now):
        raise Conflict("told_lately")
    changed = Inbound.objects.filter(pk=inbound_id, outcome__in=_KEPT, handled="").update(
        handled=Handled.TOLD, handled_by=actor.id, handled_at=now
    )
    if not changed:
        raise Conflict("state_changed")
    told = {"ticket": row.ticket_id, "person": reached.user_id}
    emit("mail.contact_told", row, actor=actor, now=now, data=told)


def purge(now: datetime, *, limit: int = _AT_ONCE) -> int:
    """Let go of what is older than the policy keeps it; how many. Called by the ticker.

    Of kept mail the original and its words go and the codes stay; of what became part of a ticket,
    the original only.
    """
    due = Inbound.objects.filter(purge_at__lte=now).order_by("purge_at")
    ids = list(due.values_list("pk", flat=True)[:limit])
    return sum(_purge(pk, now) for pk in ids)


def _purge(inbound_id: int, now: datetime) -> int:
    file_id = _forget(inbound_id, now=now)
    if file_id is not None:
        discard_file(file_id)
    return 1


@transaction.atomic
def _forget(inbound_id: int, *, now: datetime) -> uuid.UUID | None:
    """The conditional UPDATE makes it happen once, whatever the number of tickers."""
    row = Inbound.objects.get(pk=inbound_id)
    words = {} if row.message_id else {"sender": "", "subject": "", "mail_id": "", "note": ""}
    changed = Inbound.objects.filter(pk=inbound_id, purge_at__lte=now).update(
        raw=None, purge_at=None, evidence={}, **words
    )
    if not changed:
        return None
    emit("mail.purged", row, actor=SYSTEM, now=now, data={"ticket": row.ticket_id})
    return row.raw_id
