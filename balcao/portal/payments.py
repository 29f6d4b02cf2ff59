"""A PIX that a bank, or a program of the owner's, tells us of: no page for people."""

import json

from django.conf import settings
from django.http import Http404, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from balcao.lib.signing import LEAST_SECRET, NotSigned, check
from balcao.sales import actions
from balcao.sales.forms import PixNoticeForm
from balcao.web.guards import PageRequest, guard

MOST_BYTES = 10_000
"""A notice is a few hundred."""


@csrf_exempt
@guard("public", methods=("POST",))
def pix_notice(request: PageRequest) -> JsonResponse:
    """Take one signed notice (docs/sales.md); 200 once it is stored, with what became of it.

    The signature stands for the sign-in (no cookie is looked at, so nothing can be forged across
    sites), its moment and the notice's own id against a copied request. 404 while no secret is set,
    401 without a right signature, 400 for what is no notice.
    """
    if len(settings.PIX_SECRET) < LEAST_SECRET:
        raise Http404
    body = request.read(MOST_BYTES + 1)
    try:
        check(
            settings.PIX_SECRET,
            request.headers.get("X-Balcao-Timestamp", ""),
            body,
            request.headers.get("X-Balcao-Signature", ""),
            now=request.now,
        )
    except NotSigned:
        return _answer(401, error="not_signed")
    form = PixNoticeForm(_fields(body))
    if len(body) > MOST_BYTES or not form.is_valid():
        return _answer(400, error="not_a_notice", fields=sorted(form.errors))
    notice = actions.take_notice(now=request.now, paid=form.paid())
    return _answer(200, outcome=notice.outcome, order=notice.order_id)


def _fields(body: bytes) -> dict[str, object]:
    """What the body says; nothing when it is no JSON object."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _answer(status: int, **found: object) -> JsonResponse:
    return JsonResponse(found, status=status)
