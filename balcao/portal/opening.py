"""Opening a ticket (S3-S6): one page, nothing typed is ever lost, and once is once (O2)."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect

from balcao.files.forms import file_rules
from balcao.people.queries import primary_addresses
from balcao.policy.lifecycle import OPEN_STATES, State
from balcao.policy.numbers import parse_number
from balcao.portal import clocks, parts
from balcao.portal.choices import Offers, abouts, offers, only
from balcao.portal.forms import OpeningForm, from_draft, new_key
from balcao.portal.home import Cover, after_hours, covers
from balcao.portal.ticket import standing
from balcao.tickets import actions, queries
from balcao.tickets.queries import StoredFile, Ticket
from balcao.web import words
from balcao.web.guards import PageRequest, guard


@guard("portal", methods=("GET", "POST"))
def ticket_new(request: PageRequest) -> HttpResponse:
    """The opening page; ``?rascunho=`` takes up a draft, ``?de=`` goes on from a closed ticket."""
    if request.method == "POST":
        return _send(request)
    initial: dict[str, object] = {"key": new_key()}
    kept: list[StoredFile] = []
    if key := request.GET.get("rascunho", "")[:64]:
        initial |= from_draft(queries.draft_for(request.actor, key))
        kept = queries.draft_files(request.actor, key)
    if number := parse_number(request.GET.get("de", "")[:20]):
        initial["follows"] = queries.get_own(request.actor, number).number
    return _page(request, OpeningForm(initial=initial), kept=kept)


def _send(request: PageRequest) -> HttpResponse:
    """Keep the files, then open; whatever stops it, the page comes back with everything typed."""
    named = "kept" in request.POST
    drafted = queries.draft_files(request.actor, request.POST.get("key", "")[:64]) if named else []
    form = OpeningForm(request.POST, request.FILES, kept=drafted)
    kept = form.kept_files
    valid = form.is_valid()
    if "files" not in form.errors:
        try:
            kept = [*kept, *form.keep_files(request.now, actor=request.actor)]
        except OSError:
            form.cannot_keep()
            valid = False
    if not valid:
        return _page(request, form, kept=kept)
    try:
        ticket = _open(request, form, kept)
    except actions.Refused as refusal:
        return _page(request, form, kept=kept, refused=refusal)
    except actions.NotAllowed:
        offered = offers(request)
        if form.not_among(
            [card.value for card in abouts(offered.choices)],
            [slug for slug, _name in offered.services],
        ):
            return _page(request, form, kept=kept, offered=offered)
        raise
    return redirect("ticket_opened", number=ticket.number)


def _open(request: PageRequest, form: OpeningForm, files: Sequence[StoredFile]) -> Ticket:
    data = form.cleaned_data
    return actions.open_ticket(
        actor=request.actor,
        now=request.now,
        organisation_id=form.organisation_id,
        service=data["service"],
        licence_id=form.licence_id,
        subject=data["subject"],
        body=data["body"],
        key=data["key"],
        files=files,
        follows=data["follows"] or None,
    )


def _keep(request: PageRequest, form: OpeningForm, files: Sequence[StoredFile]) -> None:
    """A browser never sends chosen files back by itself, so they wait with the text as a draft."""
    actions.save_draft(
        actor=request.actor,
        now=request.now,
        key=form.cleaned_data["key"],
        subject=form.cleaned_data.get("subject", ""),
        body=form.cleaned_data.get("body", ""),
        files=files,
    )


def _page(
    request: PageRequest,
    form: OpeningForm,
    *,
    kept: Sequence[StoredFile],
    refused: actions.Refused | None = None,
    offered: Offers | None = None,
) -> HttpResponse:
    """The form as it stands: new, taken up from a draft, with its faults, or refused."""
    if form.errors and kept:
        _keep(request, form, kept)
    offered = offered or offers(request)
    refusal = _refusal(request, form, offered, refused) if refused else None
    cards = abouts(offered.choices)
    context = {
        "form": form,
        "abouts": cards,
        "about": form["about"].value() or only(offered.choices, cards),
        "services": offered.services,
        "groups": offered.groups,
        "uncovered": [] if refusal else _uncovered(request, offered),
        "closed": None if refusal else after_hours(request, offered.choices),
        "several": len(offered.choices) > 1,
        "kept": kept,
        "key": form.cleaned_data["key"] if form.is_bound else form.initial["key"],
        "follows": form["follows"].value() or "",
        "refusal": refusal,
        "files": file_rules(),
        "is_new": not (kept or refusal or "rascunho" in request.GET),
    }
    status = 422 if form.is_bound else 200
    return parts.show(request, "portal/ticket_new.html", context, place="tickets", status=status)


def _uncovered(request: PageRequest, offered: Offers) -> list[Cover]:
    found = covers(offered.choices, policy=request.policy)
    return [cover for cover in found if cover.next_step]


def _refusal(
    request: PageRequest, form: OpeningForm, offered: Offers, refused: actions.Refused
) -> words.Refusal:
    names = {row.organisation_id: row.organisation for row in offered.choices}
    return parts.refusal(
        request,
        refused.decision,
        organisation=names[form.organisation_id],
        service=dict(offered.services)[form.cleaned_data["service"]],
    )


@guard("portal")
def ticket_opened(request: PageRequest, number: str) -> HttpResponse:
    """The number, the place in the queue, both deadlines, and how to go on."""
    ticket = queries.get_own(request.actor, number)
    if State(ticket.state) not in OPEN_STATES:
        return redirect("ticket", number=ticket.number)
    now, actor = request.now, request.actor
    asks = ticket.state == State.ASKING_SALES.value
    promises = clocks.of_ticket(queries.deadlines_of(ticket, now=now), state=ticket.state, now=now)
    start, conclusion = promises.chips()
    addresses = primary_addresses([actor.id]) if actor.id else {}
    cover = None if asks else standing(request, ticket)
    context = {
        "ticket": ticket,
        "cover": cover if cover and cover.remark else None,
        "place": queries.position_of(ticket, order=request.policy.queue.order),
        "start": start,
        "conclusion": conclusion,
        "address": addresses.get(actor.id or 0, ""),
        "company": request.policy.company,
        "asking": words.asking() if asks else None,
        "answer_by": queries.sales_answers_by(ticket) if asks else None,
    }
    return parts.show(request, "portal/ticket_opened.html", context, place="tickets")
