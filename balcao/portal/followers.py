"""Quem acompanha: who of my company sees the request; colleagues included and taken out (R8)."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from balcao.policy.lifecycle import TERMINAL, State
from balcao.portal import parts
from balcao.portal.forms import ColleagueForm
from balcao.tickets import actions, queries
from balcao.web.guards import PageRequest, guard


@guard("portal")
def followers(request: PageRequest, number: str) -> HttpResponse:
    """Everybody by name, and the colleagues who can be included."""
    ticket = queries.get_own(request.actor, number)
    found = queries.followers_of(request.actor, ticket)
    over = State(ticket.state) in TERMINAL
    context = {
        "ticket": ticket,
        "followers": found,
        "me": request.actor.id,
        "others": () if over else found.others,
        "over": over,
    }
    return parts.show(request, "portal/followers.html", context, place="tickets")


@guard("portal", methods=("POST",))
def include(request: PageRequest, number: str) -> HttpResponse:
    """A registered colleague follows the request from now on ("Incluir colega")."""
    ticket_id = queries.own_id(request.actor, number)
    form = ColleagueForm(request.POST)
    if not form.is_valid():
        return _back(number, "sem-colega")
    try:
        actions.include(
            actor=request.actor,
            now=request.now,
            ticket_id=ticket_id,
            person_id=form.cleaned_data["person"],
        )
    except actions.Conflict:
        return _back(number, "mudou")
    return _back(number, "incluido")


@guard("portal", methods=("POST",))
def take_out(request: PageRequest, number: str) -> HttpResponse:
    """Somebody does not follow it any more: by themselves, or by whoever included them."""
    ticket_id = queries.own_id(request.actor, number)
    form = ColleagueForm(request.POST)
    if not form.is_valid():
        return _back(number, "sem-colega")
    person_id = form.cleaned_data["person"]
    actions.take_out(actor=request.actor, now=request.now, ticket_id=ticket_id, person_id=person_id)
    if person_id == request.actor.id:
        return redirect(f"{reverse('tickets')}?{urlencode({'aviso': 'deixou'})}")
    return _back(number, "retirado")


def _back(number: str, notice: str) -> HttpResponse:
    return redirect(f"{reverse('ticket_people', args=[number])}?{urlencode({'aviso': notice})}")
