"""Writing sales: one file a topic."""

from balcao.people.actions import Conflict, NotAllowed
from balcao.sales.actions.charging import (
    Terms,
    change_terms,
    plan_orders,
    run_orders,
    send_charge,
)
from balcao.sales.actions.enquiries import (
    Question,
    answer_enquiry,
    ask_enquiry,
    forget_enquiries,
    run_enquiries,
    tell_by_phone,
)
from balcao.sales.actions.notices import PixPaid, take_notice
from balcao.sales.actions.orders import (
    attach_invoice,
    cancel_order,
    confirm_payment,
    refund,
    send_receipt,
)
from balcao.sales.actions.placing import Buyer, Sale, place_order
from balcao.sales.models import Cause, NoticeOutcome, Payment

__all__ = [
    "Buyer",
    "Cause",
    "Conflict",
    "NotAllowed",
    "NoticeOutcome",
    "Payment",
    "PixPaid",
    "Question",
    "Sale",
    "Terms",
    "answer_enquiry",
    "ask_enquiry",
    "attach_invoice",
    "cancel_order",
    "change_terms",
    "confirm_payment",
    "forget_enquiries",
    "place_order",
    "plan_orders",
    "refund",
    "run_enquiries",
    "run_orders",
    "send_charge",
    "send_receipt",
    "take_notice",
    "tell_by_phone",
]
