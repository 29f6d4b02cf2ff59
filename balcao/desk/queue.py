"""The desk's lists, and taking the next ticket in line (S30)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from balcao.desk import chips, counts, filters, liking
from balcao.desk.menu import menu
from balcao.desk.place import Place, is_fragment, place_of
from balcao.policy.access import Permission, can, reach
from balcao.tickets import actions, queries
from balcao.tickets.queries import TicketRow, View, order_in
from balcao.web import words
from balcao.web.format import Chip, absolute
from balcao.web.guards import PageRequest, guard
from balcao.web.words import Badge
from balcao.web.words.appointments import agreed_day

NOTHING_WAITS = "fila-vazia"


class Row(NamedTuple):
    """A ticket in the list, in words: all that its line shows (desk/lines.html), in that order.

    What a reader does not want to see is None, or an empty text.
    """

    number: str
    href: str
    subject: str
    place: int | None
    queue: str
    door: Badge | None
    names: tuple[str, ...]
    opened: str
    changed: str
    badge: Badge
    shows_state: bool
    chip: Chip | None
    assignee: str | None
    current: bool
    picks: bool


@guard("desk")
def queue(request: PageRequest) -> HttpResponse:
    """A view's list. A script asks for the list and the menu alone, beside a ticket."""
    place = place_of(request)
    context = listing(request, place, current=request.GET.get("atual", ""))
    names, saved = queries.names_for(request.actor, place.only, english=filters.in_english())
    context["chips"] = filters.chips(place, names)
    context["views"] = menu(
        request.actor,
        place=place,
        counts=counts.of(request),
        saved=saved,
    )
    if is_fragment(request):
        return render(request, "desk/list_alone.html", context)
    notice = request.GET.get("aviso") == NOTHING_WAITS
    return render(request, "desk/queue.html", {**context, "alone": True, "nothing_waits": notice})


def listing(request: PageRequest, place: Place, *, current: str) -> dict[str, object]:
    """What the list pane shows. One statement, and one more for the places in the queue."""
    actor, liked = request.actor, liking.of(request, place.view)
    shows = frozenset(liked.columns)
    sees_all = reach(actor, Permission.VIEW).everything
    order = order_in(place.view, place.order or liked.order)
    page = queries.desk_list(
        actor,
        place.view,
        now=request.now,
        timezone=request.policy.timezone,
        only=place.only,
        order=order,
        cursor=place.cursor or None,
        line=request.policy.queue.order,
    )
    return {
        "place": place,
        "rows": _rows(page.rows, place, current=current, request=request, shows=shows),
        # The cursor belongs to this order, whatever the reader likes by then.
        "more": replace(place, order=order, cursor=page.after).list_address if page.after else "",
        "first": page.first,
        "start": place.at(None).list_address,
        "clear": Place(place.view).list_address,
        "may_bulk": can(actor, Permission.TAKE_NEXT, None),
        "may_take": can(actor, Permission.TAKE_NEXT, None),
        "sees_all": sees_all,
        # Only somebody who serves queues can be without one; whoever sees them all needs none.
        "without_queue": not sees_all and not actor.queues,
    }


def _rows(
    rows: Iterable[TicketRow],
    place: Place,
    *,
    current: str,
    request: PageRequest,
    shows: frozenset[str],
) -> list[Row]:
    """The rows in words."""
    query, now = place.query, request.now
    tz = timezone.get_current_timezone()
    today = now.astimezone(tz).date()
    picks = can(request.actor, Permission.TAKE_NEXT, None)
    names = [code for code in ("organisation", "opener", "queue", "service") if code in shows]
    # The address of a ticket ends with its number: made once, not once a row.
    stem = reverse("desk_ticket", args=["0"]).removesuffix("0")
    return [
        Row(
            number=row.number,
            href=f"{stem}{row.number}{query}",
            subject=row.subject,
            place=row.position,
            queue=row.queue if row.position else "",
            door=words.door(row.door) if "door" in shows else None,
            names=tuple(getattr(row, code) for code in names),
            opened=absolute(row.submitted_at, now=now, tz=tz) if "submitted" in shows else "",
            changed=absolute(row.changed_at, now=now, tz=tz) if "changed" in shows else "",
            badge=words.state(row.state, staff=True, when=agreed_day(row.slot_at)),
            shows_state="state" in shows,
            chip=chips.of_row(row, now=now, today=today, tz=tz),
            assignee=row.assignee if "assignee" in shows else None,
            current=row.number == current,
            picks=picks,
        )
        for row in rows
    ]


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
        return nothing_left()
    return redirect(Place(View.QUEUE).ticket_address(ticket.number))


def nothing_left() -> HttpResponse:
    """The queue, and a word on why nothing was handed over."""
    return redirect(f"{reverse('desk_queue')}?v={View.QUEUE.value}&aviso={NOTHING_WAITS}")
