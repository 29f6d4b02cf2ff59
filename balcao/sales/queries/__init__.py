"""Reading sales: who does not sell, supervise or audit sees none of it."""

from balcao.sales.queries.access import NotFound
from balcao.sales.queries.bills import (
    Bill,
    bill_for,
    bill_of,
    boleto_of,
    open_bills_of,
    pix_of,
)
from balcao.sales.queries.book import (
    ORDER_TABS,
    TABS,
    Line,
    Page,
    Wanted,
    every_line,
    first_lines,
    listed,
    totals,
)
from balcao.sales.queries.one import (
    ItemCard,
    NoticeRow,
    OrderCard,
    invoice_of,
    last_price,
    order_for,
    order_of,
    pix_code,
)
from balcao.sales.queries.purpose import PurposeCard, purpose_of
from balcao.sales.queries.questions import (
    AskedRow,
    EnquiryCard,
    asked_by_ticket,
    enquiry_for,
    questions,
)

__all__ = [
    "ORDER_TABS",
    "TABS",
    "AskedRow",
    "Bill",
    "EnquiryCard",
    "ItemCard",
    "Line",
    "NotFound",
    "NoticeRow",
    "OrderCard",
    "Page",
    "PurposeCard",
    "Wanted",
    "asked_by_ticket",
    "bill_for",
    "bill_of",
    "boleto_of",
    "enquiry_for",
    "every_line",
    "first_lines",
    "invoice_of",
    "last_price",
    "listed",
    "open_bills_of",
    "order_for",
    "order_of",
    "pix_code",
    "pix_of",
    "purpose_of",
    "questions",
    "totals",
]
