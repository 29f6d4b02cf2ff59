""" "Por que este prazo?": every stretch of time that made the deadlines what they are (R1-R4)."""

from django.http import HttpResponse
from django.shortcuts import render

from balcao.desk import chips
from balcao.desk.menu import menu
from balcao.desk.place import is_fragment, place_of
from balcao.policy.access import Duty, may
from balcao.tickets import queries
from balcao.web.guards import PageRequest, guard
from balcao.web.words.timeline import timeline


@guard("desk")
def why(request: PageRequest, number: str) -> HttpResponse:
    ticket = queries.get_for(request.actor, number)
    now, place = request.now, place_of(request)
    found = queries.explain_deadlines(ticket, policy=request.policy, now=now)
    context = {
        "ticket": ticket,
        "place": place,
        "chips": chips.of_ticket(
            queries.deadlines_of(ticket, now=now), state=ticket.state, now=now
        ),
        "lines": [timeline(each, now=now, staff=True) for each in found],
        "version": ticket.policy_version,
        "in_force": request.policy.version,
        "zone_name": request.policy.calendar.timezone,
        "may_suspend": may(request.actor, Duty.SUSPEND_DEADLINES),
    }
    if is_fragment(request):
        return render(request, "desk/why_alone.html", context)
    return render(request, "desk/why.html", {**context, "views": menu(request.actor, place=place)})
