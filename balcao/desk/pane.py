"""The ticket's pane: everything its template shows, in words."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from balcao.desk import chips, composing, offers
from balcao.desk.composing import Written
from balcao.desk.conflicts import Trouble
from balcao.desk.menu import menu
from balcao.desk.place import Place, is_fragment, place_of
from balcao.desk.rail import COVERAGE, last_tab, tabs_of
from balcao.desk.timeline import timeline_of
from balcao.entitlements.queries import card_of
from balcao.policy import routing
from balcao.policy.entitlement import Coverage
from balcao.policy.reasons import SERVICE_NOT_COVERED
from balcao.tickets import queries
from balcao.tickets.queries import Ticket, TicketPage
from balcao.web import format, words
from balcao.web.guards import PageRequest
from balcao.web.words import acts
from balcao.web.words.appointments import agreed_on


def show(
    request: PageRequest,
    ticket: Ticket,
    *,
    status: int = 200,
    written: Written | None = None,
    trouble: Trouble | None = None,
    page: TicketPage | None = None,
) -> HttpResponse:
    """The ticket's page, or its pane alone when a script puts it beside the list.

    ``page``: what was read for it already.
    """
    now = request.now
    page = page or queries.page_for(request.actor, ticket.number, now=now)
    ticket = page.ticket
    card = card_of(
        (ticket.organisation_id, ticket.organisation.name),
        policy=request.policy,
        now=now,
        licence_id=ticket.licence_id,
        person_id=ticket.opener_id,
    )
    contracts, licences = card.facts
    cover = _cover(request, ticket, card.coverage)
    place = place_of(request)
    offered = offers.of(
        request,
        ticket,
        place=place,
        contracts=contracts,
        licences=licences,
        covered=cover.covered,
    )
    reopen = offered.named("reopen")
    context = {
        **_facts(request, page, place),
        "views": menu(request.actor, place=place),
        "card": card,
        "cover": _cover_words(request, ticket, cover),
        "timeline": timeline_of(request, ticket, place, page.deadlines, page.around.linked),
        "seen": ticket.message_count,
        "offers": offered,
        "composer": composing.of(
            request, ticket, written, writes=bool(offered.reply or offered.note)
        ),
        "reopen": reopen if reopen and not reopen.reason else None,
        "trouble": trouble,
    }
    template = "desk/ticket_alone.html" if is_fragment(request) else "desk/ticket.html"
    return render(request, template, context, status=status)


def _facts(request: PageRequest, page: TicketPage, place: Place) -> dict[str, object]:
    """What the head and the tabs say of the ticket."""
    ticket, now, tab = page.ticket, request.now, last_tab(request)
    return {
        "ticket": ticket,
        "place": place,
        "tabs": tabs_of(request, ticket, place, tab),
        "panel": tab,
        # What the page has read anyway stands there at once; another panel follows by itself.
        "later": tab != COVERAGE,
        "around": page.around,
        "reserved": _reserved(request, ticket),
        "badge": words.state(ticket.state, staff=True, when=agreed_on(ticket.slot_at, now=now)),
        "door": words.door(ticket.door),
        "kind": words.kind(ticket.kind) if ticket.kind else "",
        "urgent": _urgent(page),
        "chips": chips.of_ticket(page.deadlines, state=ticket.state, now=now, named=True),
        "people": [ticket.opener.name, *(user.name for user in ticket.participants.all())],
        "remote": _remote(ticket, now),
        "spent": acts.minutes(ticket.spent_minutes),
    }


def _cover(request: PageRequest, ticket: Ticket, by_contract: Coverage) -> Coverage:
    """A one-off is covered by itself (S33)."""
    if ticket.prepaid is None:
        return by_contract
    return queries.coverage_of(ticket, policy=request.policy, now=request.now)


def _cover_words(request: PageRequest, ticket: Ticket, cover: Coverage) -> words.CoverageWords:
    """The bar: what sales answered, an exception that lets it in, or what covers it."""
    if queries.found_not_covered(ticket):
        return words.not_covered(SERVICE_NOT_COVERED)
    until = None if cover.covered else queries.excepted_until(ticket, now=request.now)
    if until is not None:
        return words.excepted(until, tz=format.zone(request.policy.timezone))
    return words.coverage(cover, product=_product(ticket))


def _reserved(request: PageRequest, ticket: Ticket) -> str:
    """For whom "Atender próximo" holds it, and until when; empty when it holds it for nobody."""
    holder = routing.reserved_for(
        assignee=ticket.assignee_id, claimed_until=ticket.claimed_until, now=request.now
    )
    if holder is None or ticket.assignee is None or ticket.claimed_until is None:
        return ""
    until = format.time(ticket.claimed_until, tz=format.zone(request.policy.timezone))
    if holder == request.actor.id:
        return _("Reserved for you until %(time)s") % {"time": until}
    return _("Reserved for %(name)s until %(time)s") % {
        "name": ticket.assignee.name,
        "time": until,
    }


def _urgent(page: TicketPage) -> str:
    """The deadline that comes next: what a telephone shows of both."""
    start = page.deadlines.get("start")
    return "start" if start and start.due_at and not start.met_at else "resolution"


def _remote(ticket: Ticket, now: datetime) -> acts.Banner | None:
    agent = ticket.remote.agent.name if ticket.remote else ""
    return acts.banner(ticket.remote, agent, now=now, staff=True)


def _product(ticket: Ticket) -> str:
    return ticket.licence.product.name if ticket.licence else ""
