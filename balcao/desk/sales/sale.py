"""Nova venda: the customer, what for, the price and the payment, in one page (S23, S24)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse

from balcao.desk.forms import new_key
from balcao.desk.sales import parts
from balcao.desk.sales.forms import BuyerForm, SaleForm
from balcao.desk.sales.parts import Customer
from balcao.lib.money import plain_amount
from balcao.people.queries import register
from balcao.policy.access import Duty
from balcao.policy.book import ONEOFF_KINDS
from balcao.policy.booking import TRAINING
from balcao.sales import actions, queries
from balcao.sales.queries import EnquiryCard, PurposeCard
from balcao.web.guards import PageRequest, guard
from balcao.web.words import appointments as appointment_words
from balcao.web.words import sales as words

COMPANY, PERSON = "empresa", "pessoa"
LOOK = "look"
"""The button that only asks what is covered."""

_FOUND = 8
KNOWN = "address_known"
_OF_BUYER = {
    "contact": "contact",
    KNOWN: "address",
    "member": "address",
    "on_file": "address",
    "tax_id_taken": "tax_id",
}
_OF_SALE = {
    "service": "service",
    "not_covered": "service",
    "ask_sales": "agreed",
    "contract_covers": "despite",
    "pix": "payment",
    "boleto": "reference",
    "invoiced": "purchase_order",
}


@dataclass(frozen=True, slots=True)
class Step:
    """Who the page sells to: somebody on file, a new ``kind`` of customer, or nobody yet."""

    customer: Customer | None
    kind: str
    enquiry: EnquiryCard | None


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_SALES)
def new(request: PageRequest) -> HttpResponse:
    """Find or register who buys, choose what for, see whether it is covered, and sell it."""
    step = _step(request)
    if request.method != "POST" or (step.customer is None and not step.kind):
        return _page(request, step, *_forms(request, step))
    buyer, sale = _forms(request, step, sent=True)
    if request.POST.get("act") == LOOK:
        return _page(request, step, *_typed(request, step))
    if not (buyer.is_valid() & sale.is_valid()):
        return _page(request, step, buyer, sale, status=422)
    try:
        order = actions.place_order(
            actor=request.actor,
            now=request.now,
            buyer=buyer.buyer(),
            sale=sale.sale(step.enquiry.row.id if step.enquiry else None),
            key=sale.cleaned_data["key"],
            paid=sale.cleaned_data["paid"],
            tell=sale.cleaned_data["tell"],
        )
    except actions.Conflict as conflict:
        known, address = conflict.code == KNOWN, buyer.cleaned_data["address"]
        owners = register.persons(request.actor, wanted=address).rows if known else ()
        _explain(buyer, sale, conflict.code)
        return _page(request, step, buyer, sale, owners=owners, status=409)
    unpaid = "enviada" if order.charges else "registrada"
    done = "vendida" if order.bought_on else unpaid
    return parts.at("desk_order", order.pk, notice=done)


def _step(request: PageRequest) -> Step:
    """What the address says. Raises NotFound for what does not exist."""
    number = parts.number_of(request, "duvida")
    enquiry = queries.enquiry_for(request.actor, number) if number else None
    given = request.GET.get("cliente", "")
    if not given and enquiry and enquiry.row.organisation_id:
        given = str(enquiry.row.organisation_id)
    kind = request.GET.get("novo", "")
    return Step(
        customer=parts.customer(request.actor, given),
        kind=kind if kind in (COMPANY, PERSON) and not given else "",
        enquiry=enquiry,
    )


def _forms(request: PageRequest, step: Step, *, sent: bool = False) -> tuple[BuyerForm, SaleForm]:
    data = request.POST if sent else None
    return _buyer(step, data=data), _sale(request, step, data=data)


def _typed(request: PageRequest, step: Step) -> tuple[BuyerForm, SaleForm]:
    """The forms as they were typed, judged by nobody yet."""
    typed = request.POST.dict()
    return _buyer(step, initial=typed), _sale(request, step, initial=typed)


def _buyer(step: Step, **given: object) -> BuyerForm:
    known = step.customer
    if "initial" not in given:
        chosen = step.enquiry.contact_id if step.enquiry else None
        first = known.members[0][0] if known and known.members else ""
        given["initial"] = {
            "contact": chosen or first,
            **(_asked(step.enquiry) if step.enquiry and not chosen else {}),
        }
    return BuyerForm(
        members=known.members if known else (),
        organisation=known.id if known else None,
        company=step.kind == COMPANY,
        **given,
    )


def _asked(card: EnquiryCard) -> dict[str, object]:
    """How whoever asked named themselves, and the ways to them."""
    return {"name": card.row.who, "address": card.address, "phone": card.phone}


def _sale(request: PageRequest, step: Step, **given: object) -> SaleForm:
    if "initial" not in given:
        given["initial"] = _beginning(request, step)
    return SaleForm(
        services=parts.services(),
        pix=bool(request.policy.payment.pix_key),
        **given,
    )


def _beginning(request: PageRequest, step: Step) -> dict[str, object]:
    """What a sale begins with: the question it answers, what the address says, the last price."""
    kind = request.GET.get("tipo", "")
    service = request.GET.get("servico", "")
    if step.enquiry:
        kind, service = step.enquiry.row.kind, step.enquiry.row.service_slug
    kind = kind if kind in ONEOFF_KINDS else ONEOFF_KINDS[0]
    price = queries.last_price(kind)
    return {
        "kind": kind,
        "service": service,
        "agreed": bool(step.enquiry and step.enquiry.row.covered),
        "quantity": 1,
        "price": plain_amount(price).replace(".", ",") if price else "",
        "tell": True,
        "key": new_key(),
    }


def _explain(buyer: BuyerForm, sale: SaleForm, code: str) -> None:
    """Say beside its field, or above the form, why it cannot be sold so."""
    text = words.conflict(code)
    if code in _OF_BUYER:
        buyer.add_error(_OF_BUYER[code], text)
    else:
        sale.add_error(_OF_SALE.get(code), text)


def _purpose(request: PageRequest, step: Step, sale: SaleForm) -> PurposeCard | None:
    """What the scope says of what is chosen now; None until something is."""
    kind, service = sale["kind"].value(), sale["service"].value()
    if kind not in ONEOFF_KINDS or service not in dict(parts.services()):
        return None
    return queries.purpose_of(
        request.actor,
        kind=str(kind),
        service=str(service),
        organisation_id=step.customer.id if step.customer else None,
        policy_now=request.policy,
        now=request.now,
    )


def _page(
    request: PageRequest,
    step: Step,
    buyer: BuyerForm,
    sale: SaleForm,
    *,
    owners: Sequence[register.PersonRow] = (),
    status: int = 200,
) -> HttpResponse:
    wanted = request.GET.get("q", "").strip()[:100]
    found = register.organisations(request.actor, wanted=wanted).rows if wanted else ()
    training = request.policy.training
    context: dict[str, object] = {
        "step": step,
        "buyer": buyer,
        "owners": owners,
        "form": sale,
        "wanted": wanted,
        "found": found[:_FOUND],
        "more": len(found) > _FOUND,
        "chosen": step.customer is not None or bool(step.kind),
        "card": _purpose(request, step, sale),
        "training": appointment_words.length(training.minutes, training.people)
        if sale["kind"].value() == TRAINING
        else "",
        "service_name": dict(parts.services()).get(str(sale["service"].value()), ""),
    }
    return parts.show(request, "desk/sales/new.html", context, book=parts.NEW, status=status)
