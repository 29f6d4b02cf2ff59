"""One ticket at the desk: its page, and the buttons that need no text."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.desk import reserving
from balcao.desk.conflicts import Trouble, conflict_words
from balcao.desk.forms import MoveForm
from balcao.desk.pane import show
from balcao.desk.place import place_of
from balcao.desk.seen import TICKET, seen_by
from balcao.policy.lifecycle import Verb
from balcao.policy.routing import TakenBack
from balcao.tickets import actions, queries
from balcao.tickets.queries import Ticket
from balcao.web.guards import PageRequest, guard

_TITLES = {
    Verb.RESOLVE: gettext_lazy("Resolve"),
    Verb.ASK_SALES: gettext_lazy("Ask sales"),
    Verb.CANCEL: gettext_lazy("Cancel the ticket"),
}
Act = Callable[[Ticket, TakenBack | None], object]


@guard("desk")
def ticket(request: PageRequest, number: str) -> HttpResponse:
    page = queries.page_for(request.actor, number, now=request.now)
    seen_by(request, TICKET, page.ticket.pk)
    if queries.is_called(page.ticket):
        actions.see_mentions(actor=request.actor, now=request.now, ticket_id=page.ticket.pk)
    return show(request, page.ticket, page=page)


@guard("desk", methods=("POST",))
def take(request: PageRequest, number: str) -> HttpResponse:
    """ "Assumir"."""
    return _do(
        request,
        number,
        lambda row, why: actions.assign_to_me(
            actor=request.actor, now=request.now, ticket_id=row.pk, why=why
        ),
        title=_("Assign to me"),
    )


@guard("desk", methods=("POST",))
def resolve(request: PageRequest, number: str) -> HttpResponse:
    return _move(request, number, Verb.RESOLVE)


@guard("desk", methods=("POST",))
def reopen(request: PageRequest, number: str) -> HttpResponse:
    return _move(request, number, Verb.REOPEN)


@guard("desk", methods=("POST",))
def state(request: PageRequest, number: str) -> HttpResponse:
    """The further moves of the ticket's menu; the address of each says which."""
    form = MoveForm(request.POST if "verb" in request.POST else request.GET)
    if not form.is_valid():
        return show(
            request,
            queries.get_for(request.actor, number),
            status=422,
            trouble=Trouble(_("Nothing was changed"), _("Choose what should happen.")),
        )
    return _move(request, number, Verb(form.cleaned_data["verb"]))


def _move(request: PageRequest, number: str, verb: Verb) -> HttpResponse:
    return _do(
        request,
        number,
        lambda row, why: actions.change_state(
            actor=request.actor, now=request.now, ticket_id=row.pk, verb=verb, why=why
        ),
        title=_TITLES.get(verb, gettext_lazy("Change the ticket")),
    )


def _do(request: PageRequest, number: str, act: Act, *, title: str | Promise) -> HttpResponse:
    """``title``: what it is called on the page that asks a supervisor for a reason (R24)."""
    place, why = place_of(request), None
    row = queries.get_for(request.actor, number)
    if reserving.asks(request, row):
        found = reserving.reason(request, row, title)
        if isinstance(found, HttpResponse):
            return found
        why = found
    try:
        act(row, why)
    except actions.Conflict as conflict:
        fresh = queries.get_for(request.actor, number)
        return show(request, fresh, status=409, trouble=conflict_words(conflict.code, fresh))
    return redirect(place.ticket_address(row.number))
