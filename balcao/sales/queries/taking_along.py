"""What a customer takes along of sales: their orders, what was paid, and what they asked before."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from balcao.sales.models import Enquiry, Order, OrderItem, PaymentNotice
from balcao.tickets.models import Ticket
from balcao.tickets.queries.taking_along import MOST_TICKETS, Facts, Part, Wanted, day_of
from balcao.web import format, words
from balcao.web.words import sales

_CHUNK = 200
_LABELS: Mapping[str, str | Promise] = {
    "order": gettext_lazy("Order"),
    "numbers": gettext_lazy("Numbers"),
    "quantity": gettext_lazy("Quantity"),
    "price": gettext_lazy("Price of one"),
    "total": gettext_lazy("Total"),
    "payment": gettext_lazy("Payment"),
    "reference": gettext_lazy("Reference"),
    "purchase_order": gettext_lazy("Your order number"),
    "due": gettext_lazy("Due on"),
    "charged": gettext_lazy("How to pay it, sent on"),
    "ordered": gettext_lazy("Ordered on"),
    "cause": gettext_lazy("Reason"),
    "invoice": gettext_lazy("NFS-e"),
    "invoice_day": gettext_lazy("NFS-e of"),
    "bank_id": gettext_lazy("Number at the bank"),
    "outcome": gettext_lazy("What it did"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Telephone"),
    "told": gettext_lazy("Told by telephone"),
    "question": gettext_lazy("Question"),
    "answered": gettext_lazy("Answered"),
    "covered": gettext_lazy("Covered"),
    "answer": gettext_lazy("Answer"),
}


def _theirs(wanted: Wanted) -> Q:
    """Of the company, or of the person as a contact of the companies they act for."""
    if wanted.organisation is not None:
        return Q(organisation=wanted.organisation)
    return Q(contact=wanted.actor.id, organisation__in=wanted.actor.organisations)


def _rows(rows: "QuerySet[Any]") -> "Iterator[Any]":
    return rows.order_by("-pk")[:MOST_TICKETS].iterator(chunk_size=_CHUNK)


def _orders(wanted: Wanted, _tickets: QuerySet[Ticket]) -> Iterator[Facts]:
    items = OrderItem.objects.order_by("place").select_related("prepaid__ticket")
    rows = Order.objects.filter(_theirs(wanted)).prefetch_related(Prefetch("items", items))
    joined = rows.select_related(
        "organisation", "contact", "service", "invoice_file", "boleto_file"
    )
    for row in _rows(joined):
        tickets = [getattr(item.prepaid, "ticket", None) for item in row.items.all()]
        yield {
            "order": row.pk,
            "company": row.organisation.name,
            "contact": row.contact.name,
            "kind": words.kind(row.kind),
            "service": row.service.name,
            "quantity": row.quantity,
            "price": format.money(row.unit_cents),
            "total": format.money(row.cents),
            "payment": sales.payment(row.payment),
            "reference": row.reference,
            "purchase_order": row.purchase_order,
            "due": day_of(row.due_on),
            "charged": wanted.moment(row.charged_at),
            "ordered": day_of(row.ordered_on),
            "bought": day_of(row.bought_on),
            "state": sales.order_badge(row.state).text,
            "cause": sales.cause(row.cause) if row.cause else "",
            "invoice": row.invoice_number,
            "invoice_day": day_of(row.invoice_on),
            "files": [one.name for one in (row.boleto_file, row.invoice_file) if one],
            "numbers": [format.number(ticket.number) for ticket in tickets if ticket],
        }


def _payments(wanted: Wanted, _tickets: QuerySet[Ticket]) -> Iterator[Facts]:
    orders = Order.objects.filter(_theirs(wanted))
    for row in _rows(PaymentNotice.objects.filter(order__in=orders)):
        yield {
            "order": row.order_id,
            "at": wanted.moment(row.at),
            "total": format.money(row.cents),
            "bank_id": row.event_id,
            "outcome": sales.notice(row.outcome),
        }


def _enquiries(wanted: Wanted, _tickets: QuerySet[Ticket]) -> Iterator[Facts]:
    rows = Enquiry.objects.filter(_theirs(wanted))
    for row in _rows(rows.select_related("organisation", "contact", "service")):
        yield {
            "at": wanted.moment(row.asked_at),
            "company": row.organisation.name,
            "contact": row.contact.name if row.contact else row.who,
            "kind": words.kind(row.kind),
            "service": row.service.name,
            "email": row.address,
            "phone": format.phone(row.phone) if row.phone else "",
            "question": row.question,
            "answered": wanted.moment(row.answered_at),
            "covered": row.covered,
            "answer": row.reason,
            "told": wanted.moment(row.told_at),
        }


PARTS = (
    Part("pedidos", _LABELS, _orders),
    Part("pagamentos", _LABELS, _payments),
    Part("duvidas", _LABELS, _enquiries),
)
"""What this room adds to a customer's copy."""
