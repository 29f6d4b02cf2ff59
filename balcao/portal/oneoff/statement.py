"""The statement of one one-off for a holder who opened it by a code, and using it there (R26).

All that can be seen and done here is about that one number, as its holder.
"""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from balcao.appointments.queries import open_to_choose
from balcao.entitlements.queries import services
from balcao.files.forms import file_rules
from balcao.policy.access import Actor
from balcao.policy.booking import SCHEDULED_KINDS
from balcao.policy.lifecycle import OPEN_STATES, State, Verb
from balcao.portal import clocks, parts
from balcao.portal.booking import Visit, visit_page
from balcao.portal.files import give
from balcao.portal.forms import ReplyForm, new_key
from balcao.portal.oneoff import describing
from balcao.portal.oneoff.describing import Attempt
from balcao.portal.oneoff.entering import opened
from balcao.portal.oneoff.explained import name_of
from balcao.portal.oneoff.using import said_before, shown
from balcao.tickets import actions, queries
from balcao.tickets.queries import Ticket
from balcao.web import words
from balcao.web.guards import PageRequest, guard
from balcao.web.thread import before_of, entries

_MOVES = {
    "resolvi": (Verb.RESOLVE, "resolvido"),
    "reabrir": (Verb.REOPEN, "reaberto"),
    "cancelar": (Verb.CANCEL, "cancelado"),
}


@guard("public", methods=("GET", "POST"))
def statement(request: PageRequest) -> HttpResponse:
    """How it stands, what became of it, and its use; POST describes its problem."""
    found = opened(request)
    if found is None:
        return _over()
    actor, ticket = found
    with timezone.override(request.policy.timezone):
        if request.method != "POST":
            return _page(request, actor, ticket)
        names = {row.slug: name_of(row) for row in services()}
        tried = describing.attempt(request, actor, ticket, names)
        if tried.sent:
            arranged = ticket.kind in SCHEDULED_KINDS
            return _again("horario" if arranged else "usado")
        return _page(request, actor, queries.get_own(actor, ticket.number), tried=tried)


@guard("public", methods=("POST",))
def reply(request: PageRequest) -> HttpResponse:
    """Add a message to the request that it is by now."""
    found = opened(request)
    if found is None:
        return _over()
    actor, ticket = found
    form = ReplyForm(request.POST, request.FILES)
    with timezone.override(request.policy.timezone):
        if State(ticket.state) is State.SOLD:
            tried = describing.typed_as_reply(request, actor, ticket, form)
            return _page(request, actor, ticket, tried=tried)
        refused = _reply(request, actor, ticket, form)
        if not form.errors and refused is None:
            return _again("enviado")
        return _page(request, actor, ticket, form=form, refused=refused)


def _reply(
    request: PageRequest, actor: Actor, ticket: Ticket, form: ReplyForm
) -> words.Refusal | None:
    """Send a valid form; None when it was sent, or has faults."""
    files = []
    if form.is_valid():
        try:
            files = form.keep_files(request.now, actor=actor, ticket_id=ticket.pk)
        except OSError:
            form.cannot_keep()
    if form.errors:
        return None
    try:
        actions.customer_message(
            actor=actor,
            now=request.now,
            ticket_id=ticket.pk,
            body=form.cleaned_data["body"],
            key=f"portal:{form.cleaned_data['key']}",
            files=files,
        )
    except actions.Refused as refusal:
        return parts.refusal(request, refusal.decision, number=ticket.number)
    return None


@guard("public", methods=("POST",))
def move(request: PageRequest, what: str) -> HttpResponse:
    """Solved, not solved yet, or no longer wanted."""
    found = opened(request)
    if found is None:
        return _over()
    actor, ticket = found
    if what not in _MOVES:
        return redirect("statement")
    verb, done = _MOVES[what]
    try:
        row = actions.change_state(actor=actor, now=request.now, ticket_id=ticket.pk, verb=verb)
        done = parts.became(row, done)
    except actions.Conflict:
        done = "mudou"
    return _again(done)


@guard("public", methods=("GET", "POST"))
def time(request: PageRequest) -> HttpResponse:
    """Choosing, moving or calling off the time of a training or installation (S42)."""
    found = opened(request)
    if found is None:
        return _over()
    actor, ticket = found
    may = open_to_choose(actor, ticket)
    with timezone.override(request.policy.timezone):
        visit = Visit(actor, ticket, None, may, reverse("statement_time"), bare=True)
        response = visit_page(request, visit)
    response.headers["Cache-Control"] = "no-store, private"
    return response


@guard("public")
def download(request: PageRequest, file_id: UUID) -> HttpResponseBase:
    """A file of this one request; every other one does not exist here (B1)."""
    found = opened(request)
    if found is None:
        return _over()
    actor, ticket = found
    attachment = queries.attachment_for(actor, file_id)
    if attachment.message.ticket_id != ticket.pk or attachment.message.kind == "note":
        raise queries.NotFound
    return give(request, actor, attachment)


def _over() -> HttpResponse:
    return redirect(f"{reverse('statement_ask')}?acabou")


def _again(done: str) -> HttpResponse:
    return redirect(f"{reverse('statement')}?aviso={done}")


def _page(
    request: PageRequest,
    actor: Actor,
    found: Ticket,
    *,
    tried: Attempt | None = None,
    form: ReplyForm | None = None,
    refused: words.Refusal | None = None,
) -> HttpResponse:
    context = shown(request, actor, found, services(), tried)
    if context["described"]:
        context |= _progress(request, actor, found)
    else:
        context |= said_before(request, actor, found, file_route="statement_file")
    context |= {
        "several": False,
        "menu": (),
        "form": form or ReplyForm(initial={"key": new_key()}),
        "refused": refused,
        "files": file_rules(),
    }
    status = 422 if tried or form else 200
    response = parts.show(request, "portal/oneoff/statement.html", context, status=status)
    response.headers["Cache-Control"] = "no-store, private"
    return response


def _progress(request: PageRequest, actor: Actor, found: Ticket) -> dict[str, Any]:
    """The request that it is by now: its state, deadlines and conversation."""
    now = request.now
    promises = clocks.of_ticket(queries.deadlines_of(found, now=now), state=found.state, now=now)
    start, conclusion = promises.chips()
    # A note is never among it, whatever other hat the reader wears (B8).
    thread = queries.latest_for(actor, found, before=before_of(request.GET), public=True)
    asks = found.state == State.ASKING_SALES.value
    place = queries.position_of(found, order=request.policy.queue.order)
    offers = queries.offers_for(actor, found, policy=request.policy, now=now)
    return {
        "ticket": found,
        "state": words.state(found.state, staff=False, place=place),
        "rail": words.rail(found.state),
        "start": start,
        "conclusion": conclusion,
        "is_open": State(found.state) in OPEN_STATES,
        "asking": words.asking() if asks else None,
        "answer_by": queries.sales_answers_by(found) if asks else None,
        "entries": entries(thread.rows, file_route="statement_file"),
        "older": thread.older,
        "offers": offers,
    }
