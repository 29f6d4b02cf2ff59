"""The customer's requests, newest first."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from balcao.policy.lifecycle import State
from balcao.policy.numbers import parse_number
from balcao.portal import clocks, parts
from balcao.search.normaliser import Asked, parse, snippet
from balcao.tickets import queries
from balcao.tickets.queries import FoundTicket, TicketRow
from balcao.web import words
from balcao.web.addresses import address
from balcao.web.format import Chip
from balcao.web.guards import PageRequest, guard
from balcao.web.words import Badge
from balcao.web.words.appointments import agreed_day

ALL = "todos"
COLLEAGUES = "colegas"
_LONGEST = 200


class Case(NamedTuple):
    """A ticket as a line of the customer's list, as web/components/ticket.html draws it."""

    href: str
    subject: str
    number: str
    badge: Badge
    chip: Chip | None
    detail: str
    needs_you: bool


@guard("portal")
def tickets(request: PageRequest) -> HttpResponse:
    """Open requests; with ``?v=todos`` all of them, with ``?v=colegas`` those of my colleagues."""
    if wanted := " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:_LONGEST]:
        return _search(request, wanted)
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
        "wanted": "",
        "cases": cases(request, page.rows),
        "shown": shown,
        "tabs": _tabs(request, here, shown),
        "all_address": f"{here}?{urlencode({'v': ALL})}",
        "older": older,
        "newer": "" if page.first else f"{here}?{urlencode(view)}".rstrip("?"),
    }
    return parts.show(request, "portal/tickets.html", context, place="tickets")


def _search(request: PageRequest, wanted: str) -> HttpResponse:
    """My requests in which the words stand, newest text first; a number leads to its request."""
    number = parse_number(wanted)
    if number and queries.ticket_by_number(request.actor, number, own=True):
        return redirect("ticket", number)
    here = reverse("tickets")
    asked = parse(wanted)
    cursor = request.GET.get("depois", "")
    found = queries.search_tickets(request.actor, asked, own=True, cursor=cursor)
    several = len(request.actor.organisations) > 1
    context = {
        "wanted": wanted,
        "cases": [_found(row, asked, several=several) for row in found.rows],
        "shown": "",
        "tabs": [(label, address, False) for label, address, _now in _tabs(request, here, "")],
        "all_address": f"{here}?{urlencode({'v': ALL})}",
        "older": f"{here}?{urlencode({'q': wanted, 'depois': found.after})}" if found.after else "",
        "newer": f"{here}?{urlencode({'q': wanted})}" if cursor else "",
    }
    return parts.show(request, "portal/tickets.html", context, place="tickets")


def _found(row: FoundTicket, asked: Asked, *, several: bool) -> Case:
    text = "".join(piece for piece, _hit in snippet(row.body, asked))
    return Case(
        href=address("ticket", row.number) + f"#m{row.message_id}",
        number=row.number,
        subject=row.subject,
        badge=words.state(row.state, staff=False),
        chip=None,
        detail=f"{row.organisation} · {text}" if several else text,
        needs_you=row.state == State.WAITING_CUSTOMER.value,
    )


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
    tz = timezone.get_current_timezone()
    today = request.now.astimezone(tz).date()
    found = []
    for row in rows:
        promises = clocks.of_row(row, now=request.now, today=today, tz=tz)
        chip, running = clocks.in_a_list(promises)
        found.append(
            Case(
                href=address("ticket", row.number),
                number=row.number,
                subject=row.subject,
                badge=words.state(row.state, staff=False, when=agreed_day(row.slot_at)),
                chip=chip,
                detail=" · ".join((row.organisation, *running) if several else running),
                needs_you=row.state == State.WAITING_CUSTOMER.value,
            )
        )
    return found
