"""Writing sales: one file a topic."""

from balcao.people.actions import Conflict, NotAllowed
from balcao.sales.actions.enquiries import (
    Question,
    answer_enquiry,
    ask_enquiry,
    forget_enquiries,
    run_enquiries,
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
    "answer_enquiry",
    "ask_enquiry",
    "attach_invoice",
    "cancel_order",
    "confirm_payment",
    "forget_enquiries",
    "place_order",
    "refund",
    "run_enquiries",
    "send_receipt",
    "take_notice",
]
