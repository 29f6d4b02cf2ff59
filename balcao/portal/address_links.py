"""Links in mails about a change of the address on file (A8): confirm the new one, or stop it.

Looking changes nothing, because mail programs look, too; the button does. Neither asks for a
sign-in: whoever lost their access reads the old address, and the new one is proved by reading it.
"""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from balcao.people import actions, queries
from balcao.people.actions import Conflict, TokenRefused
from balcao.people.queries import ChangeRow
from balcao.policy.access import SYSTEM
from balcao.policy.addresses import HOLD, ChangeKind
from balcao.web.guards import PageRequest, guard


@guard("public", methods=("GET", "POST"))
def proof(request: PageRequest, token: str) -> HttpResponse:
    """Whoever reads the new address says that it is theirs."""
    change = queries.change_proved_by(token, now=request.now)
    if change is None:
        return _lost(request)
    if request.method != "POST":
        return _page(request, change, "proof")
    try:
        actions.prove_address(now=request.now, secret=token)
    except (TokenRefused, Conflict):
        return _lost(request)
    return _page(request, queries.change_of(SYSTEM, change.id), "proved")


@guard("public", methods=("GET", "POST"))
def stop(request: PageRequest, token: str) -> HttpResponse:
    """Whoever reads the old address says that it is to stay."""
    change_id = queries.change_to_stop(token)
    if change_id is None:
        return _lost(request)
    change = queries.change_of(SYSTEM, change_id)
    if request.method != "POST":
        return _page(request, change, "stop")
    try:
        actions.stop_by_link(now=request.now, secret=token)
    except (TokenRefused, Conflict):
        return _lost(request)
    return _page(request, change, "stopped")


def _page(request: PageRequest, change: ChangeRow, step: str) -> HttpResponse:
    held = change.held_at or request.now
    context = {
        "change": change,
        "step": step,
        "begins": held + HOLD[ChangeKind(change.kind)],
    }
    return _shown(request, "portal/address_link.html", context)


def _lost(request: PageRequest) -> HttpResponse:
    return _shown(request, "portal/link_lost.html", {}, status=404)


def _shown(
    request: PageRequest, template: str, context: dict[str, object], *, status: int = 200
) -> HttpResponse:
    with timezone.override(request.policy.timezone):
        response = render(request, template, context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
