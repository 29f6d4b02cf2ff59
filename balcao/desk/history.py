"""What happened to a ticket besides its messages."""

from django.http import HttpResponse
from django.shortcuts import render

from balcao.desk.happenings import MESSAGES, happening
from balcao.desk.menu import menu
from balcao.desk.place import is_fragment, place_of
from balcao.tickets import queries
from balcao.web.guards import PageRequest, guard


@guard("desk")
def history(request: PageRequest, number: str) -> HttpResponse:
    """The ticket's system lines, oldest first: a page of its own, or unfolded in the ticket's."""
    ticket = queries.get_for(request.actor, number)
    lines = queries.lines_for(request.actor, ticket)
    people = (ticket.opener, ticket.assignee, *ticket.participants.all())
    names = {one.pk: one.name for one in people if one}
    context: dict[str, object] = {
        "ticket": ticket,
        "lines": [happening(line, names) for line in lines if line.verb not in MESSAGES],
    }
    if is_fragment(request):
        return render(request, "desk/history_lines.html", context)
    place = place_of(request)
    return render(
        request,
        "desk/history.html",
        {**context, "place": place, "views": menu(request.actor, place=place)},
    )
