"""What happened to a ticket besides its messages."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.desk.menu import menu
from balcao.desk.place import is_fragment, place_of
from balcao.tickets import queries
from balcao.tickets.queries import Line
from balcao.web import format, words
from balcao.web.format import Look
from balcao.web.guards import PageRequest, guard

# The thread shows these itself.
_MESSAGES = frozenset({"ticket.customer_wrote", "ticket.replied", "ticket.noted", "ticket.called"})
_DEADLINES = {
    ("ticket.deadline_breached", "start"): gettext_lazy("The start deadline passed"),
    ("ticket.deadline_breached", "resolution"): gettext_lazy("The conclusion deadline passed"),
    ("ticket.deadline_warned", "start"): gettext_lazy("The start deadline comes near"),
    ("ticket.deadline_warned", "resolution"): gettext_lazy("The conclusion deadline comes near"),
    ("ticket.deadline_moved", "start"): gettext_lazy("The start deadline moved"),
    ("ticket.deadline_moved", "resolution"): gettext_lazy("The conclusion deadline moved"),
}
_CAUSES = {
    "calendar": gettext_lazy("the business hours changed"),
    "suspension": gettext_lazy("the deadlines were suspended for a time"),
    "policy": gettext_lazy("business hours and suspensions changed"),
    "product": gettext_lazy("the product or service changed"),
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
    deadline = _DEADLINES.get((line.verb, str(line.data.get("deadline"))))
    text = str(deadline or _CLAIMS.get(line.verb) or words.happened(line.verb))
    if line.verb == "ticket.deadline_moved":
        return _moved(text, line)
    if line.verb == "ticket.resolved" and line.data.get("cause") == "silence":
        return _("%(text)s: the customer did not answer") % {"text": text}
    rules = line.data.get("rules")
    if line.verb == "ticket.exception_used" and isinstance(rules, list):
        return _("%(text)s: %(rules)s") % {"text": text, "rules": ", ".join(map(str, rules))}
    place = line.data.get("place")
    # Taking a ticket out of turn is allowed and on record (S30).
    if line.verb == "ticket.assigned" and isinstance(place, int) and place > 1:
        return _("%(text)s, out of turn: it was no. %(place)d in the queue") % {
            "text": text,
            "place": place,
        }
    return text


def _moved(text: str, line: Line) -> str:
    """From when to when a deadline moved, why, and whether it is no longer late."""
    data = line.data
    said = _("%(text)s from %(before)s to %(after)s: %(cause)s (version %(version)s)") % {
        "text": text,
        "before": _moment(data.get("before"), line.at),
        "after": _moment(data.get("after"), line.at),
        "cause": _CAUSES.get(str(data.get("cause")), ""),
        "version": data.get("version"),
    }
    return _("%(text)s. It is no longer late.") % {"text": said} if data.get("lifted") else said


def _moment(iso: object, at: datetime) -> str:
    if not isinstance(iso, str):
        return _("no date")
    tz = timezone.get_current_timezone()
    return format.absolute(datetime.fromisoformat(iso), now=at, tz=tz)
