"""One request: how it stands, what was said, and what the customer may do."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language

from balcao.appointments.queries import open_to_choose
from balcao.files.forms import file_rules
from balcao.policy.lifecycle import OPEN_STATES, State, Verb
from balcao.portal import clocks, parts
from balcao.portal.forms import RatingForm, ReplyForm, new_key
from balcao.portal.oneoff import describing, using
from balcao.portal.rating import asking, save
from balcao.tickets import actions, queries
from balcao.tickets.queries import Offers, StoredFile, Ticket
from balcao.web import format, words
from balcao.web.guards import PageRequest, guard
from balcao.web.thread import before_of, entries
from balcao.web.words import acts
from balcao.web.words.appointments import agreed_on

_PAST = frozenset({State.RESOLVED.value, State.CLOSED.value})


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message that was refused, in words, and the draft that keeps it."""

    refusal: words.Refusal
    draft: str


@guard("portal")
def ticket(request: PageRequest, number: str) -> HttpResponse:
    """The request's page; a one-off that waits for its problem has another one."""
    found = queries.get_own(request.actor, number)
    if found.state == State.SOLD.value:
        return redirect(_here(request, "oneoff_use", found.number))
    return _page(request, found)


def _here(request: PageRequest, route: str, number: str) -> str:
    """The same page under another address, with what just happened."""
    asked = request.GET.urlencode()
    return reverse(route, args=[number]) + (f"?{asked}" if asked else "")


@guard("portal", methods=("POST",))
def reply(request: PageRequest, number: str) -> HttpResponse:
    """Add a message. Refused, its text and files wait as a draft for a new request."""
    ticket_id, waits = queries.own_waits(request.actor, number)
    form = ReplyForm(request.POST, request.FILES)
    if waits:
        found = queries.get_own(request.actor, number)
        tried = describing.typed_as_reply(request, request.actor, found, form)
        return using.page(request, found, tried)
    files: list[StoredFile] = []
    if form.is_valid():
        try:
            files = form.keep_files(request.now, actor=request.actor, ticket_id=ticket_id)
        except OSError:
            form.cannot_keep()
    if form.errors:
        found = queries.get_own(request.actor, number)
        return _page(request, found, form=form, status=422)
    try:
        message = actions.customer_message(
            actor=request.actor,
            now=request.now,
            ticket_id=ticket_id,
            body=form.cleaned_data["body"],
            key=f"portal:{form.cleaned_data['key']}",
            files=files,
        )
    except actions.Refused as refusal:
        fresh = queries.get_own(request.actor, number)
        unsent = _keep(request, fresh, form, files, refusal)
        return _page(request, fresh, form=form, unsent=unsent, status=422)
    return redirect(f"{reverse('ticket', args=[number])}?aviso=enviado#m{message.pk}")


def _keep(
    request: PageRequest,
    found: Ticket,
    form: ReplyForm,
    files: list[StoredFile],
    refusal: actions.Refused,
) -> Unsent:
    draft = actions.save_draft(
        actor=request.actor,
        now=request.now,
        key=form.cleaned_data["key"],
        subject=found.subject,
        body=form.cleaned_data["body"],
        organisation_id=found.organisation_id,
        service_id=found.service_id,
        licence_id=found.licence_id,
        files=files,
    )
    said = parts.refusal(
        request,
        refusal.decision,
        organisation=found.organisation.name,
        service=service_name(found),
        number=found.number,
    )
    return Unsent(refusal=said, draft=draft.key)


@guard("portal", methods=("POST",))
def resolve(request: PageRequest, number: str) -> HttpResponse:
    """It is solved ("Já resolvi")."""
    return _move(request, number, Verb.RESOLVE, "resolvido")


@guard("portal", methods=("POST",))
def reopen(request: PageRequest, number: str) -> HttpResponse:
    """It is not solved yet ("Ainda não resolveu", R5)."""
    return _move(request, number, Verb.REOPEN, "reaberto")


@guard("portal", methods=("POST",))
def cancel(request: PageRequest, number: str) -> HttpResponse:
    """It is no longer wanted ("Cancelar chamado")."""
    return _move(request, number, Verb.CANCEL, "cancelado")


@guard("portal", methods=("POST",))
def rate(request: PageRequest, number: str) -> HttpResponse:
    """1 to 5 and a comment ("Avaliar"); without a score the comment stays."""
    form = RatingForm(request.POST)
    if not form.is_valid():
        found = queries.get_own(request.actor, number)
        return _page(request, found, rating=form, status=422)
    done = save(request, request.actor, queries.own_id(request.actor, number), form)
    return redirect(f"{reverse('ticket', args=[number])}?{urlencode({'aviso': done})}")


def _move(request: PageRequest, number: str, verb: Verb, done: str) -> HttpResponse:
    ticket_id = queries.own_id(request.actor, number)
    try:
        row = actions.change_state(
            actor=request.actor, now=request.now, ticket_id=ticket_id, verb=verb
        )
        done = parts.became(row, done)
    except actions.Conflict:
        done = "mudou"
    return redirect(f"{reverse('ticket', args=[number])}?{urlencode({'aviso': done})}")


def _page(
    request: PageRequest,
    found: Ticket,
    *,
    form: ReplyForm | None = None,
    rating: RatingForm | None = None,
    unsent: Unsent | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, now = request.actor, request.now
    place = queries.position_of(found, order=request.policy.queue.order)
    promises = clocks.of_ticket(queries.deadlines_of(found, now=now), state=found.state, now=now)
    start, conclusion = promises.chips()
    # A note is never among it, whatever other hat the reader wears (B8).
    thread = queries.latest_for(actor, found, before=before_of(request.GET), public=True)
    offers = queries.offers_for(actor, found, policy=request.policy, now=now)
    cover = _cover(request, found)
    context = {
        "ticket": found,
        "service": service_name(found),
        "product": found.licence.product.name if found.licence else "",
        "several": len(actor.organisations) > 1,
        "badge": words.state(
            found.state, staff=False, place=place, when=agreed_on(found.slot_at, now=now)
        ),
        "rail": words.rail(found.state, asked=found.state in _PAST and queries.was_asked(found)),
        "start": start,
        "conclusion": conclusion,
        "cover": cover,
        "finishes": _finishes(request, cover),
        "not_covered": queries.found_not_covered(found),
        "entries": entries(thread.rows),
        "older": thread.older,
        "newer": thread.before is not None,
        "offers": offers,
        "buttons": _has_buttons(offers),
        "form": form or ReplyForm(initial={"key": new_key()}),
        "files": file_rules(),
        "unsent": unsent,
        "rating": asking(request, actor, found, rating),
        "offered": found.times_offered and open_to_choose(actor, found),
        "remote": _remote(found, now),
        "links": queries.links_of(actor, found),
        "following": len({found.opener_id, *(one.pk for one in found.participants.all())}),
    }
    return parts.show(request, "portal/ticket.html", context, place="tickets", status=status)


def _remote(found: Ticket, now: datetime) -> acts.Banner | None:
    agent = found.remote.agent.name if found.remote else ""
    return acts.banner(found.remote, agent, now=now, staff=False)


def _has_buttons(offers: Offers) -> bool:
    return offers.resolve or offers.cancel


def _cover(request: PageRequest, found: Ticket) -> words.CoverageWords | None:
    """The coverage bar while the request is open; afterwards there is nothing to cover."""
    state = State(found.state)
    if state is State.ASKING_SALES:
        return words.asking()
    if state not in OPEN_STATES:
        return None
    return standing(request, found)


def standing(request: PageRequest, found: Ticket) -> words.CoverageWords:
    """How what an open request was accepted under stands now, or by which exception."""
    cover = queries.coverage_of(found, policy=request.policy, now=request.now)
    until = None if cover.covered else queries.excepted_until(found, now=request.now)
    if until is not None:
        return words.excepted(until, tz=format.zone(request.policy.timezone))
    return words.coverage(cover, product=found.licence.product.name if found.licence else "")


def _finishes(request: PageRequest, cover: words.CoverageWords | None) -> bool:
    """What covered an open request lapsed, and it is finished nevertheless (R7)."""
    return bool(cover and cover.tone == "no" and request.policy.entitlement.on_lapse == "finish")


def service_name(found: Ticket) -> str:
    """The service in the reader's language."""
    portuguese = (get_language() or "").startswith("pt")
    return found.service.name if portuguese else found.service.name_en or found.service.name
