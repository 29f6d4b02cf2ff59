"""What an agent typed for the customer, who opens it or says that it was not they (R13).

By the link of the mail, which needs no sign-in, or signed in. Looking changes nothing, because mail
programs look, too; the buttons do.
"""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language

from balcao.people.actions import TokenRefused
from balcao.people.queries import actor_by_id
from balcao.portal import parts
from balcao.tickets import actions, queries
from balcao.tickets.queries import OpeningRow
from balcao.web import words
from balcao.web.guards import PageRequest, guard


@guard("public", methods=("GET", "POST"))
def by_link(request: PageRequest, token: str) -> HttpResponse:
    """The page of the mail's link, until it is answered or its time is over."""
    row = queries.opening_by_link(token, now=request.now)
    if row is None:
        return _shown(request, "portal/assisted_lost.html", {}, status=404)
    if request.method != "POST":
        return _page(request, row)
    return _answer(request, row, secret=token) or redirect("assisted_link", token=token)


@guard("portal", methods=("GET", "POST"))
def signed_in(request: PageRequest, pk: int) -> HttpResponse:
    """The same for the contact who is signed in."""
    row = queries.own_opening(request.actor, pk, now=request.now)
    if request.method != "POST":
        return _page(request, row)
    return _answer(request, row, secret=None) or redirect("assisted_confirm", pk=pk)


def _answer(request: PageRequest, row: OpeningRow, *, secret: str | None) -> HttpResponse | None:
    """Carry out the button that was pressed; None: see how it stands now."""
    contact = actor_by_id(row.contact_id, now=request.now)
    chosen = request.POST.get("answer", "")
    if contact is None or chosen not in ("open", "no"):
        return None
    act = actions.confirm_opening if chosen == "open" else actions.decline_opening
    try:
        act(actor=contact, now=request.now, opening_id=row.id, secret=secret)
    except actions.Refused as refusal:
        return _page(request, row, refused=refusal)
    except (actions.Conflict, TokenRefused):
        return None
    return None


def _page(
    request: PageRequest, row: OpeningRow, *, refused: actions.Refused | None = None
) -> HttpResponse:
    portuguese = (get_language() or "").startswith("pt")
    service = row.service if portuguese else row.service_en
    refusal: words.Refusal | None = None
    if refused is not None:
        refusal = parts.refusal(
            request, refused.decision, organisation=row.organisation, service=service
        )
    context = {
        "row": row,
        "service": service,
        "refusal": refusal,
        "state": "refused" if refused else row.state,
        "knows": request.actor.id == row.contact_id,
    }
    return _shown(request, "portal/assisted.html", context, status=422 if refused else 200)


def _shown(
    request: PageRequest, template: str, context: dict[str, object], *, status: int = 200
) -> HttpResponse:
    with timezone.override(request.policy.timezone):
        response = render(request, template, context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
