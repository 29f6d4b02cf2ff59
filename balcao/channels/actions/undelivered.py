"""Mail of ours that did not arrive: tried again by hand, or left so."""

from datetime import datetime

from django.db import transaction

from balcao.channels.models import Delivery, DeliveryState
from balcao.events.actions import emit, enqueue
from balcao.policy.access import Actor, Duty, may
from balcao.tickets.actions import Conflict
from balcao.tickets.actions.refusal import require


@transaction.atomic
def retry(*, actor: Actor, now: datetime, delivery_id: int) -> None:
    """Have it sent again, with the same Message-ID, as patiently as the first time.

    Raises NotAllowed, Conflict ("state_changed", or "secret": it held a link that let its reader
    in, and its text is gone).
    """
    require(may(actor, Duty.KEEP_UNDELIVERED))
    row = Delivery.objects.get(pk=delivery_id)
    if row.headers.get("secret"):
        raise Conflict("secret")
    changed = Delivery.objects.filter(
        pk=delivery_id, state=DeliveryState.FAILED, settled_at=None
    ).update(state=DeliveryState.QUEUED, attempts=0, failed_at=None, handled_by=actor.id)
    if not changed:
        raise Conflict("state_changed")
    key = f"channels.send:{row.pk}:{int(now.timestamp())}"
    enqueue("channels.send", now=now, key=key, delivery_id=row.pk)
    emit("mail.retried", row, actor=actor, now=now, data={"ticket": row.ticket_id})


@transaction.atomic
def leave(*, actor: Actor, now: datetime, delivery_id: int) -> None:
    """Somebody saw it, and it needs nothing more. Raises NotAllowed, Conflict("state_changed")."""
    require(may(actor, Duty.KEEP_UNDELIVERED))
    row = Delivery.objects.get(pk=delivery_id)
    changed = Delivery.objects.filter(
        pk=delivery_id, state=DeliveryState.FAILED, settled_at=None
    ).update(settled_at=now, handled_by=actor.id)
    if not changed:
        raise Conflict("state_changed")
    emit("mail.settled", row, actor=actor, now=now, data={"ticket": row.ticket_id})
