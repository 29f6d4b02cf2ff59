"""The command palette: where one can go and what one can do, by typing (Ctrl or Cmd with K).

A script on every page of the desk asks here twice: once for what does not depend on what is typed
(the open ticket's actions, views, books), then for what the desk holds under the words typed.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.desk import finding, offers
from balcao.desk.menu import menu
from balcao.desk.place import place_of
from balcao.desk.seen import TICKET, Act, seen_by
from balcao.entitlements.queries import card_of, mask
from balcao.policy.access import Permission, can, can_enter
from balcao.search.normaliser import parse
from balcao.tickets import queries
from balcao.web import words
from balcao.web.format import number as spaced
from balcao.web.format import tax_id
from balcao.web.guards import PageRequest, guard

MOST = 6
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Option:
    """A line of the palette. ``method``: see offers; with a ``reason`` it cannot be done now."""

    label: str
    icon: str
    href: str = ""
    detail: str = ""
    key: str = ""
    method: str = "get"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    options: list[Option]


@guard("staff")
def palette(request: PageRequest) -> HttpResponse:
    """``q``: what is found; without it what is always there, with the actions of ``chamado``."""
    text = finding.typed(request.GET.get("q", ""))
    groups = _found(request, text) if len(text) >= SHORTEST else _always(request)
    shown = [group for group in groups if group.options]
    return render(request, "desk/palette_alone.html", {"groups": shown})


def _always(request: PageRequest) -> list[Group]:
    entries = [
        Option(entry.label, entry.icon or "list", entry.href, key=entry.key)
        for entry in menu(request.actor)
    ]
    entries.append(Option(_("Search"), "search", reverse("desk_search"), key="/"))
    if can(request.actor, Permission.TAKE_NEXT, None):
        entries.insert(0, Option(_("Take next"), "hand", reverse("desk_next"), method="post"))
    return [*_actions(request), Group(_("Go to"), entries)]


def _actions(request: PageRequest) -> list[Group]:
    """What can be done to the open ticket, and what cannot with its reason."""
    try:
        ticket = queries.get_for(request.actor, request.GET.get("chamado", ""))
    except queries.NotFound:
        return []
    card = card_of(
        (ticket.organisation_id, ticket.organisation.name),
        policy=request.policy,
        now=request.now,
        licence_id=ticket.licence_id,
        person_id=ticket.opener_id,
    )
    contracts, licences = card.facts
    offered = offers.of(
        request,
        ticket,
        place=place_of(request),
        contracts=contracts,
        licences=licences,
        covered=card.coverage.covered,
    )
    options = [
        Option(
            each.label,
            each.icon,
            each.address,
            each.way,
            key=each.key,
            method=each.method,
            reason=each.reason,
        )
        for each in sorted(offered.listed, key=lambda each: bool(each.reason))
    ]
    return [Group(_("Ticket %(number)s") % {"number": spaced(ticket.number)}, options)]


def _found(request: PageRequest, text: str) -> list[Group]:
    seen_by(request, TICKET, None, act=Act.SEARCHED)
    exact = finding.find(request.actor, text)
    tickets = [_ticket(exact.ticket)] if exact.ticket else []
    tickets += [_ticket(row) for row in exact.tickets]
    if not tickets and can_enter(request.actor, "desk"):
        asked = parse(text, unfinished=True)
        found = queries.search_tickets(request.actor, asked, size=MOST)
        tickets = [_ticket(row) for row in found.rows]
    few = exact.few
    people = [
        Option(
            row.name,
            "circle-user-round",
            reverse("desk_person", args=[row.id]),
            ", ".join(row.organisations) or _("Team"),
        )
        for row in few.people
    ]
    companies = [
        Option(
            row.name, "building-2", reverse("desk_organisation", args=[row.id]), tax_id(row.tax_id)
        )
        for row in few.organisations
    ]
    licences = [
        Option(name, "key-round", reverse("desk_licence", args=[pk]), f"{mask(key)} · {company}")
        for pk, name, key, _active, company in few.others
    ]
    everything = Option(
        _("Search everything for “%(words)s”") % {"words": text},
        "search",
        f"{reverse('desk_search')}?{urlencode({'q': text})}",
    )
    return [
        Group(_("Tickets"), tickets),
        Group(_("People and organisations"), [*licences, *companies, *people]),
        Group(_("Search"), [everything]),
    ]


def _ticket(row: queries.NumberedTicket | queries.FoundTicket) -> Option:
    state = words.state(row.state, staff=True).text
    return Option(
        row.subject,
        "tickets",
        reverse("desk_ticket", args=[row.number]),
        f"{spaced(row.number)} · {row.organisation} · {state}",
    )
