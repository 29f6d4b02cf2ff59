"""An order that is not paid yet: sent by e-mail, due another day, its boleto."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from balcao.desk.sales import parts
from balcao.desk.sales.forms import TermsForm
from balcao.desk.sales.order import back, card_of, give_pdf, page_of, seen_in
from balcao.files.forms import NoRoom, check_uploads, keep_uploads
from balcao.files.queries import Quota
from balcao.policy.access import Duty
from balcao.sales import actions, queries
from balcao.web.guards import PageRequest, guard
from balcao.web.words import sales as said

_FIELDS = {
    "boleto": "reference",
    "invoiced": "purchase_order",
    "not_pdf": "file",
}


@guard("staff", methods=("POST",), duty=Duty.KEEP_SALES)
def charge(request: PageRequest, order_id: int) -> HttpResponse:
    """Write to the buyer how to pay, the first time or again."""
    card_of(request, order_id)
    return back(
        order_id,
        "cobranca",
        lambda: actions.send_charge(
            actor=request.actor, now=request.now, order_id=order_id, seen=seen_in(request)
        ),
    )


@guard("staff", methods=("POST",), duty=Duty.KEEP_SALES)
def terms(request: PageRequest, order_id: int) -> HttpResponse:
    """Another due date, reference or boleto."""
    card = card_of(request, order_id)
    form = TermsForm(request.POST, request.FILES, auto_id="terms_%s")
    if not form.is_valid():
        return page_of(request, card, terms=form, status=422)
    uploads = [form.cleaned_data["file"]] if form.cleaned_data["file"] else []
    try:
        check_uploads(uploads)
        kept = keep_uploads(uploads, now=request.now, quota=Quota(owner=request.actor.id))
        actions.change_terms(
            actor=request.actor,
            now=request.now,
            order_id=card.id,
            revision=form.cleaned_data["seen"],
            terms=form.terms(),
            boleto=kept[0] if kept else None,
        )
    except NoRoom as full:
        form.add_error("file", full.said)
    except actions.Conflict as conflict:
        form.add_error(_FIELDS.get(conflict.code), said.conflict(conflict.code))
    else:
        return parts.at("desk_order", card.id, notice="alterada")
    return page_of(request, card, terms=form, status=409)


@guard("staff", duty=Duty.VIEW_SALES)
def boleto(request: PageRequest, order_id: int) -> HttpResponseBase:
    """The boleto that is attached, to whoever reads sales; every download is noted."""
    return give_pdf(request, order_id, queries.boleto_of(request.actor, order_id))
