"""What becomes of an order: paid, cancelled, refunded, invoiced; its receipts."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from balcao.entitlements import actions as entitlements
from balcao.entitlements.models import PrepaidTicket
from balcao.events.actions import emit, gathering, spend
from balcao.files.models import StoredFile
from balcao.people.actions import Conflict
from balcao.people.actions.refusal import require
from balcao.policy import sale as policy
from balcao.policy.access import Actor
from balcao.policy.book import Policy
from balcao.policy.prepaid import Entry
from balcao.rulebook import queries as rulebook
from balcao.sales.models import Cause, Order, OrderState
from balcao.tickets import actions as tickets
from balcao.tickets.models import Ticket

RECEIPTS, RECEIPT_WINDOW = 5, timedelta(days=1)
"""So often one order's receipts are sent again in a day."""


@transaction.atomic
def confirm_payment(*, actor: Actor, now: datetime, order_id: int, revision: int) -> Order:
    """Somebody of sales saw the money, or that it is invoiced: the numbers are made (R22, S29).

    Raises NotAllowed (M2), or Conflict (``state_changed``) when the order is no longer open or not
    as it was looked at.
    """
    require(policy.keeps_sales(actor))
    order = Order.objects.get(pk=order_id)
    if order.revision != revision:
        raise Conflict("state_changed")
    confirm(order, rulebook.current(), actor=actor, now=now, how="hand")
    return order


def confirm(order: Order, rules: Policy, *, actor: Actor, now: datetime, how: str) -> None:
    """Within a transaction: sell what was ordered, once, whoever else tries at the same time."""
    day = policy.bought_on(rules, ordered_on=order.ordered_on, now=now)
    paid = {"state": OrderState.CONFIRMED, "confirmed_at": now, "bought_on": day}
    change(order, OrderState.OPEN, remind_at=None, **paid)
    rows = _prepaid_of(order)
    with gathering():
        entitlements.sell_all(rows, bought_on=day, policy_now=rules, actor=actor, now=now)
        sold = tickets.sell_oneoffs(rows, actor=actor, now=now)
        data = {"how": how, "tickets": [ticket.pk for ticket in sold]}
        emit("order.confirmed", order, actor=actor, now=now, data=data)


@transaction.atomic
def cancel_order(*, actor: Actor, now: datetime, order_id: int, revision: int, cause: str) -> Order:
    """The order is given up before it was paid. Raises NotAllowed, Conflict (``state_changed``)."""
    require(policy.keeps_sales(actor))
    order = looked_at(order_id, revision)
    rules = rulebook.current()
    ended = {"state": OrderState.CANCELLED, "ended_at": now, "cause": Cause(cause)}
    change(order, OrderState.OPEN, remind_at=None, **ended)
    with gathering():
        for row in _prepaid_of(order):
            entitlements.drop_prepaid(row, policy_now=rules, actor=actor, now=now)
        emit("order.cancelled", order, actor=actor, now=now, data={"cause": Cause(cause).value})
    return order


@transaction.atomic
def refund(
    *,
    actor: Actor,
    now: datetime,
    order_id: int,
    revision: int,
    prepaid_ids: Collection[int],
    cause: str,
) -> Order:
    """The money of these one-offs of the order goes back; each must be unused.

    Raises NotAllowed, Conflict (``state_changed``; ``expired``, S28; ``nothing`` when none of them
    is the order's).
    """
    require(policy.keeps_sales(actor))
    order = looked_at(order_id, revision)
    chosen = list(
        Ticket.objects.filter(prepaid__item__order=order, prepaid__in=prepaid_ids).order_by("pk")
    )
    if not chosen or len(chosen) != len(set(prepaid_ids)):
        raise Conflict("nothing")
    with gathering():
        for ticket in chosen:
            _give_money_back(ticket, actor=actor, now=now)
        left = PrepaidTicket.objects.filter(item__order=order).exclude(last=Entry.REFUNDED.value)
        end = {} if left.exists() else {"state": OrderState.REFUNDED, "ended_at": now}
        change(order, OrderState.CONFIRMED, cause=Cause(cause), **end)
        data = {"tickets": [ticket.pk for ticket in chosen], "cause": Cause(cause).value}
        emit("order.refunded", order, actor=actor, now=now, data=data)
    return order


@transaction.atomic
def attach_invoice(
    *,
    actor: Actor,
    now: datetime,
    order_id: int,
    revision: int,
    number: str,
    day: date,
    file: StoredFile | None = None,
) -> Order:
    """The NFS-e that was written elsewhere: its number, its day and its PDF, any time after the
    sale. A file that is there stays when none is given.

    Raises NotAllowed, Conflict (``state_changed``; ``not_pdf``).
    """
    require(policy.keeps_sales(actor))
    order = looked_at(order_id, revision)
    if file is not None and file.content_type != "application/pdf":
        raise Conflict("not_pdf")
    held: dict[str, object] = {} if file is None else {"invoice_file": file}
    change(order, order.state, invoice_number=number, invoice_on=day, **held)
    emit("order.invoiced", order, actor=actor, now=now, data={"file": file is not None})
    return order


@transaction.atomic
def send_receipt(*, actor: Actor, now: datetime, order_id: int) -> None:
    """Write again to the contact about every one-off of the order.

    Raises NotAllowed, Conflict (``state_changed`` before it is confirmed; ``too_often``).
    """
    require(policy.keeps_sales(actor))
    order = Order.objects.get(pk=order_id)
    if order.state not in (OrderState.CONFIRMED, OrderState.REFUNDED):
        raise Conflict("state_changed")
    if not spend(f"receipt:{order.pk}", limit=RECEIPTS, window=RECEIPT_WINDOW, now=now):
        raise Conflict("too_often")
    sold = Ticket.objects.filter(prepaid__item__order=order).order_by("pk")
    data = {"tickets": list(sold.values_list("pk", flat=True))}
    emit("order.receipt_wanted", order, actor=actor, now=now, data=data)


def _give_money_back(ticket: Ticket, *, actor: Actor, now: datetime) -> None:
    try:
        tickets.refund_oneoff(actor=actor, now=now, ticket_id=ticket.pk)
    except tickets.Conflict as conflict:
        raise Conflict(conflict.code) from conflict


def looked_at(order_id: int, revision: int) -> Order:
    """The order as somebody saw it. Raises Conflict when it changed since."""
    order = Order.objects.get(pk=order_id)
    if order.revision != revision:
        raise Conflict("state_changed")
    return order


def change(order: Order, before: str, **fields: object) -> None:
    """Change the order unless somebody else did meanwhile. Raises Conflict (``state_changed``)."""
    rows = Order.objects.filter(pk=order.pk, state=before, revision=order.revision)
    if not rows.update(revision=F("revision") + 1, **fields):
        raise Conflict("state_changed")
    order.refresh_from_db()


def _prepaid_of(order: Order) -> list[PrepaidTicket]:
    rows = PrepaidTicket.objects.filter(item__order=order).select_related("service")
    return list(rows.order_by("item__place"))
