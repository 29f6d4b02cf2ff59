""" "Devolver à fila": one's own at once, what a colleague holds as next in line with a reason."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy

from balcao.desk.acts import parts
from balcao.desk.pane import show
from balcao.desk.place import place_of
from balcao.desk.ticket import conflict_words
from balcao.policy import routing
from balcao.policy.access import Duty, Permission, can, may
from balcao.policy.routing import TakenBack
from balcao.tickets import actions, queries
from balcao.tickets.queries import Ticket
from balcao.web.guards import PageRequest, guard
from balcao.web.words import acts


class WhyForm(forms.Form):
    """Why. Whoever held it reads it."""

    why = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Whoever it was reserved for is told."),
        error_messages={"required": gettext_lazy("Choose the reason.")},
        choices=[
            ("", gettext_lazy("Choose")),
            *((one.value, acts.TAKEN_BACK[one.value]) for one in TakenBack),
        ],
    )


@guard("desk", methods=("GET", "POST"))
def give_back(request: PageRequest, number: str) -> HttpResponse:
    """Back to the list it came from; of a colleague's the reason is asked first (O3)."""
    row = queries.get_for(request.actor, number)
    if not can(request.actor, Permission.ASSIGN, queries.scope_of(row)):
        raise PermissionDenied
    place, why = place_of(request), None
    if _asks(request, row):
        form = WhyForm(request.POST if "why" in request.POST else None)
        if request.method != "POST" or not form.is_valid():
            status = 422 if request.method == "POST" else 200
            return parts.page(request, row, "desk/give_back.html", {"form": form}, status=status)
        why = TakenBack(form.cleaned_data["why"])
    elif request.method != "POST":
        return redirect(place.ticket_address(row.number))
    try:
        actions.give_back(actor=request.actor, now=request.now, ticket_id=row.pk, why=why)
    except actions.Conflict as conflict:
        fresh = queries.get_for(request.actor, number)
        return show(request, fresh, status=409, trouble=conflict_words(conflict.code, fresh))
    return redirect(place.list_address)


def _asks(request: PageRequest, row: Ticket) -> bool:
    holder = routing.reserved_for(
        assignee=row.assignee_id, claimed_until=row.claimed_until, now=request.now
    )
    return holder not in (None, request.actor.id) and may(request.actor, Duty.TAKE_BACK)
