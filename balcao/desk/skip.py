"""Pular com motivo: passing over the ticket that "Atender próximo" handed over (R24)."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.desk.acts import parts
from balcao.desk.conflicts import Trouble
from balcao.desk.pane import show
from balcao.desk.place import Place
from balcao.desk.queue import nothing_left
from balcao.policy.access import Permission, can
from balcao.tickets import actions, queries
from balcao.tickets.queries import View
from balcao.web.guards import PageRequest, guard


class SkipForm(forms.Form):
    """Why. Supervisors and the auditor read it; the customer does not."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("Supervisors and the auditor read it; the customer does not."),
    )


@guard("desk", methods=("GET", "POST"))
def skip(request: PageRequest, number: str) -> HttpResponse:
    """Ask for the reason; then the next ticket in line is opened, if there is one."""
    row = queries.get_for(request.actor, number)
    if not can(request.actor, Permission.SKIP, queries.scope_of(row)):
        raise PermissionDenied
    form = SkipForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return parts.page(
            request, row, "desk/skip.html", {"form": form}, status=422 if form.is_bound else 200
        )
    try:
        following = actions.skip(
            actor=request.actor,
            now=request.now,
            ticket_id=row.pk,
            reason=form.cleaned_data["reason"],
        )
    except actions.Conflict:
        fresh = queries.get_for(request.actor, number)
        return show(request, fresh, status=409, trouble=_not_held())
    if following is None:
        return nothing_left()
    return redirect(Place(View.QUEUE).ticket_address(following.number))


def _not_held() -> Trouble:
    return Trouble(
        _("Nothing was passed over"),
        _("You do not hold this ticket as the next in line: the reservation may have run out."),
    )
