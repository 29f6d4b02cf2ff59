"""Why this deadline ("Por que este prazo?"): every stretch of its time (R1-R4)."""

from django.http import HttpResponse
from django.shortcuts import redirect

from balcao.policy.lifecycle import State
from balcao.portal import clocks, parts
from balcao.tickets import queries
from balcao.web.guards import PageRequest, guard
from balcao.web.words.timeline import timelines


@guard("portal")
def why(request: PageRequest, number: str) -> HttpResponse:
    """Both promises, their time lines and their sums."""
    ticket = queries.get_own(request.actor, number)
    if ticket.state == State.SOLD.value:
        return redirect("ticket", number=ticket.number)
    now = request.now
    found = queries.explain_deadlines(ticket, policy=request.policy, now=now)
    promises = clocks.of_ticket(queries.deadlines_of(ticket, now=now), state=ticket.state, now=now)
    start, conclusion = promises.chips()
    context = {
        "ticket": ticket,
        "start": start,
        "conclusion": conclusion,
        "lines": timelines(found, now=now, staff=False),
    }
    return parts.show(request, "portal/why.html", context, place="tickets")
