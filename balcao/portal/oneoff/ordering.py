"""An order that is not paid yet, as its buyer sees it: what it is, and how it is paid (R22)."""

import segno
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language

from balcao.events.access import Act, saw
from balcao.files.queries import open_file
from balcao.policy.entitlement import local_day
from balcao.portal import parts
from balcao.sales.queries import Bill, NotFound, bill_for, pix_of
from balcao.web import words
from balcao.web.guards import PageRequest, guard
from balcao.web.words import sales

ORDER = "sales.order"


@guard("portal")
def order(request: PageRequest, order_id: int) -> HttpResponse:
    """The order: its PIX, its boleto, until when; once it is paid, where its numbers are."""
    bill = bill_for(request.actor, order_id)
    code = pix_of(state=bill.state, txid=bill.txid, cents=bill.cents, policy_now=request.policy)
    context: dict[str, object] = {
        "bill": bill,
        "service": service_of(bill),
        "badge": sales.order_badge(bill.state),
        "sales": sales,
        "today": local_day(request.now, request.policy.timezone),
        "pix": code,
        "picture": segno.make(code, error="m").svg_data_uri(scale=4, dark="#000", light="#fff")
        if code
        else "",
    }
    return parts.show(request, "portal/oneoff/order.html", context, place="oneoff")


def service_of(bill: Bill) -> str:
    """What it is bought for, in the reader's language."""
    portuguese = (get_language() or "").startswith("pt")
    return bill.service if portuguese else bill.service_en or bill.service


@guard("portal")
def boleto(request: PageRequest, order_id: int) -> HttpResponseBase:
    """The boleto of an order that waits for it. Every download is noted."""
    bill = bill_for(request.actor, order_id)
    file = bill.boleto
    if file is None or not bill.is_open:
        raise NotFound
    if file.held:
        told = {"name": file.name, "text": words.file_held(file.held)}
        return render(request, "web/errors/file_held.html", told, status=403)
    saw(
        Act.DOWNLOADED,
        ORDER,
        bill.id,
        actor=request.actor,
        now=request.now,
        address=request.META.get("REMOTE_ADDR"),
        detail=file.pk.hex,
    )
    try:
        content = open_file(file)
    except FileNotFoundError:
        return render(request, "portal/file_lost.html", {"name": file.name}, status=404)
    response = FileResponse(
        content, as_attachment=True, filename=file.name, content_type="application/pdf"
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
