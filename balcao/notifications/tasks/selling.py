"""Before the sale: how an order is paid that is not paid yet, and whether something is covered."""

from dataclasses import replace
from datetime import date, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from balcao.channels.actions import post
from balcao.channels.queries.papers import goes_along
from balcao.events.registry import task
from balcao.notifications import queries
from balcao.notifications.queries import Reader, selling
from balcao.notifications.queries.selling import Answered
from balcao.notifications.tasks.letters import (
    Letter,
    as_html,
    as_text,
    first_name,
    page,
    reading,
)
from balcao.policy.book import Policy
from balcao.policy.entitlement import local_day
from balcao.policy.sale import purpose
from balcao.rulebook import queries as rulebook
from balcao.sales.queries import Bill, bill_of, pix_of
from balcao.web import format
from balcao.web.words import sales as words


@task("notifications.charge")
def charge(*, now: datetime, event: int, subject: int, how: str, nth: int, **_data: object) -> None:
    """What was ordered and how to pay it, to its contact, unless it was paid meanwhile (R22)."""
    bill, policy = bill_of(subject), rulebook.current()
    reader = queries.reader(bill.contact_id) if bill else None
    if bill is None or reader is None or not bill.is_open:
        return
    code = pix_of(state=bill.state, txid=bill.txid, cents=bill.cents, policy_now=policy)
    today = local_day(now, policy.timezone)
    # What the mail says comes with it does; one that is held meanwhile is sent with the next.
    if not goes_along(bill.boleto):
        bill = replace(bill, boleto=None)
    with reading(reader.language, policy):
        letter = _charge(bill, reader, policy, how=how, code=code, today=today)
        text, html = as_text(letter), as_html(letter)
    post(
        kind=selling.CHARGE,
        key=selling.about_charge(bill.id, nth, bill.contact_id),
        recipient=reader.address,
        user_id=reader.user_id,
        subject=letter.subject,
        text=text,
        html=html,
        qr=code,
        paper=bill.boleto,
        now=now,
    )


def _charge(
    bill: Bill, reader: Reader, policy: Policy, *, how: str, code: str, today: date
) -> Letter:
    signs_in = not queries.has_no_sign_in(reader)
    heading = _heading(bill, how=how, today=today)
    return Letter(
        subject=heading,
        heading=heading,
        greeting=_("Hello, %(name)s.") % {"name": first_name(reader.name)},
        lines=tuple(_lines(bill, policy, how=how, code=code, today=today)),
        company=policy.company,
        why=_("You get this e-mail because an order is in your name."),
        facts=_facts(bill),
        code=(_("PIX to copy and paste"), code) if code else ("", ""),
        picture=_("PIX of %(amount)s as a QR code") % {"amount": format.money(bill.cents)}
        if code
        else "",
        # Who has no sign-in has all of it here (R26).
        button=_("See the order in the portal") if signs_in else "",
        link=page("order", bill.id) if signs_in else "",
        footer=_ways(policy),
    )


def _heading(bill: Bill, *, how: str, today: date) -> str:
    names = {
        "order": bill.id,
        "amount": format.money(bill.cents),
        "date": format.day(bill.due_on) if bill.due_on else "",
    }
    if bill.due_on is None or bill.due_on < today:
        text = _("Your order %(order)s: %(amount)s")
    elif how == "reminder":
        text = _("Your order %(order)s is due on %(date)s")
    else:
        text = _("Your order %(order)s: %(amount)s, due on %(date)s")
    return text % names


def _lines(bill: Bill, policy: Policy, *, how: str, code: str, today: date) -> list[str]:
    """What it is, how it is paid, and what follows; never a word of a debt (CDC art. 42)."""
    found = [
        _(
            "This is what you ordered. It has no number yet: the number comes by e-mail as soon as"
            " we confirm the payment."
        )
    ]
    if bill.due_on and bill.due_on < today:
        found.append(_("We have not confirmed the payment yet."))
    found.append(_pay(bill, policy, code=code))
    if how != "first":
        found.append(_("If you have paid already, you need not do anything."))
    found.append(_("This is no tax document."))
    return found


def _pay(bill: Bill, policy: Policy, *, code: str) -> str:
    names = {
        "sales": policy.company.sales_phone,
        "number": bill.purchase_order,
        "reference": bill.reference,
    }
    if code:
        return _(
            "Pay by PIX: copy the code below into your bank's program, or point its camera at the"
            " picture."
        )
    if bill.payment == "boleto" and bill.boleto:
        return _("Pay the boleto that comes with this e-mail; its reference is below.")
    if bill.payment == "boleto":
        return (
            _("Pay the boleto with the reference below. Sales sends it again: %(sales)s.") % names
        )
    if bill.payment == "invoiced":
        return _("It is invoiced under your order or commitment number %(number)s.") % names
    return _("Arrange the payment with sales: %(sales)s.") % names


def _facts(bill: Bill) -> tuple[tuple[str, str], ...]:
    found = [
        (_("Order no."), str(bill.id)),
        (_("Number"), _("none yet")),
        (_("Kind"), words.oneoff(bill.kind)),
        (_("What for"), _named(bill.service, bill.service_en)),
        (_("Quantity"), str(bill.quantity)),
        (_("Price of one"), format.money(bill.unit_cents)),
        (_("Total"), format.money(bill.cents)),
        (_("Payment"), words.payment(bill.payment)),
    ]
    if bill.due_on:
        found.append((_("Due on"), format.day(bill.due_on)))
    if bill.reference:
        found.append((_("Reference"), bill.reference))
    if bill.purchase_order:
        found.append((_("Your number"), bill.purchase_order))
    if bill.organisation != bill.contact:
        found.append((_("Company"), bill.organisation))
    if bill.quantity == 1:
        found = [fact for fact in found if fact[0] != _("Price of one")]
    return tuple(found)


def _named(portuguese: str, english: str) -> str:
    return portuguese if (get_language() or "").startswith("pt") else english or portuguese


def _ways(policy: Policy) -> tuple[str, ...]:
    names = {"sales": policy.company.sales_phone, "support": policy.company.support_phone}
    return (_("Sales: %(sales)s. Support: %(support)s.") % names,)


@task("notifications.enquiry_answered")
def enquiry_answered(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """Sales' answer, to who asked before buying: covered or not, why, and the way on (S36)."""
    found = selling.answered(subject)
    if found is None:
        return
    said, reader = found
    policy = rulebook.current()
    with reading(reader.language, policy):
        letter = _answer(said, reader, policy)
        text, html = as_text(letter), as_html(letter)
    post(
        kind=selling.ANSWER,
        key=selling.about_answer(subject),
        recipient=reader.address,
        user_id=reader.user_id or None,
        subject=letter.subject,
        text=text,
        html=html,
        now=now,
    )


def _answer(said: Answered, reader: Reader, policy: Policy) -> Letter:
    names = {
        "service": _named(said.service, said.service_en),
        "kind": words.oneoff(said.kind),
        "sales": policy.company.sales_phone,
    }
    heading = _("%(service)s: covered") if said.covered else _("%(service)s: not covered")
    lines = (
        (
            _("A one-off request of the kind %(kind)s covers this: %(service)s.") % names,
            _("To buy it, or to ask more, call sales: %(sales)s.") % names,
        )
        if said.covered
        else (
            _("A one-off request of the kind %(kind)s does not cover this: %(service)s.") % names,
            *_other_kinds(said, policy),
            _("Sales tells you the best way: %(phone)s.") % {"phone": policy.company.sales_phone},
        )
    )
    name = first_name(reader.name)
    letter = Letter(
        subject=heading % names,
        heading=heading % names,
        greeting=_("Hello, %(name)s.") % {"name": name} if name else _("Hello."),
        lines=lines,
        company=policy.company,
        why=_("You get this e-mail because you asked us whether it is covered."),
        facts=((_("You asked"), said.question),) if said.question else (),
        footer=_ways(policy),
    )
    return replace(letter, author=_("Sales wrote:"), quote=said.reason) if said.reason else letter


def _other_kinds(said: Answered, policy: Policy) -> tuple[str, ...]:
    """The kind that covers it, where there is one (R17)."""
    kinds = purpose(policy, kind=said.kind, service=said.service_slug).kinds
    if not kinds:
        return ()
    return (_("It is covered by another kind: %(kinds)s.") % {"kinds": words.kinds(kinds)},)
