"""Where a member of staff begins."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect

from balcao.desk import liking
from balcao.desk.menu import books
from balcao.policy.access import Duty, can_enter, may
from balcao.web.guards import PageRequest, guard


@guard("staff")
def start(request: PageRequest) -> HttpResponse:
    """The list they pinned, or the queue; for those who serve no tickets the rules they keep, or
    else their first book.
    """
    if can_enter(request.actor, "desk"):
        pinned = liking.home(request)
        return redirect(pinned.list_address if pinned else "desk_queue")
    if may(request.actor, Duty.KEEP_POLICY):
        return redirect("rules")
    entries = books(request.actor, "")
    if not entries:
        raise PermissionDenied
    return redirect(entries[0].href)
