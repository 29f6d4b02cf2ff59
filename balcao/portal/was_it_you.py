""" "Foi você?": whoever reads the address on file says whether a mail was theirs (R9).

By the link of the mail, which needs no sign-in. Looking changes nothing, because mail programs
look, too; the buttons do.
"""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from balcao.channels import actions, intake, queries
from balcao.people.queries import actor_by_id
from balcao.tickets.actions import Conflict
from balcao.web.guards import PageRequest, guard


@guard("public", methods=("GET", "POST"))
def was_it_you(request: PageRequest, token: str) -> HttpResponse:
    """The page of the mail's link, until it is answered or its time is over."""
    row = queries.confirmation_by_link(token, now=request.now)
    if row is None:
        return _shown(request, "portal/link_lost.html", {}, status=404)
    if request.method == "POST":
        _answer(request, row, request.POST.get("answer", ""))
        return redirect("was_it_you", token=token)
    context = {"row": row, "knows": request.actor.id == row.user_id}
    return _shown(request, "portal/was_it_you.html", context)


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
