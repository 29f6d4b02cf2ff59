"""The customer's requests, newest first."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse

from balcao.policy.lifecycle import State
from balcao.portal import clocks, parts
from balcao.tickets import queries
from balcao.tickets.queries import TicketRow
from balcao.web import words
from balcao.web.format import Chip
from balcao.web.guards import PageRequest, guard
from balcao.web.words import Badge

ALL = "todos"


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket as a line of the customer's list."""

    href: str
    number: str
    subject: str
    badge: Badge
    chip: Chip | None
    notes: tuple[str, ...]
    needs_you: bool


@guard("portal")
def tickets(request: PageRequest) -> HttpResponse:
    """Open requests, or with ``?v=todos`` all of them."""
    everything = request.GET.get("v") == ALL
    cursor = request.GET.get("depois", "")[:60]
    page = queries.customer_list(request.actor, open_only=not everything, cursor=cursor)
    view = {"v": ALL} if everything else {}
    here = reverse("tickets")
    older = f"{here}?{urlencode({**view, 'depois': page.after})}" if page.after else ""
    context = {
        "cases": cases(request, page.rows),
        "everything": everything,
        "all_address": f"{here}?{urlencode({'v': ALL})}",
        "older": older,
        "newer": "" if page.first else f"{here}?{urlencode(view)}".rstrip("?"),
    }
    return parts.show(request, "portal/tickets.html", context, place="tickets")


def cases(request: PageRequest, rows: tuple[TicketRow, ...]) -> list[Case]:
    """Rows in the customer's words. The organisation is named to whoever acts for several."""
    several = len(request.actor.organisations) > 1
    return [_case(row, now=request.now, several=several) for row in rows]


def _case(row: TicketRow, *, now: datetime, several: bool) -> Case:
    promises = clocks.of_row(row)
    names = (row.organisation,) if several else ()
    return Case(
        href=reverse("ticket", args=[row.number]),
        number=row.number,
        subject=row.subject,
        badge=words.state(row.state, staff=False),
        chip=promises.next_chip(now),
        notes=(*names, *promises.in_words(now)),
        needs_you=row.state == State.WAITING_CUSTOMER.value,
    )
