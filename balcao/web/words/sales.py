"""The words of sales: how an order and a one-off stand, how it is paid, why something cannot be.

Nothing here speaks of a debt, whatever the reason was (CDC art. 42).
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from balcao.policy.prepaid import Entry, Standing
from balcao.web import format
from balcao.web.format import Look
from balcao.web.words import oneoffs, people, tables
from balcao.web.words.badges import Badge

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ONEOFFS: "dict[str, _StrPromise]" = {
    "oneoff_problem": gettext_lazy("Problem"),
    "oneoff_install": gettext_lazy("Remote installation or upgrade"),
    "oneoff_training": gettext_lazy("Remote training"),
}
PAYMENTS: "dict[str, _StrPromise]" = {
    "pix": gettext_lazy("PIX"),
    "card": gettext_lazy("Card"),
    "cash": gettext_lazy("Cash"),
    "boleto": gettext_lazy("Boleto"),
    "invoiced": gettext_lazy("Invoiced"),
    "earlier": gettext_lazy("Sold before this desk"),
}
CAUSES: "dict[str, _StrPromise]" = {
    "requested": gettext_lazy("At the customer's request"),
    "unpaid": gettext_lazy("The sale did not take place"),
    "mistake": gettext_lazy("Registered by mistake"),
    "other": gettext_lazy("Another reason"),
}
ORDER_STATES: "dict[str, tuple[Look, _StrPromise]]" = {
    "open": (Look("warning", "hourglass"), pgettext_lazy("order", "Waiting for payment")),
    "confirmed": (Look("ok", "circle-check"), pgettext_lazy("order", "Confirmed")),
    "cancelled": (Look("paused", "circle-x"), pgettext_lazy("order", "Cancelled")),
    "refunded": (Look("paused", "undo-2"), pgettext_lazy("order", "Refunded")),
}
TABS: "dict[str, _StrPromise]" = {
    "open": pgettext_lazy("sales", "Open orders"),
    "overdue": pgettext_lazy("sales", "Past their due date"),
    "available": pgettext_lazy("sales", "Available"),
    "expiring": pgettext_lazy("sales", "Expiring"),
    "in_use": pgettext_lazy("sales", "In use"),
    "used": pgettext_lazy("sales", "Used"),
    "expired": pgettext_lazy("sales", "Expired"),
    "returned": pgettext_lazy("sales", "Returned"),
    "refunded": pgettext_lazy("sales", "Refunded"),
    "all": pgettext_lazy("sales", "All orders"),
}
CONFLICTS: "dict[str, _StrPromise]" = {
    "state_changed": gettext_lazy("Somebody changed this in the meantime. See how it stands now."),
    "service": gettext_lazy("This service is not offered any more: choose another one."),
    "not_covered": gettext_lazy(
        "This service is not part of this kind of one-off request, so it is not sold for it."
    ),
    "ask_sales": gettext_lazy(
        "Nobody listed this service. Confirm that it is covered before you charge it, or write the"
        " question down."
    ),
    "contract_covers": gettext_lazy(
        "The contract already covers this. Sell it all the same only if the customer wants that."
    ),
    "pix": gettext_lazy("A PIX needs a price, and your key in the support rules."),
    "boleto": gettext_lazy("A boleto needs its reference and its due date."),
    "invoiced": gettext_lazy("What is invoiced needs the number of the order or commitment."),
    "contact": gettext_lazy("This person does not act for the customer: choose another one."),
    "address_known": gettext_lazy(
        "Somebody on file has this e-mail. Sell to them, or say below that it is the same person."
    ),
    "enquiry": gettext_lazy("This question has led to a sale already, or is not covered."),
    "nothing": gettext_lazy("Choose at least one that was not used."),
    "expired": gettext_lazy(
        "It has expired: nothing is refunded until an exception gives it another last day."
    ),
    "not_pdf": gettext_lazy("This is no PDF file."),
    "too_often": gettext_lazy("The receipt was sent often enough today. Try again tomorrow."),
    "charged_often": gettext_lazy(
        "This order was sent by e-mail often enough today. Try again tomorrow."
    ),
    "no_address": gettext_lazy(
        "This person has no registered e-mail. Register one, or tell them how to pay yourself."
    ),
    "no_way": gettext_lazy(
        "Write down an e-mail or a telephone for the answer, or say that they ask again."
    ),
}
NOTICES: "dict[str, _StrPromise]" = {
    "confirmed": gettext_lazy("It confirmed the order."),
    "already": gettext_lazy("The order was confirmed already."),
    "differs": gettext_lazy("The amount is another one: see to it before you confirm."),
    "ended": gettext_lazy("The order had ended: the money has to go back."),
    "unknown": gettext_lazy("No order has this transaction."),
}


def oneoff(kind: str) -> str:
    """A kind of one-off without saying that it is one."""
    return str(ONEOFFS[kind])


def due(day: date | None, *, today: date) -> str:
    """Until when it is to be paid, as seen from today; empty when no day was said."""
    if day is None:
        return ""
    text = _("was due on %(date)s") if day < today else _("due on %(date)s")
    return text % {"date": format.day(day)}


def payment(code: str) -> str:
    return str(PAYMENTS[code])


def cause(code: str) -> str:
    return str(CAUSES[code])


def order_badge(state: str) -> Badge:
    """How an order stands."""
    look, text = ORDER_STATES[state]
    return Badge(tone=look.tone, icon=look.icon, text=str(text))


def line_badge(
    standing: Standing, *, last: str, last_day: date | None, slot_at: datetime | None = None
) -> Badge:
    """How a one-off of a list stands; one that came back says so."""
    if standing is Standing.AVAILABLE and last == Entry.RETURNED and last_day:
        text = _("Returned, available until %(date)s") % {"date": format.day(last_day)}
        return Badge("ok", "undo-2", text)
    return oneoffs.standing(standing, last_day=last_day, slot_at=slot_at)


def conflict(code: str) -> str:
    """Why something cannot be done to an order or a question; codes of people, too."""
    return str(CONFLICTS[code]) if code in CONFLICTS else people.conflict(code)


def kinds(codes: Iterable[str]) -> str:
    """Several kinds of one-off, one after the other."""
    return ", ".join(oneoff(code) for code in codes)


def notice(outcome: str) -> str:
    """What a notice of payment did."""
    return str(NOTICES[outcome])


def purpose(verdict: str, *, kind: str, service: str) -> Badge:
    """What the scope says of a service before it is sold (S34-S36)."""
    names = {"service": service, "kind": oneoff(kind)}
    if verdict == "allow":
        text = _("Covered: %(service)s is part of a one-off request of the kind %(kind)s.")
        return Badge(tables.COVERED.tone, tables.COVERED.icon, text % names)
    if verdict == "ask":
        text = _("Ask sales: nobody listed %(service)s for a one-off request of the kind %(kind)s.")
        return Badge(tables.ASKING.tone, tables.ASKING.icon, text % names)
    text = _("Not covered: %(service)s is not part of a one-off request of the kind %(kind)s.")
    return Badge(tables.UNCOVERED.tone, tables.UNCOVERED.icon, text % names)


def answer_badge(covered: bool | None, *, answered: bool) -> Badge:
    """How a question about coverage stands."""
    if not answered:
        return Badge("warning", "shield-question-mark", _("Waits for an answer"))
    if covered is None:
        return Badge("paused", "circle-x", _("Withdrawn"))
    if covered:
        return Badge("ok", "shield-check", _("Covered"))
    return Badge("late", "shield-x", _("Not covered"))
