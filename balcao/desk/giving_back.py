""" "Devolver à fila": one's own at once, what a colleague holds as next in line with a reason."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from balcao.desk import reserving
from balcao.desk.conflicts import conflict_words
from balcao.desk.pane import show
from balcao.desk.place import place_of
from balcao.policy.access import Permission, can
from balcao.tickets import actions, queries
from balcao.web.guards import PageRequest, guard


@guard("desk", methods=("GET", "POST"))
def give_back(request: PageRequest, number: str) -> HttpResponse:
    """Back to the list it came from; of a colleague's the reason is asked first (O3)."""
    row = queries.get_for(request.actor, number)
    if not can(request.actor, Permission.ASSIGN, queries.scope_of(row)):
        raise PermissionDenied
    place, why = place_of(request), None
    if reserving.asks(request, row):
        found = reserving.reason(request, row, _("Give back to the queue"))
        if isinstance(found, HttpResponse):
            return found
        why = found
    elif request.method != "POST":
        return redirect(place.ticket_address(row.number))
    try:
        actions.give_back(actor=request.actor, now=request.now, ticket_id=row.pk, why=why)
    except actions.Conflict as conflict:
        fresh = queries.get_for(request.actor, number)
        return show(request, fresh, status=409, trouble=conflict_words(conflict.code, fresh))
    return redirect(place.list_address)
