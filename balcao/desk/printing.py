"""A ticket on paper: who, until when, and the whole conversation."""

from django.http import HttpResponse
from django.shortcuts import render

from balcao.desk import chips
from balcao.desk.place import place_of
from balcao.desk.seen import TICKET, seen_by
from balcao.policy import access
from balcao.policy.access import Permission
from balcao.tickets import queries
from balcao.web import words
from balcao.web.guards import PageRequest, guard
from balcao.web.thread import entries


@guard("desk")
def printed(request: PageRequest, number: str) -> HttpResponse:
    """Without notes, unless somebody who reads them asks for them ("?notas=1")."""
    page = queries.page_for(request.actor, number, now=request.now)
    ticket = page.ticket
    seen_by(request, TICKET, ticket.pk)
    reads = access.can(request.actor, Permission.VIEW_NOTES, queries.scope_of(ticket))
    notes = reads and request.GET.get("notas") == "1"
    thread = queries.thread_for(request.actor, ticket)
    context = {
        "ticket": ticket,
        "place": place_of(request),
        "around": page.around,
        "badge": words.state(ticket.state, staff=True),
        "chips": chips.of_ticket(page.deadlines, state=ticket.state, now=request.now, named=True),
        "people": [ticket.opener.name, *(user.name for user in ticket.participants.all())],
        "entries": entries(row for row in thread if notes or row.kind != "note"),
        "reads": reads,
        "notes": notes,
    }
    return render(request, "desk/print.html", context)
