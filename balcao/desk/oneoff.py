"""What became of a one-off, line by line: beside its ticket's conversation, and as a page."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render

from balcao.desk.menu import menu
from balcao.desk.place import is_fragment, place_of
from balcao.policy.booking import SCHEDULED_KINDS
from balcao.sales.queries import order_of
from balcao.tickets import queries
from balcao.web.guards import PageRequest, guard
from balcao.web.words import oneoffs
from balcao.web.words.oneoffs import Told


@dataclass(frozen=True, slots=True)
class Written:
    """A line of the ledger in words; ``who``: of the desk or the customer, if anybody."""

    told: Told
    who: str


@guard("desk")
def oneoff(request: PageRequest, number: str) -> HttpResponse:
    """Ordered, sold, used, given back, and by whom; the order for who may see it."""
    ticket = queries.get_for(request.actor, number)
    if ticket.prepaid_id is None:
        return redirect("desk_ticket", number=ticket.number)
    lines = queries.ledger_of(ticket)
    context = {
        "ticket": ticket,
        "place": place_of(request),
        "lines": [
            Written(told, line.who)
            for told, line in zip(
                oneoffs.told(lines, arranged=ticket.kind in SCHEDULED_KINDS), lines, strict=True
            )
        ],
        "order": order_of(request.actor, ticket.prepaid_id),
    }
    if is_fragment(request):
        return render(request, "desk/oneoff_lines.html", context)
    context["views"] = menu(request.actor, place=place_of(request))
    return render(request, "desk/oneoff.html", context)
