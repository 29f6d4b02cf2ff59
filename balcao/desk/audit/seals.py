"""Whether the record is as it was written: the seals, and the last check of all of it."""

from django.http import HttpResponse

from balcao.desk.audit.pages import page
from balcao.events.queries import seals_for
from balcao.events.verifying import VERIFIED
from balcao.policy.access import Duty
from balcao.web.guards import PageRequest, guard


@guard("staff", duty=Duty.VIEW_EVENTS)
def seals(request: PageRequest) -> HttpResponse:
    """The last seal of each log with its head, what waits for one, and the last daily check."""
    found = seals_for(request.actor)
    context: dict[str, object] = {
        "seals": found,
        "whole": found.checked is not None and found.checked.verb == VERIFIED,
        "now": request.now,
    }
    return page(request, "desk/audit/seals.html", context, route="desk_seals")
