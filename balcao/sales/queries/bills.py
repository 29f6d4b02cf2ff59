"""An order as its buyer sees it: what was ordered, how it is to be paid, and what became of it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from balcao.files.models import StoredFile
from balcao.lib import pix
from balcao.policy.access import Actor
from balcao.policy.book import Policy
from balcao.policy.sale import sees_orders_of
from balcao.sales.models import Order, OrderState
from balcao.sales.queries.access import NotFound, require_view

MOST = 50


@dataclass(frozen=True, slots=True)
class Bill:
    """One order. ``boleto``: the PDF that is attached, if any."""

    id: int
    state: str
    organisation: str
    contact_id: int
    contact: str
    kind: str
    service: str
    service_en: str
    quantity: int
    unit_cents: int
    cents: int
    payment: str
    reference: str
    due_on: date | None
    purchase_order: str
    txid: str
    ordered_on: date
    boleto: StoredFile | None

    @property
    def is_open(self) -> bool:
        """Neither paid nor given up."""
        return self.state == OrderState.OPEN


def bill_of(order_id: int) -> Bill | None:
    """The order, for a letter about it."""
    row = _joined(Order.objects.filter(pk=order_id)).first()
    return _bill(row) if row else None


def open_bills_of(actor: Actor) -> tuple[Bill, ...]:
    """The open orders of the organisations that the actor acts for, as far as they see them, the
    next to be due first. One statement.
    """
    rows = _joined(_seen(actor).filter(state=OrderState.OPEN)).order_by("-pk")[:MOST]
    return tuple(sorted(map(_bill, rows), key=lambda bill: (bill.due_on or date.max, bill.id)))


def bill_for(actor: Actor, order_id: int) -> Bill:
    """An order as the actor sees it. Raises NotFound."""
    row = _joined(_seen(actor).filter(pk=order_id)).first()
    if row is None:
        raise NotFound
    return _bill(row)


def boleto_of(actor: Actor, order_id: int) -> StoredFile:
    """The boleto that is attached to an order, for whoever reads sales. Raises NotFound."""
    require_view(actor)
    row = StoredFile.objects.filter(
        pk__in=Order.objects.filter(pk=order_id).values("boleto_file")
    ).first()
    if row is None:
        raise NotFound
    return row


def pix_of(*, state: str, txid: str, cents: int, policy_now: Policy) -> str:
    """What the payer copies or scans; empty when the order is not to be paid so, or no longer."""
    payment = policy_now.payment
    if state != OrderState.OPEN or not (txid and payment.pix_key):
        return ""
    return pix.static(
        key=payment.pix_key,
        name=payment.pix_name,
        city=payment.pix_city,
        cents=cents,
        txid=txid,
    )


def _seen(actor: Actor) -> QuerySet[Order]:
    theirs = Q(contact=actor.id, organisation__in=actor.organisations)
    return Order.objects.filter(theirs | Q(organisation__in=sees_orders_of(actor)))


def _joined(rows: QuerySet[Order]) -> QuerySet[Order]:
    return rows.select_related("organisation", "contact", "service", "boleto_file")


def _bill(row: Order) -> Bill:
    return Bill(
        id=row.pk,
        state=row.state,
        organisation=row.organisation.name,
        contact_id=row.contact_id,
        contact=row.contact.name,
        kind=row.kind,
        service=row.service.name,
        service_en=row.service.name_en,
        quantity=row.quantity,
        unit_cents=row.unit_cents,
        cents=row.cents,
        payment=row.payment,
        reference=row.reference,
        due_on=row.due_on,
        purchase_order=row.purchase_order,
        txid=row.txid or "",
        ordered_on=row.ordered_on,
        boleto=row.boleto_file,
    )
