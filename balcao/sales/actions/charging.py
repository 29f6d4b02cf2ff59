"""An order that is not paid yet: how it is to be paid, and the letters about it (R22)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from balcao.events.actions import emit, spend
from balcao.files.models import StoredFile
from balcao.people.actions import Conflict
from balcao.people.actions.refusal import require
from balcao.people.queries import primary_addresses
from balcao.policy import sale as policy
from balcao.policy.access import SYSTEM, Actor
from balcao.policy.book import Policy
from balcao.rulebook import queries as rulebook
from balcao.sales.actions.orders import change, looked_at
from balcao.sales.models import Order, OrderState, Payment

CHARGES, CHARGE_WINDOW = 5, timedelta(days=1)
"""So often somebody writes about one order in a day."""

_SAME_CLICK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Terms:
    """How an open order is to be paid: what of it may change."""

    reference: str
    due_on: date | None
    purchase_order: str


def check_terms(payment: str, terms: Terms) -> None:
    """What each way of paying needs to be known. Raises Conflict (``boleto``, ``invoiced``)."""
    if payment == Payment.BOLETO and not (terms.reference and terms.due_on):
        raise Conflict("boleto")
    if payment == Payment.INVOICED and not terms.purchase_order:
        raise Conflict("invoiced")


def due_day(payment: str, day: date | None) -> date | None:
    """Card and cash are paid when somebody pays them."""
    return None if payment in (Payment.CARD, Payment.CASH) else day


@transaction.atomic
def send_charge(*, actor: Actor, now: datetime, order_id: int, seen: int) -> Order:
    """Write to the buyer what they ordered and how to pay, the first time or again (2ª via).

    ``seen``: how many such letters there were when it was asked for, so that a double click writes
    one. Raises NotAllowed, Conflict (``state_changed``; ``no_address``; ``charged_often``).
    """
    require(policy.keeps_sales(actor))
    order = Order.objects.get(pk=order_id)
    if order.state != OrderState.OPEN:
        raise Conflict("state_changed")
    if order.charges != seen:
        if order.charged_at and now - order.charged_at < _SAME_CLICK:
            return order
        raise Conflict("state_changed")
    if not primary_addresses([order.contact_id]):
        raise Conflict("no_address")
    if not spend(f"charge:{order.pk}", limit=CHARGES, window=CHARGE_WINDOW, now=now):
        raise Conflict("charged_often")
    charge(order, rulebook.current(), actor=actor, now=now, how="again" if seen else "first")
    order.refresh_from_db()
    if order.state != OrderState.OPEN:
        raise Conflict("state_changed")
    return order


def charge(order: Order, rules: Policy, *, actor: Actor, now: datetime, how: str) -> bool:
    """Within a transaction: have one letter written, unless somebody else did or it is paid."""
    told = policy.told_by_letter(order.due_on, told=order.reminded, now=now, policy=rules)
    rows = Order.objects.filter(pk=order.pk, state=OrderState.OPEN, charges=order.charges)
    changed = rows.update(
        charges=F("charges") + 1,
        charged_at=now,
        reminded=told,
        remind_at=_next(order.due_on, told, rules, now=now),
    )
    if changed:
        data = {"how": how, "nth": order.charges + 1}
        emit("order.charge_sent", order, actor=actor, now=now, data=data)
    return bool(changed)


@transaction.atomic
def change_terms(
    *,
    actor: Actor,
    now: datetime,
    order_id: int,
    revision: int,
    terms: Terms,
    boleto: StoredFile | None = None,
) -> Order:
    """Another due date, reference or number of the customer's; the next letter says so.

    A boleto that is attached stays while it has its reference and due date. Raises NotAllowed,
    Conflict (``state_changed``; ``boleto``, ``invoiced``; ``not_pdf``).
    """
    require(policy.keeps_sales(actor))
    order = looked_at(order_id, revision)
    check_terms(order.payment, terms)
    if boleto is not None and boleto.content_type != "application/pdf":
        raise Conflict("not_pdf")
    day = due_day(order.payment, terms.due_on)
    same = (order.reference, order.due_on) == (terms.reference, day)
    change(
        order,
        OrderState.OPEN,
        reference=terms.reference,
        due_on=day,
        purchase_order=terms.purchase_order,
        boleto_file=boleto or (order.boleto_file if same else None),
        **_replanned(order, day, rulebook.current(), now=now),
    )
    data = {"file": order.boleto_file_id is not None}
    emit("order.terms_changed", order, actor=actor, now=now, data=data)
    return order


def _replanned(
    order: Order, day: date | None, rules: Policy, *, now: datetime
) -> dict[str, object]:
    """Another due date is reminded of anew; of an order that no letter told of nobody is."""
    if day == order.due_on or not order.charges:
        return {}
    told = policy.told_by_letter(day, told=None, now=now, policy=rules)
    return {"reminded": told, "remind_at": _next(day, told, rules, now=now)}


def _next(day: date | None, told: int | None, rules: Policy, *, now: datetime) -> datetime | None:
    found = policy.next_charge_reminder(day, told=told, now=now, policy=rules)
    return found.at if found else None


def run_orders(now: datetime, *, limit: int = 100) -> int:
    """Remind of every open order whose due date is near; how many (called by the ticker)."""
    due = Order.objects.filter(remind_at__lte=now).order_by("remind_at")
    return sum(_remind(row, now) for row in list(due[:limit]))


@transaction.atomic
def _remind(row: Order, now: datetime) -> int:
    """Once, whatever the number of tickers: the letter moves the moment on."""
    rules = rulebook.current()
    told = policy.told_by_letter(row.due_on, told=row.reminded, now=now, policy=rules)
    if told != row.reminded and charge(row, rules, actor=SYSTEM, now=now, how="reminder"):
        return 1
    rows = Order.objects.filter(pk=row.pk, remind_at=row.remind_at)
    rows.update(remind_at=_next(row.due_on, row.reminded, rules, now=now))
    return 0


def plan_orders(now: datetime) -> None:
    """Plan every reminder anew, after the policy changed. What was told stays told, and a step
    whose moment has passed is let pass.
    """
    rules = rulebook.current()
    for row in Order.objects.filter(state=OrderState.OPEN, due_on__isnull=False, charges__gt=0):
        told = policy.told_by_letter(row.due_on, told=row.reminded, now=now, policy=rules)
        at = _next(row.due_on, told, rules, now=now)
        if (at, told) != (row.remind_at, row.reminded):
            rows = Order.objects.filter(pk=row.pk, state=OrderState.OPEN, charges=row.charges)
            rows.update(remind_at=at, reminded=told)
