"""Transferir: giving a ticket to a colleague who serves its queue and is not away."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balcao.desk import reserving
from balcao.desk.acts import parts
from balcao.desk.conflicts import conflict_words
from balcao.desk.pane import show
from balcao.desk.place import place_of
from balcao.policy.access import Permission, can
from balcao.policy.routing import TakenBack
from balcao.tickets import actions, queries
from balcao.tickets.queries import Ticket
from balcao.web.guards import PageRequest, guard


@guard("desk", methods=("GET", "POST"))
def transfer(request: PageRequest, number: str) -> HttpResponse:
    """Choose a colleague, those with the fewest tickets first."""
    row = queries.get_for(request.actor, number)
    if not can(request.actor, Permission.ASSIGN, queries.scope_of(row)):
        raise PermissionDenied
    colleagues = queries.colleagues_for(row, now=request.now)
    chosen, why = request.POST.get("to", ""), None
    if request.method != "POST":
        return _page(request, row, colleagues)
    if reserving.asks(request, row):
        form = reserving.WhyForm(request.POST)
        if not form.is_valid():
            return _page(request, row, colleagues, form=form, chosen=chosen, status=422)
        why = TakenBack(form.cleaned_data["why"])
    if chosen not in {str(one.id) for one in colleagues}:
        return _page(request, row, colleagues, errors=(_("Choose a colleague."),), status=422)
    try:
        actions.transfer(
            actor=request.actor, now=request.now, ticket_id=row.pk, to_id=int(chosen), why=why
        )
    except actions.Conflict as conflict:
        if conflict.code == "absent":
            errors = (_("This colleague has just gone away."),)
            return _page(request, row, colleagues, errors=errors, status=409)
        fresh = queries.get_for(request.actor, number)
        return show(request, fresh, status=409, trouble=conflict_words(conflict.code, fresh))
    return redirect(place_of(request).ticket_address(row.number))


def _page(
    request: PageRequest,
    row: Ticket,
    colleagues: list[queries.Colleague],
    *,
    errors: tuple[str, ...] = (),
    form: reserving.WhyForm | None = None,
    chosen: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, object] = {
        "colleagues": [(one.id, f"{one.name} ({_load(one.tickets)})") for one in colleagues],
        "errors": errors,
        "chosen": chosen,
        "form": (form or reserving.WhyForm()) if reserving.asks(request, row) else None,
    }
    return parts.page(request, row, "desk/transfer.html", context, status=status)


def _load(tickets: int) -> str:
    if not tickets:
        return _("no open ticket")
    return ngettext("%(count)d open ticket", "%(count)d open tickets", tickets) % {"count": tickets}
