""" "Foi você?": whoever reads the address on file says whether a mail was theirs (R9).

By the link of the mail, which needs no sign-in. Looking changes nothing, because mail programs
look, too; the buttons do.
"""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from balcao.channels import actions, intake, queries
from balcao.people.queries import actor_by_id
from balcao.policy import reasons
from balcao.tickets.actions import Conflict
from balcao.tickets.queries import comes_by_code
from balcao.web.guards import PageRequest, guard
from balcao.web.words.notices import Kept, not_taken


@guard("public", methods=("GET", "POST"))
def was_it_you(request: PageRequest, token: str) -> HttpResponse:
    """The page of the mail's link, until it is answered or its time is over."""
    row = queries.confirmation_by_link(token, now=request.now)
    if row is None:
        return _shown(request, "portal/link_lost.html", {}, status=404)
    if request.method == "POST":
        _answer(request, row, request.POST.get("answer", ""))
        return redirect("was_it_you", token=token)
    return _shown(request, "portal/was_it_you.html", {"row": row, **_onward(request, row)})


def _onward(request: PageRequest, row: queries.Asked) -> dict[str, object]:
    """What is said of a yes that added nothing, and the ways on: to the portal only for who can
    sign in (R12).
    """
    portuguese = (translation.get_language() or "").startswith("pt")
    company, by_code = request.policy.company, comes_by_code(row.user_id)
    ways = [(_("To the portal"), reverse("portal_home"))]
    if by_code:
        ways = [(_("See my one-off request"), reverse("statement_ask"))]
    if row.state == "yes" and row.added and request.actor.id == row.user_id:
        ways = [(_("See the request"), reverse("ticket", args=[row.ticket]))]
    said = None
    if row.state == "yes" and not row.added:
        kept = Kept(
            row.reason,
            row.sender,
            company.sales_phone,
            number=row.ticket,
            last_day=row.last_day,
            service=row.service_pt if portuguese else row.service_en,
            drafted=row.drafted,
            by_code=by_code,
        )
        said = not_taken(kept, write_to=company.support_address)
        if row.reason == reasons.NUMBER_MISSING:
            ways = [(_("I forgot the number"), reverse("statement_forgot"))]
        elif not by_code and (row.drafted or row.reason == reasons.TICKET_CLOSED):
            names = {"rascunho": row.key, **({"de": row.ticket} if row.ticket else {})}
            ways = [(_("Go to my draft"), f"{reverse('ticket_new')}?{urlencode(names)}")]
    return {"said": said, "by_code": by_code, "ways": ways}


def _answer(request: PageRequest, row: queries.Asked, chosen: str) -> None:
    """Carry out the button that was pressed; the page then says how it stands."""
    actor = actor_by_id(row.user_id, now=request.now)
    if actor is None:
        return
    try:
        if chosen == "yes":
            actions.asking.say_yes(actor=actor, now=request.now, confirmation_id=row.id)
            intake.confirm(row.id, now=request.now)
        elif chosen == "no":
            actions.asking.say_no(actor=actor, now=request.now, confirmation_id=row.id)
    except Conflict:
        return


def _shown(
    request: PageRequest, template: str, context: dict[str, object], *, status: int = 200
) -> HttpResponse:
    with timezone.override(request.policy.timezone):
        response = render(request, template, context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
