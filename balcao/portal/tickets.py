"""The customer's requests, newest first."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.policy.lifecycle import State
from balcao.portal import clocks, parts
from balcao.tickets import queries
from balcao.tickets.queries import TicketRow
from balcao.web import words
from balcao.web.format import Chip
from balcao.web.guards import PageRequest, guard
from balcao.web.words import Badge

ALL = "todos"
COLLEAGUES = "colegas"


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
    """Open requests; with ``?v=todos`` all of them, with ``?v=colegas`` those of my colleagues."""
    shown = request.GET.get("v", "")
    if shown not in (ALL, COLLEAGUES):
        shown = ""
    cursor = request.GET.get("depois", "")[:60]
    page = queries.customer_list(
        request.actor, open_only=not shown, others=shown == COLLEAGUES, cursor=cursor
    )
    view = {"v": shown} if shown else {}
    here = reverse("tickets")
    older = f"{here}?{urlencode({**view, 'depois': page.after})}" if page.after else ""
    context = {
        "cases": cases(request, page.rows),
        "shown": shown,
        "tabs": _tabs(request, here, shown),
        "all_address": f"{here}?{urlencode({'v': ALL})}",
        "older": older,
        "newer": "" if page.first else f"{here}?{urlencode(view)}".rstrip("?"),
    }
    return parts.show(request, "portal/tickets.html", context, place="tickets")


def _tabs(request: PageRequest, here: str, shown: str) -> list[tuple[str, str, bool]]:
    """(label, address, current); the colleagues' for whoever sees their requests."""
    actor = request.actor
    views = [("", _("Open ones")), (ALL, _("All"))]
    if actor.admin_of or actor.sees_all_of & actor.organisations:
        views.append((COLLEAGUES, _("Of my colleagues")))
    return [
        (label, f"{here}?{urlencode({'v': view})}" if view else here, view == shown)
        for view, label in views
    ]


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
