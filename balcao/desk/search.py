"""Searching the desk: a number or key at once, people and companies, then what was written."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from balcao.desk import finding
from balcao.desk.menu import show
from balcao.desk.seen import TICKET, Act, seen_by
from balcao.entitlements.queries import mask
from balcao.policy.access import can_enter
from balcao.search.normaliser import Asked, marked, parse, snippet
from balcao.tickets.queries import Among, FoundTicket, search_tickets
from balcao.web import words
from balcao.web.addresses import address
from balcao.web.guards import PageRequest, guard
from balcao.web.words import Badge

Pieces = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket that was found, in words. Pieces: a text, and whether it was looked for."""

    href: str
    number: str
    subject: Pieces
    text: Pieces
    organisation: str
    author: str
    at: datetime
    badge: Badge
    is_note: bool


@guard("staff")
def search(request: PageRequest) -> HttpResponse:
    """``q`` in everything the reader may see; a ticket's number leads to the ticket itself."""
    text = finding.typed(request.GET.get("q", ""))
    cursor = request.GET.get("depois", "")
    context: dict[str, object] = {
        "wanted": text,
        "longest": finding.LONGEST,
        "mask": mask,
        "exact": None,
        "in_tickets": False,
        "among": Among.ALL,
        "mine": False,
    }
    if text:
        seen_by(request, TICKET, None, act=Act.SEARCHED)
        exact = None if cursor else finding.find(request.actor, text)
        if exact and exact.ticket:
            return redirect("desk_ticket", exact.ticket.number)
        context["exact"] = exact
        if can_enter(request.actor, "desk"):
            context |= _tickets(request, text, cursor)
    return show(request, "desk/search.html", context, book="desk_search")


def _tickets(request: PageRequest, text: str, cursor: str) -> dict[str, object]:
    among = _among(request.GET.get("em", ""))
    mine = request.GET.get("meus") == "1"
    asked = parse(text)
    found = search_tickets(request.actor, asked, among=among, mine=mine, cursor=cursor)
    return {
        "in_tickets": True,
        "rows": [_row(row, asked) for row in found.rows],
        "common": found.common,
        "small_words": not asked,
        "mine": mine,
        "among": among,
        "filters": [
            (label, _address(text, choice, mine), choice is among)
            for choice, label in (
                (Among.ALL, _("All")),
                (Among.OPEN, _("Open ones")),
                (Among.DONE, _("Done")),
            )
        ],
        "everybodys": _address(text, among, mine=False),
        "only_mine": _address(text, among, mine=True),
        "first": not cursor,
        "newest": _address(text, among, mine),
        "older": _address(text, among, mine, found.after) if found.after else "",
    }


def _among(value: str) -> Among:
    return Among(value) if value in set(Among) else Among.ALL


def _row(found: FoundTicket, asked: Asked) -> Row:
    return Row(
        href=f"{address('desk_ticket', found.number)}#m{found.message_id}",
        number=found.number,
        subject=marked(found.subject, asked),
        text=snippet(found.body, asked),
        organisation=found.organisation,
        author=found.author,
        at=found.written_at,
        badge=words.state(found.state, staff=True),
        is_note=found.is_note,
    )


def _address(text: str, among: Among, mine: bool, cursor: str = "") -> str:
    names = {"q": text, "em": among.value, "meus": "1" if mine else "", "depois": cursor}
    query = urlencode({name: value for name, value in names.items() if value})
    return f"{address('desk_search')}?{query}"
