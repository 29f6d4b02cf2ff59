"""The desk's lists, and taking the next ticket in line (S30)."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from balcao.desk import chips
from balcao.desk.menu import menu
from balcao.desk.place import Place, is_fragment, place_of
from balcao.policy.access import Permission, can
from balcao.tickets import actions, queries
from balcao.tickets.queries import TicketRow, View
from balcao.web import words
from balcao.web.format import Chip
from balcao.web.guards import PageRequest, guard
from balcao.web.words import Badge

NOTHING_WAITS = "fila-vazia"


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket in the list, in words."""

    ticket: TicketRow
    href: str
    badge: Badge
    door: Badge
    chip: Chip | None
    current: bool


@guard("desk")
def queue(request: PageRequest) -> HttpResponse:
    """A view's list. A script asks for the list and the menu alone, beside a ticket."""
    place = place_of(request)
    context = listing(request, place, current=request.GET.get("atual", ""))
    context["views"] = menu(request.actor, place=place, counts=queries.counts_for(request.actor))
    if is_fragment(request):
        return render(request, "desk/list_alone.html", context)
    notice = request.GET.get("aviso") == NOTHING_WAITS
    return render(request, "desk/queue.html", {**context, "alone": True, "nothing_waits": notice})


def listing(request: PageRequest, place: Place, *, current: str) -> dict[str, object]:
    """What the list pane shows. One statement."""
    page = queries.desk_list(request.actor, place.view, cursor=place.cursor or None)
    actor = request.actor
    return {
        "place": place,
        "rows": [_row(row, place, current=current, request=request) for row in page.rows],
        "more": Place(place.view, page.after).list_address if page.after else "",
        "first": page.first,
        "may_take": can(actor, Permission.TAKE_NEXT, None),
        # Only somebody who serves queues can be without one.
        "without_queue": can(actor, Permission.TAKE_NEXT, None) and not actor.queues,
    }


def _row(row: TicketRow, place: Place, *, current: str, request: PageRequest) -> Row:
    return Row(
        ticket=row,
        href=place.ticket_address(row.number),
        badge=words.state(row.state, staff=True),
        door=words.door(row.door),
        chip=chips.of_row(row, now=request.now),
        current=row.number == current,
    )


@guard("desk", methods=("POST",))
def take_next(request: PageRequest) -> HttpResponse:
    """ "Atender próximo": the oldest ticket of all my queues, or a friendly word.

    Somebody who is away comes to the page that says so, and where they say that they are back.
    """
    try:
        ticket = actions.take_next(actor=request.actor, now=request.now)
    except actions.Conflict:
        return redirect("desk_absences")
    if ticket is None:
        return redirect(f"{reverse('desk_queue')}?v={View.QUEUE.value}&aviso={NOTHING_WAITS}")
    return redirect(Place(View.QUEUE, "").ticket_address(ticket.number))
