"""Quem acompanha: whom of the customer's people a ticket's news go to, as the team sees to it."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.desk.acts import parts
from balcao.desk.conflicts import Trouble
from balcao.desk.place import place_of
from balcao.policy.access import Permission
from balcao.policy.lifecycle import TERMINAL, State
from balcao.tickets import actions, queries
from balcao.tickets.queries import Ticket
from balcao.web.guards import PageRequest, guard

INCLUDE, TAKE_OUT = "incluir", "retirar"


class PersonForm(forms.Form):
    """Who is meant."""

    person = forms.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        error_messages=dict.fromkeys(("required", "invalid"), gettext_lazy("Choose who.")),
    )


@guard("desk", methods=("GET", "POST"))
def followers(request: PageRequest, number: str) -> HttpResponse:
    """Everybody by name, and who else acts for the company; one is included or taken out (R8)."""
    row = parts.ticket_for(request, number, Permission.ADD_PARTICIPANT)
    if request.method != "POST":
        return _page(request, row)
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form=form, status=422)
    act = actions.take_out if request.POST.get("do") == TAKE_OUT else actions.include
    person = form.cleaned_data["person"]
    try:
        act(actor=request.actor, now=request.now, ticket_id=row.pk, person_id=person)
    except actions.Conflict as conflict:
        trouble = parts.trouble(conflict.code, row)
        return _page(request, row, trouble=trouble, status=409)
    place = place_of(request)
    return redirect(reverse("desk_followers", args=[row.number]) + place.query)


def _page(
    request: PageRequest,
    row: Ticket,
    *,
    form: PersonForm | None = None,
    trouble: Trouble | None = None,
    status: int = 200,
) -> HttpResponse:
    found = queries.followers_of(request.actor, row)
    over = State(row.state) in TERMINAL
    context: dict[str, object] = {
        "followers": found,
        "others": [] if over else [("", _("Choose")), *found.others],
        "over": over,
        "form": form,
        "trouble": trouble,
        "include": INCLUDE,
        "take_out": TAKE_OUT,
    }
    return parts.page(request, row, "desk/acts/followers.html", context, status=status)
