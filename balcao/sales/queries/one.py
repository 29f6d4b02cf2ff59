"""One order, with everything that is shown about it."""

from dataclasses import dataclass
from datetime import date, datetime

from balcao.files.models import StoredFile
from balcao.policy import prepaid as policy
from balcao.policy.access import Actor, Duty, may
from balcao.policy.book import Policy
from balcao.policy.lifecycle import State
from balcao.policy.prepaid import Account, Entry, Standing
from balcao.sales.models import Order, OrderItem, PaymentNotice
from balcao.sales.queries.access import NotFound, require_view
from balcao.sales.queries.bills import pix_of


@dataclass(frozen=True, slots=True)
class ItemCard:
    """One one-off of an order. ``number``: empty until it is paid. ``refundable``: unused, and
    not expired. ``slot_at``: the time agreed on for it (S42).
    """

    prepaid_id: int
    number: str
    slot_at: datetime | None
    standing: Standing
    last_day: date | None
    refundable: bool


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """What a notice of payment said, and what it did."""

    at: datetime
    cents: int
    outcome: str


@dataclass(frozen=True, slots=True)
class OrderCard:
    """An order as sales reads it. ``file``, ``boleto``: the names of the NFS-e and the boleto that
    are attached. ``charges``, ``charged_at``: the letters about paying it.
    """

    id: int
    revision: int
    state: str
    organisation_id: int
    organisation: str
    contact_id: int
    contact: str
    kind: str
    service: str
    service_en: str
    agreed: bool
    quantity: int
    unit_cents: int
    cents: int
    payment: str
    reference: str
    due_on: date | None
    purchase_order: str
    txid: str
    ordered_at: datetime
    confirmed_at: datetime | None
    bought_on: date | None
    ended_at: datetime | None
    cause: str
    invoice_number: str
    invoice_on: date | None
    file: str
    boleto: str
    charges: int
    charged_at: datetime | None
    remind_at: datetime | None
    items: tuple[ItemCard, ...]
    notices: tuple[NoticeRow, ...]


def order_of(actor: Actor, prepaid_id: int) -> int | None:
    """The order that a one-off came from, for who may see orders. One statement at most."""
    if not may(actor, Duty.VIEW_SALES):
        return None
    items = OrderItem.objects.filter(prepaid=prepaid_id)
    return items.values_list("order_id", flat=True).first()


def order_for(actor: Actor, order_id: int, *, policy_now: Policy, now: datetime) -> OrderCard:
    """An order with its one-offs and notices, in three statements. Raises NotFound."""
    require_view(actor)
    row = (
        Order.objects.filter(pk=order_id)
        .select_related("organisation", "contact", "service", "invoice_file", "boleto_file")
        .first()
    )
    if row is None:
        raise NotFound
    items = OrderItem.objects.filter(order=row).select_related("prepaid__ticket")
    notices = PaymentNotice.objects.filter(order=row).order_by("id")
    return OrderCard(
        id=row.pk,
        revision=row.revision,
        state=row.state,
        organisation_id=row.organisation_id,
        organisation=row.organisation.name,
        contact_id=row.contact_id,
        contact=row.contact.name,
        kind=row.kind,
        service=row.service.name,
        service_en=row.service.name_en,
        agreed=row.agreed,
        quantity=row.quantity,
        unit_cents=row.unit_cents,
        cents=row.cents,
        payment=row.payment,
        reference=row.reference,
        due_on=row.due_on,
        purchase_order=row.purchase_order,
        txid=row.txid or "",
        ordered_at=row.ordered_at,
        confirmed_at=row.confirmed_at,
        bought_on=row.bought_on,
        ended_at=row.ended_at,
        cause=row.cause,
        invoice_number=row.invoice_number,
        invoice_on=row.invoice_on,
        file=row.invoice_file.name if row.invoice_file else "",
        boleto=row.boleto_file.name if row.boleto_file else "",
        charges=row.charges,
        charged_at=row.charged_at,
        remind_at=row.remind_at,
        items=tuple(
            _item(item, policy_now=policy_now, now=now) for item in items.order_by("place")
        ),
        notices=tuple(NoticeRow(one.at, one.cents, one.outcome) for one in notices),
    )


def _item(item: OrderItem, *, policy_now: Policy, now: datetime) -> ItemCard:
    row = item.prepaid
    ticket = getattr(row, "ticket", None)
    account = Account(Entry(row.last), row.last_day, 0)
    unused = policy.may_refund(account, now=now, timezone=policy_now.timezone)
    return ItemCard(
        prepaid_id=row.pk,
        number=ticket.number if ticket else "",
        slot_at=ticket.slot_at if ticket else None,
        standing=policy.standing(account, now=now, timezone=policy_now.timezone),
        last_day=row.last_day,
        refundable=unused and ticket is not None and ticket.state == State.SOLD.value,
    )


def pix_code(card: OrderCard, policy_now: Policy) -> str:
    """What the payer copies or scans; empty when the order is not to be paid so, or no longer."""
    return pix_of(state=card.state, txid=card.txid, cents=card.cents, policy_now=policy_now)


def invoice_of(actor: Actor, order_id: int) -> StoredFile:
    """The NFS-e that is attached to the order. Raises NotFound."""
    require_view(actor)
    row = StoredFile.objects.filter(
        pk__in=Order.objects.filter(pk=order_id).values("invoice_file")
    ).first()
    if row is None:
        raise NotFound
    return row


def last_price(kind: str) -> int | None:
    """What one of this kind was last sold for, as a suggestion."""
    rows = Order.objects.filter(kind=kind).order_by("-id")
    return rows.values_list("unit_cents", flat=True).first()
