"""A PIX was paid, says a bank or a program of the owner's; the signature is asked by the door."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from balcao.events.actions import emit
from balcao.people.actions import Conflict
from balcao.policy.access import SYSTEM
from balcao.rulebook import queries as rulebook
from balcao.sales.actions.orders import confirm
from balcao.sales.models import NoticeOutcome, Order, OrderState, PaymentNotice


@dataclass(frozen=True, slots=True)
class PixPaid:
    """One payment: ``event_id`` names the notice, ``txid`` the order, ``cents`` what was paid."""

    event_id: str
    txid: str
    cents: int


@transaction.atomic
def take_notice(*, now: datetime, paid: PixPaid) -> PaymentNotice:
    """Note the payment, once for each event id, and confirm the order that it pays in full.

    What fits no open order to the cent changes none; somebody of sales is told.
    """
    known = PaymentNotice.objects.filter(event_id=paid.event_id).first()
    if known:
        return known
    order = Order.objects.filter(txid=paid.txid).first()
    notice = PaymentNotice(
        event_id=paid.event_id,
        txid=paid.txid,
        cents=paid.cents,
        order=order,
        outcome=_outcome(order, paid),
        at=now,
    )
    try:
        with transaction.atomic():
            notice.save(force_insert=True)
    except IntegrityError:
        return PaymentNotice.objects.get(event_id=paid.event_id)
    if order is not None and notice.outcome == NoticeOutcome.CONFIRMED:
        try:
            with transaction.atomic():
                confirm(order, rulebook.current(), actor=SYSTEM, now=now, how="notice")
        except Conflict:
            # Somebody of sales was faster, by an instant.
            order.refresh_from_db()
            notice.outcome = _outcome(order, paid)
            notice.save(update_fields=["outcome"])
    emit("payment.noticed", notice, actor=SYSTEM, now=now, data=_told(notice))
    return notice


def _told(notice: PaymentNotice) -> dict[str, object]:
    return {"order": notice.order_id, "outcome": notice.outcome, "cents": notice.cents}


def _outcome(order: Order | None, paid: PixPaid) -> NoticeOutcome:
    if order is None:
        return NoticeOutcome.UNKNOWN
    if order.state in (OrderState.CANCELLED, OrderState.REFUNDED):
        return NoticeOutcome.ENDED
    if order.cents != paid.cents:
        return NoticeOutcome.DIFFERS
    if order.state == OrderState.CONFIRMED:
        return NoticeOutcome.ALREADY
    return NoticeOutcome.CONFIRMED
