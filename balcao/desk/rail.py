"""The tabs beside a ticket: each a page of its own, and a panel beside the conversation."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from balcao.channels.queries.undelivered import sent_about
from balcao.desk import chips
from balcao.desk.happenings import MESSAGES, happening, others_of
from balcao.desk.menu import menu
from balcao.desk.place import Place, is_fragment, place_of
from balcao.entitlements.queries import card_of
from balcao.people.queries.contacts import contacts
from balcao.policy import access
from balcao.policy.access import Duty, Permission, may
from balcao.tickets import queries
from balcao.tickets.queries import Ticket
from balcao.web import words
from balcao.web.addresses import address
from balcao.web.guards import PageRequest, guard
from balcao.web.words import Badge
from balcao.web.words.timeline import timelines

COVERAGE, CUSTOMER, CLOCKS, HISTORY = "cobertura", "cliente", "prazos", "historico"
COOKIE = "balcao_rail"
_YEAR = 365 * 24 * 3600

_TABS = {
    COVERAGE: (gettext_lazy("Coverage"), "desk_coverage"),
    CUSTOMER: (gettext_lazy("Customer"), "desk_customer"),
    CLOCKS: (gettext_lazy("Deadlines"), "desk_why"),
    HISTORY: (gettext_lazy("History"), "desk_history"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    code: str
    label: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Near:
    """Another ticket of the customer, or one linked to this one."""

    number: str
    subject: str
    href: str
    badge: Badge
    how: str


def tabs_of(request: PageRequest, ticket: Ticket, place: Place, current: str) -> list[Tab]:
    """The tabs this reader has; the history is for those who may see decisions."""
    sees = access.can(request.actor, Permission.VIEW_DECISIONS, queries.scope_of(ticket))
    return [
        Tab(
            code=code,
            label=str(label),
            href=address(route, ticket.number) + place.query,
            current=code == current,
        )
        for code, (label, route) in _TABS.items()
        if code != HISTORY or sees
    ]


def last_tab(request: PageRequest) -> str:
    """The tab this browser looked at last."""
    return request.COOKIES.get(COOKIE, "") if request.COOKIES.get(COOKIE) in _TABS else COVERAGE


@guard("desk")
def coverage(request: PageRequest, number: str) -> HttpResponse:
    """Contract and licences, and what the ticket is about."""
    ticket = queries.get_for(request.actor, number)
    card = card_of(
        (ticket.organisation_id, ticket.organisation.name),
        policy=request.policy,
        now=request.now,
        licence_id=ticket.licence_id,
        person_id=ticket.opener_id,
    )
    kind = words.kind(ticket.kind) if ticket.kind else ""
    return _panel(request, ticket, COVERAGE, {"card": card, "kind": kind})


@guard("desk")
def customer(request: PageRequest, number: str) -> HttpResponse:
    """Who asks, and what else of theirs is open or belongs to this ticket."""
    page = queries.page_for(request.actor, number, now=request.now)
    ticket, place = page.ticket, place_of(request)
    near = [
        Near(
            number=row.number,
            subject=row.subject,
            href=place.ticket_address(row.number),
            badge=words.state(row.state, staff=True),
            how=row.how,
        )
        for row in queries.neighbours_of(request.actor, ticket)
    ]
    people = [ticket.opener, *ticket.participants.all()]
    reached = contacts(
        request.actor, [one.pk for one in people], organisation=ticket.organisation_id
    )
    return _panel(
        request,
        ticket,
        CUSTOMER,
        {
            "around": page.around,
            "people": [one.name for one in people],
            "contacts": [reached[one.pk] for one in people if one.pk in reached],
            "linked": [row for row in near if row.how != "open"],
            "open_ones": [row for row in near if row.how == "open"],
            "knows_customers": may(request.actor, Duty.VIEW_CUSTOMERS),
        },
    )


@guard("desk")
def why(request: PageRequest, number: str) -> HttpResponse:
    """ "Por que este prazo?": every stretch of time that made the deadlines what they are
    (R1-R4).
    """
    ticket = queries.get_for(request.actor, number)
    now = request.now
    found = queries.explain_deadlines(ticket, policy=request.policy, now=now)
    return _panel(
        request,
        ticket,
        CLOCKS,
        {
            "chips": chips.of_ticket(
                queries.deadlines_of(ticket, now=now), state=ticket.state, now=now
            ),
            "lines": timelines(found, now=now, staff=True),
            "version": ticket.policy_version,
            "in_force": request.policy.version,
            "may_suspend": may(request.actor, Duty.SUSPEND_DEADLINES),
        },
    )


@guard("desk")
def history(request: PageRequest, number: str) -> HttpResponse:
    """The ticket's system lines, oldest first, and how each mail about it stands."""
    ticket = queries.get_for(request.actor, number)
    lines = queries.lines_for(request.actor, ticket)
    people = (ticket.opener, ticket.assignee, *ticket.participants.all())
    names = {one.pk: one.name for one in people if one}
    deadlines = queries.deadlines_of(ticket, now=request.now)
    numbers = queries.numbers_seen(request.actor, others_of(lines))
    told = [
        happening(line, names, deadlines, numbers) for line in lines if line.verb not in MESSAGES
    ]
    mails = [(row, words.delivery_state(row.state)) for row in sent_about(ticket.pk)]
    return _panel(request, ticket, HISTORY, {"lines": told, "mails": mails})


def _panel(
    request: PageRequest, ticket: Ticket, code: str, context: Mapping[str, object]
) -> HttpResponse:
    """The panel with its tabs for a script, else a page; this browser comes back to it."""
    place = place_of(request)
    shown = {
        "ticket": ticket,
        "place": place,
        "tabs": tabs_of(request, ticket, place, code),
        "panel": code,
        "later": False,
        **context,
    }
    if is_fragment(request):
        answer = render(request, "desk/rail.html", shown)
    else:
        views = menu(request.actor, place=place)
        answer = render(request, "desk/rail_page.html", {**shown, "views": views})
    answer.set_cookie(
        COOKIE, code, max_age=_YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
    )
    return answer
