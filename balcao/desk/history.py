"""What happened to a ticket besides its messages."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.desk.menu import menu
from balcao.desk.place import is_fragment, place_of
from balcao.tickets import queries
from balcao.tickets.queries import Line
from balcao.web import words
from balcao.web.format import Look
from balcao.web.guards import PageRequest, guard

# The thread shows these itself.
_MESSAGES = frozenset({"ticket.customer_wrote", "ticket.replied", "ticket.noted"})
_BREACHES = {
    "start": gettext_lazy("The start deadline passed"),
    "resolution": gettext_lazy("The conclusion deadline passed"),
}
# The claims of "Atender próximo", apart from an assignment by hand.
_CLAIMS = {
    "ticket.claimed": gettext_lazy("Taken as the next in line"),
    "ticket.claim_ended": gettext_lazy("The reservation ran out: back in its old place"),
}


@dataclass(frozen=True, slots=True)
class Happening:
    text: str
    at: datetime
    look: Look


@guard("desk")
def history(request: PageRequest, number: str) -> HttpResponse:
    """The ticket's system lines, oldest first: a page of its own, or unfolded in the ticket's."""
    ticket = queries.get_for(request.actor, number)
    lines = queries.lines_for(request.actor, ticket)
    context: dict[str, object] = {
        "ticket": ticket,
        "lines": [_happening(line) for line in lines if line.verb not in _MESSAGES],
    }
    if is_fragment(request):
        return render(request, "desk/history_lines.html", context)
    place = place_of(request)
    return render(
        request,
        "desk/history.html",
        {**context, "place": place, "views": menu(request.actor, place=place)},
    )


def _happening(line: Line) -> Happening:
    return Happening(text=_text(line), at=line.at, look=words.event_look(line.verb))


def _text(line: Line) -> str:
    if line.verb == "ticket.deadline_breached" and line.data.get("deadline") in _BREACHES:
        return str(_BREACHES[str(line.data["deadline"])])
    text = str(_CLAIMS.get(line.verb) or words.happened(line.verb))
    place = line.data.get("place")
    # Taking a ticket out of turn is allowed and on record (S30).
    if line.verb == "ticket.assigned" and isinstance(place, int) and place > 1:
        return _("%(text)s, out of turn: it was no. %(place)d in the queue") % {
            "text": text,
            "place": place,
        }
    return text
