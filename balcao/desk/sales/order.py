"""One order: its PIX, its numbers, its NFS-e, and what sales does to it."""

from collections.abc import Callable

import segno
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from balcao.desk.sales import parts
from balcao.desk.sales.forms import EndForm, InvoiceForm, RefundForm, SeenForm, TermsForm
from balcao.desk.seen import Act, seen_by
from balcao.files.forms import NoRoom, check_uploads, keep_uploads
from balcao.files.queries import Quota, open_file
from balcao.notifications.queries import selling
from balcao.policy.access import Duty
from balcao.policy.entitlement import local_day
from balcao.policy.prepaid import Standing
from balcao.sales import actions, queries
from balcao.sales.queries import OrderCard
from balcao.tickets.queries import StoredFile
from balcao.web import words
from balcao.web.guards import PageRequest, guard
from balcao.web.words import sales as said

ORDER = "sales.order"


@guard("staff", duty=Duty.VIEW_SALES)
def order(request: PageRequest, order_id: int) -> HttpResponse:
    """What was ordered, how it stands, and what can be done now."""
    card = card_of(request, order_id)
    seen_by(request, ORDER, card.id)
    return page_of(request, card)


def card_of(request: PageRequest, order_id: int) -> OrderCard:
    """The order, for whoever reads sales. Raises NotFound."""
    return queries.order_for(request.actor, order_id, policy_now=request.policy, now=request.now)


def page_of(
    request: PageRequest,
    card: OrderCard,
    *,
    invoice: InvoiceForm | None = None,
    refund: RefundForm | None = None,
    terms: TermsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The order's page, with a form that was sent and could not be done."""
    code = queries.pix_code(card, request.policy)
    seen = {"seen": card.revision}
    day = card.invoice_on.isoformat() if card.invoice_on else ""
    typed = {"reference": card.reference, "purchase_order": card.purchase_order}
    due = card.due_on.isoformat() if card.due_on else ""
    told = card.charges and card.state == "open"
    context: dict[str, object] = {
        "card": card,
        "mail": selling.mailed(selling.about_charge(card.id, card.charges, card.contact_id))
        if told
        else None,
        "terms": terms or TermsForm(initial={**seen, **typed, "due_on": due}, auto_id="terms_%s"),
        "today": local_day(request.now, request.policy.timezone),
        "pix": code,
        "picture": segno.make(code, error="m").svg_data_uri(scale=4, dark="#000", light="#fff")
        if code
        else "",
        "cancel": EndForm(initial=seen, unpaid=True, auto_id="cancel_%s"),
        "refund": refund or _refund(card, initial=seen),
        "expired": [one for one in card.items if one.standing is Standing.EXPIRED],
        "invoice": invoice
        or InvoiceForm(initial={**seen, "number": card.invoice_number, "day": day}),
    }
    return parts.show(request, "desk/sales/order.html", context, book=parts.BOOK, status=status)


def _refund(card: OrderCard, **given: object) -> RefundForm:
    numbers = [(item.prepaid_id, item.number) for item in card.items if item.refundable]
    return RefundForm(numbers=numbers, auto_id="refund_%s", **given)


def seen_in(request: PageRequest) -> int:
    """The revision that the page showed; one that was tampered with fits none."""
    form = SeenForm(request.POST)
    return int(form.cleaned_data["seen"]) if form.is_valid() else 0


def back(order_id: int, notice: str, act: Callable[[], object]) -> HttpResponse:
    """Back to the order, with ``notice`` or with what stood in the way."""
    try:
        act()
    except actions.Conflict as conflict:
        notice = conflict.code
    return parts.at("desk_order", order_id, notice=notice)


@guard("staff", methods=("POST",), duty=Duty.KEEP_SALES)
def confirm(request: PageRequest, order_id: int) -> HttpResponse:
    """The money is there: make the numbers."""
    card_of(request, order_id)
    return back(
        order_id,
        "vendida",
        lambda: actions.confirm_payment(
            actor=request.actor, now=request.now, order_id=order_id, revision=seen_in(request)
        ),
    )


@guard("staff", methods=("POST",), duty=Duty.KEEP_SALES)
def cancel(request: PageRequest, order_id: int) -> HttpResponse:
    """The order is given up."""
    card_of(request, order_id)
    form = EndForm(request.POST, unpaid=True)
    if not form.is_valid():
        return parts.at("desk_order", order_id, notice="state_changed")
    return back(
        order_id,
        "cancelada",
        lambda: actions.cancel_order(
            actor=request.actor,
            now=request.now,
            order_id=order_id,
            revision=form.cleaned_data["seen"],
            cause=form.cleaned_data["cause"],
        ),
    )


@guard("staff", methods=("POST",), duty=Duty.KEEP_SALES)
def refund(request: PageRequest, order_id: int) -> HttpResponse:
    """The money of what was not used goes back; how much and of what is shown first."""
    card = card_of(request, order_id)
    form = _refund(card, data=request.POST)
    if not form.is_valid():
        if "items" in form.errors and not request.POST.getlist("items"):
            form.errors["items"] = form.error_class([said.conflict("nothing")])
        return page_of(request, card, refund=form, status=422)
    if "sure" not in request.POST:
        return _ask_again(request, card, form)
    return back(
        order_id,
        "estornada",
        lambda: actions.refund(
            actor=request.actor,
            now=request.now,
            order_id=order_id,
            revision=form.cleaned_data["seen"],
            prepaid_ids=form.cleaned_data["items"],
            cause=form.cleaned_data["cause"],
        ),
    )


def _ask_again(request: PageRequest, card: OrderCard, form: RefundForm) -> HttpResponse:
    """The second step: the sum, the numbers and what follows; nothing has happened yet."""
    chosen = set(form.cleaned_data["items"])
    items = [item for item in card.items if item.prepaid_id in chosen]
    context: dict[str, object] = {
        "card": card,
        "items": items,
        "cents": card.unit_cents * len(items),
        "cause": form.cleaned_data["cause"],
        "seen": form.cleaned_data["seen"],
    }
    return parts.show(request, "desk/sales/refund.html", context, book=parts.BOOK)


@guard("staff", methods=("POST",), duty=Duty.KEEP_SALES)
def receipt(request: PageRequest, order_id: int) -> HttpResponse:
    """Send the receipts again."""
    card_of(request, order_id)
    return back(
        order_id,
        "comprovante",
        lambda: actions.send_receipt(actor=request.actor, now=request.now, order_id=order_id),
    )


@guard("staff", methods=("POST",), duty=Duty.KEEP_SALES)
def invoice(request: PageRequest, order_id: int) -> HttpResponse:
    """Attach the NFS-e."""
    card = card_of(request, order_id)
    form = InvoiceForm(request.POST, request.FILES)
    if not form.is_valid():
        return page_of(request, card, invoice=form, status=422)
    uploads = [form.cleaned_data["file"]] if form.cleaned_data["file"] else []
    try:
        check_uploads(uploads)
        kept = keep_uploads(uploads, now=request.now, quota=Quota(owner=request.actor.id))
        actions.attach_invoice(
            actor=request.actor,
            now=request.now,
            order_id=card.id,
            revision=form.cleaned_data["seen"],
            number=form.cleaned_data["number"],
            day=form.cleaned_data["day"],
            file=kept[0] if kept else None,
        )
    except NoRoom as full:
        form.add_error("file", full.said)
    except actions.Conflict as conflict:
        field = "file" if conflict.code == "not_pdf" else None
        form.add_error(field, said.conflict(conflict.code))
    else:
        return parts.at("desk_order", card.id, notice="nota")
    return page_of(request, card, invoice=form, status=409)


@guard("staff", duty=Duty.VIEW_SALES)
def invoice_file(request: PageRequest, order_id: int) -> HttpResponseBase:
    """The PDF that is attached, to whoever reads sales; every download is noted."""
    return give_pdf(request, order_id, queries.invoice_of(request.actor, order_id))


def give_pdf(request: PageRequest, order_id: int, file: StoredFile) -> HttpResponseBase:
    """A paper of the order, unless the virus scanner holds it."""
    if file.held:
        told = {"name": file.name, "text": words.file_held(file.held)}
        return render(request, "web/errors/file_held.html", told, status=403)
    seen_by(request, ORDER, order_id, act=Act.DOWNLOADED, detail=file.pk.hex)
    response = FileResponse(
        open_file(file), as_attachment=True, filename=file.name, content_type="application/pdf"
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
