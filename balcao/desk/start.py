"""Where a member of staff begins."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect

from balcao.desk.menu import books
from balcao.policy.access import can_enter
from balcao.web.guards import PageRequest, guard


@guard("staff")
def start(request: PageRequest) -> HttpResponse:
    """The queue, or for those who serve no tickets the first book they may open."""
    if can_enter(request.actor, "desk"):
        return redirect("desk_queue")
    entries = books(request.actor, "")
    if not entries:
        raise PermissionDenied
    return redirect(entries[0].href)
