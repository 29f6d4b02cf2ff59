"""One ticket at the desk: its page, and the buttons that need no text."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from balcao.desk.forms import MoveForm
from balcao.desk.pane import Trouble, show
from balcao.desk.place import place_of
from balcao.desk.seen import TICKET, seen_by
from balcao.policy.lifecycle import Verb
from balcao.tickets import actions, queries
from balcao.tickets.queries import Ticket
from balcao.web import words
from balcao.web.guards import PageRequest, guard

Act = Callable[[Ticket], object]


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
        lambda row: actions.assign_to_me(actor=request.actor, now=request.now, ticket_id=row.pk),
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
        lambda row: actions.change_state(
            actor=request.actor, now=request.now, ticket_id=row.pk, verb=verb
        ),
    )


def _do(request: PageRequest, number: str, act: Act, *, to_list: bool = False) -> HttpResponse:
    place = place_of(request)
    row = queries.get_for(request.actor, number)
    try:
        act(row)
    except actions.Conflict as conflict:
        fresh = queries.get_for(request.actor, number)
        return show(request, fresh, status=409, trouble=conflict_words(conflict.code, fresh))
    return redirect(place.list_address if to_list else place.ticket_address(row.number))


def conflict_words(code: str, row: Ticket) -> Trouble:
    """Who or what was faster, as the ticket stands now."""
    if code == "taken" and row.assignee:
        return Trouble(
            _("%(name)s was faster") % {"name": row.assignee.name},
            _("%(name)s has this ticket now.") % {"name": row.assignee.name},
        )
    if code == "reserved" and row.assignee:
        return Trouble(
            _("Reserved for %(name)s.") % {"name": row.assignee.name},
            _("Only they, or a supervisor with a reason, give it back to the queue."),
        )
    badge = words.state(row.state, staff=True)
    return Trouble(
        _("The ticket changed meanwhile"),
        _("It is now “%(state)s”, and that does not allow this.") % {"state": badge.text},
    )
