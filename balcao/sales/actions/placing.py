"""An order is placed: for whom, for what, how it is paid (S23, S24, R22, R34)."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from balcao.entitlements import actions as entitlements
from balcao.entitlements.models import PrepaidTicket, Service
from balcao.entitlements.queries import facts_for_organisation
from balcao.events.actions import emit, gathering
from balcao.events.changes import insert
from balcao.people import actions as people
from balcao.people.actions import Conflict
from balcao.people.actions.refusal import require
from balcao.people.models import Membership
from balcao.people.queries import owners_of
from balcao.policy import sale as policy
from balcao.policy.access import Actor
from balcao.policy.book import ONEOFF_KINDS, Policy, Verdict
from balcao.policy.entitlement import local_day
from balcao.rulebook import queries as rulebook
from balcao.sales.actions.charging import Terms, charge, check_terms, due_day
from balcao.sales.actions.orders import confirm
from balcao.sales.models import Enquiry, Order, OrderItem, Payment

_TXID = "BALCAO"


@dataclass(frozen=True, slots=True)
class Sale:
    """What is sold, how it is paid. ``service``: a slug of the catalogue.

    ``agreed``: sales says that a service nobody listed is covered. ``despite_contract``: sold
    although a contract covers it. ``enquiry``: the question that it answers.
    """

    kind: str
    service: str
    quantity: int
    unit_cents: int
    payment: str
    reference: str = ""
    due_on: date | None = None
    purchase_order: str = ""
    agreed: bool = False
    despite_contract: bool = False
    enquiry: int | None = None


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys. Somebody on file is ``organisation`` and ``contact``, by their ids.

    Otherwise they are registered: ``name``, ``address`` and ``phone`` of the person, at an
    ``organisation`` that is on file or at a new one, ``company`` (empty: the person buys for
    themselves) with its ``tax_id``. ``same``: whoever has that address already is the one who buys.
    """

    organisation: int | None = None
    contact: int | None = None
    company: str = ""
    tax_id: str = ""
    name: str = ""
    address: str = ""
    phone: str = ""
    same: bool = False


@transaction.atomic
def place_order(
    *,
    actor: Actor,
    now: datetime,
    buyer: Buyer,
    sale: Sale,
    key: str,
    paid: bool = False,
    tell: bool = False,
) -> Order:
    """An order without a number, or with numbers at once when it is ``paid`` or invoiced (R22).

    ``tell``: the buyer of one that is not paid is written what they ordered and how to pay.

    Sent again with the same ``key`` it is the order that is there. Raises NotAllowed (M2), Conflict
    (``service``, ``not_covered``, ``ask_sales``, ``contract_covers`` unless the sale says despite
    it, ``pix``, ``boleto``, ``invoiced``, ``contact``, ``enquiry``, ``address_known`` unless the
    buyer is the same, and those of registering),
    ValueError for what is no kind, quantity, price or way of paying.
    """
    require(policy.keeps_sales(actor))
    known = Order.objects.filter(key=key).first()
    if known:
        return known
    if sale.kind not in ONEOFF_KINDS or not 1 <= sale.quantity <= policy.MOST_QUANTITY:
        raise ValueError("no kind of one-off, or no quantity of them")
    rules = rulebook.current()
    service = Service.objects.filter(slug=sale.service, active=True).first()
    if service is None:
        raise Conflict("service")
    _judge(sale, buyer, rules, now=now)
    _check_payment(sale, rules)
    found = _on_file(buyer) or _register(buyer, rules, actor=actor, now=now)
    try:
        with transaction.atomic():
            order = _save(found, sale, service, rules, key=key, now=now)
    except IntegrityError:
        return Order.objects.get(key=key)
    data = {"kind": order.kind, "quantity": order.quantity, "payment": order.payment}
    with gathering():
        emit("order.placed", order, actor=actor, now=now, data={**data, "cents": order.cents})
        _fill(order, actor=actor, now=now)
    if sale.enquiry is not None:
        _close_enquiry(sale.enquiry, order)
    if paid:
        confirm(order, rules, actor=actor, now=now, how="hand")
    elif tell:
        charge(order, rules, actor=actor, now=now, how="first")
        order.refresh_from_db()
    return order


def _judge(sale: Sale, buyer: Buyer, rules: Policy, *, now: datetime) -> None:
    """What the sale is for, before anybody is charged (S34, S35, R18, R34)."""
    found = policy.purpose(rules, kind=sale.kind, service=sale.service)
    if found.verdict is Verdict.REFUSE:
        raise Conflict("not_covered")
    if found.verdict is Verdict.ASK and not sale.agreed:
        raise Conflict("ask_sales")
    if buyer.organisation is None or sale.despite_contract:
        return
    contracts, licences = facts_for_organisation(buyer.organisation)
    if policy.covered_already(
        contracts,
        licences,
        organisation=buyer.organisation,
        service=sale.service,
        policy=rules,
        now=now,
    ):
        raise Conflict("contract_covers")


def _check_payment(sale: Sale, rules: Policy) -> None:
    """What each way of paying needs to be known."""
    if sale.payment not in Payment.values or sale.payment == Payment.EARLIER or sale.unit_cents < 0:
        raise ValueError("no way of paying, or no price")
    if sale.payment == Payment.PIX and not (rules.payment.pix_key and sale.unit_cents):
        raise Conflict("pix")
    check_terms(sale.payment, Terms(sale.reference, sale.due_on, sale.purchase_order))


def _on_file(buyer: Buyer) -> tuple[int, int] | None:
    """Organisation and contact that are there already. Raises Conflict for strangers to it."""
    if buyer.contact is None:
        return None
    acting = Membership.objects.filter(
        organisation=buyer.organisation,
        organisation__active=True,
        user=buyer.contact,
        user__is_active=True,
        ended_at=None,
    )
    if buyer.organisation is None or not acting.exists():
        raise Conflict("contact")
    return buyer.organisation, buyer.contact


def _register(buyer: Buyer, rules: Policy, *, actor: Actor, now: datetime) -> tuple[int, int]:
    """Put on file who buys (R26): invited to the portal only where the policy says so."""
    if not buyer.same and owners_of(buyer.address):
        raise Conflict("address_known")
    organisation_id = buyer.organisation
    if organisation_id is None:
        row = people.register_organisation(
            actor=actor,
            now=now,
            name=buyer.company or buyer.name,
            tax_id=buyer.tax_id or None,
            phone=buyer.phone,
        )
        organisation_id = row.pk
    member = people.add_colleague(
        actor=actor,
        now=now,
        organisation_id=organisation_id,
        name=buyer.name,
        address=buyer.address,
        phone=buyer.phone,
        invited=rules.oneoff.portal_invite,
    )
    return organisation_id, member.user_id


def _save(
    found: tuple[int, int], sale: Sale, service: Service, rules: Policy, *, key: str, now: datetime
) -> Order:
    return Order.objects.create(
        organisation_id=found[0],
        contact_id=found[1],
        kind=sale.kind,
        service=service,
        agreed=sale.agreed,
        quantity=sale.quantity,
        unit_cents=sale.unit_cents,
        payment=sale.payment,
        reference=sale.reference,
        due_on=due_day(sale.payment, sale.due_on),
        purchase_order=sale.purchase_order,
        txid=f"{_TXID}{secrets.token_hex(9)}" if sale.payment == Payment.PIX else None,
        ordered_at=now,
        ordered_on=local_day(now, rules.timezone),
        policy_version=rules.version,
        key=key,
    )


def _fill(order: Order, *, actor: Actor, now: datetime) -> None:
    """The one-offs of the order, each with its own ledger: three statements, however many."""
    rows = [
        PrepaidTicket(
            organisation_id=order.organisation_id,
            holder_id=order.contact_id,
            kind=order.kind,
            service_id=order.service_id,
            agreed=order.agreed,
        )
        for _place in range(order.quantity)
    ]
    entitlements.order_all(rows, actor=actor, now=now)
    items = enumerate(rows, start=1)
    insert([OrderItem(order=order, prepaid=row, place=place) for place, row in items])


def add_item(
    order: Order, place: int, *, actor: Actor, now: datetime, cause: str = ""
) -> PrepaidTicket:
    """One more one-off of the order, whose ledger begins here, for ``cause``."""
    prepaid = entitlements.order_prepaid(
        actor=actor,
        now=now,
        organisation_id=order.organisation_id,
        holder_id=order.contact_id,
        kind=order.kind,
        service_id=order.service_id,
        agreed=order.agreed,
        cause=cause,
    )
    OrderItem.objects.create(order=order, prepaid=prepaid, place=place)
    return prepaid


def _close_enquiry(pk: int, order: Order) -> None:
    """The question led to this sale; one that sales found not covered leads to none."""
    free = Enquiry.objects.filter(pk=pk, order=None).exclude(covered=False)
    if not free.update(order=order):
        raise Conflict("enquiry")
