"""Drafts of the team: kept while somebody types, put away and taken back, and replies on their way.

A script sends the whole form and is answered in JSON; without one the same addresses are buttons.
"""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from balcao.desk.composing import saved_words, stopped_words
from balcao.desk.forms import DraftForm, WriteForm
from balcao.desk.menu import show as show_book
from balcao.desk.pane import show
from balcao.desk.place import place_of
from balcao.desk.write import SENDING, back, conflict_of, refusal_words, require_writing
from balcao.policy.access import Duty
from balcao.tickets import actions, queries
from balcao.tickets.queries import StoredFile, Ticket
from balcao.web.guards import PageRequest, guard

COMPOSER = "#composer"


@guard("desk", methods=("POST",))
def draft(request: PageRequest, number: str) -> HttpResponse:
    """Keep what stands in the composer, or put it away (``do``); one file less (``without``)."""
    ticket = queries.get_for(request.actor, number)
    form = DraftForm(request.POST, request.FILES)
    valid = form.is_valid()
    kind = form.cleaned_data.get("kind") or "reply"
    require_writing(request, ticket, kind)
    do = form.cleaned_data.get("do")
    try:
        if do == "discard":
            _discard(request, ticket, form)
        elif do == "restore":
            actions.restore_writing(actor=request.actor, now=request.now, ticket_id=ticket.pk)
        else:
            return _save(request, ticket, form, kind, valid=valid)
    except actions.Conflict as conflict:
        return _told(request, ticket, form, kind, [], conflict)
    return _composer_of(request, ticket)


def _composer_of(request: PageRequest, ticket: Ticket) -> HttpResponse:
    return redirect(place_of(request).ticket_address(ticket.number) + COMPOSER)


def _save(
    request: PageRequest, ticket: Ticket, form: DraftForm, kind: str, *, valid: bool
) -> HttpResponse:
    """What is not whole is kept too, without its files, and its faults are told."""
    actor, files = request.actor, list[StoredFile]()
    try:
        if valid:
            files = form.keep_files(request.now, actor=actor, ticket_id=ticket.pk)
    except OSError:
        form.cannot_keep()
        return _not_kept(request, ticket, form, kind, status=507)
    try:
        _keep(request, ticket, form, kind, files)
    except actions.Conflict as conflict:
        return _told(request, ticket, form, kind, files, conflict)
    if not valid:
        return _not_kept(request, ticket, form, kind, status=422)
    return _saved(request, ticket) if _by_script(request) else _composer_of(request, ticket)


def _keep(
    request: PageRequest, ticket: Ticket, form: DraftForm, kind: str, files: list[StoredFile]
) -> None:
    """An empty composer keeps no row that was not there before."""
    writing = form.writing(kind)
    if not writing.body.strip() and not files and not writing.version:
        return
    without = form.cleaned_data.get("without")
    actions.keep_writing(
        actor=request.actor,
        now=request.now,
        ticket_id=ticket.pk,
        writing=writing,
        files=files,
        without=[without] if without else [],
    )


def _discard(request: PageRequest, ticket: Ticket, form: DraftForm) -> None:
    """What stands in the browser is put away, not what the server last heard of."""
    writing = form.writing(form.cleaned_data.get("kind") or "reply")
    row = actions.keep_writing(
        actor=request.actor, now=request.now, ticket_id=ticket.pk, writing=writing
    )
    actions.discard_writing(
        actor=request.actor, now=request.now, ticket_id=ticket.pk, version=row.version
    )


def _by_script(request: PageRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _saved(request: PageRequest, ticket: Ticket) -> HttpResponse:
    row = queries.draft_on(request.actor, ticket)
    if row is None:
        return JsonResponse({"version": 0, "key": "", "said": "", "files": []})
    return JsonResponse(
        {
            "version": row.version,
            "key": row.key,
            "said": saved_words(row) if row.is_live else "",
            "files": [{"id": str(file.id), "name": file.name} for file in row.files],
        }
    )


def _told(
    request: PageRequest,
    ticket: Ticket,
    form: WriteForm,
    kind: str,
    files: list[StoredFile],
    conflict: actions.Conflict,
) -> HttpResponse:
    """Another window was faster: both texts, and nothing is written over unseen."""
    trouble = conflict_of(conflict, ticket)
    if not _by_script(request):
        return back(request, ticket, form, kind, files=files, trouble=trouble)
    actions.add_files(actor=request.actor, now=request.now, ticket_id=ticket.pk, files=files)
    row = queries.draft_on(request.actor, ticket)
    other = row.body if row and row.is_live else ""
    html = render_to_string(
        "desk/draft_conflict.html", {"trouble": trouble, "other": other}, request=request
    )
    found = {"version": row.version if row else 0, "key": row.key if row else "", "html": html}
    return JsonResponse(found, status=409)


def _not_kept(
    request: PageRequest, ticket: Ticket, form: WriteForm, kind: str, *, status: int
) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"said": " ".join(form.complaints)}, status=status)
    return back(request, ticket, form, kind, status=status)


@guard("desk", methods=("POST",))
def undo(request: PageRequest, number: str) -> HttpResponse:
    """ "Desfazer": the reply that has not left is in the composer again."""
    ticket = queries.get_for(request.actor, number)
    require_writing(request, ticket, "reply")
    try:
        actions.undo_send(
            actor=request.actor,
            now=request.now,
            ticket_id=ticket.pk,
            version=_version(request),
        )
    except actions.Conflict as conflict:
        return show(request, ticket, status=409, trouble=conflict_of(conflict, ticket))
    return redirect(place_of(request).ticket_address(ticket.number) + COMPOSER)


@guard("desk", methods=("POST",))
def send_now(request: PageRequest, number: str) -> HttpResponse:
    """ "Enviar agora"."""
    ticket = queries.get_for(request.actor, number)
    require_writing(request, ticket, "reply")
    try:
        message = actions.send_now(
            actor=request.actor,
            now=request.now,
            ticket_id=ticket.pk,
            version=_version(request),
        )
    except actions.Refused as refusal:
        return show(request, ticket, status=409, trouble=refusal_words(refusal))
    except actions.Conflict as conflict:
        if conflict.code == "already_sent":
            return redirect(place_of(request).ticket_address(ticket.number) + SENDING)
        fresh = queries.get_for(request.actor, number)
        return show(request, fresh, status=409, trouble=conflict_of(conflict, fresh))
    return redirect(place_of(request).ticket_address(ticket.number, message=message.pk))


def _version(request: PageRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


@guard("desk", duty=Duty.KEEP_OWN_REPLIES)
def mine(request: PageRequest) -> HttpResponse:
    """ "Rascunhos e envios parados": what I began and nobody has received."""
    rows = [
        (row, stopped_words(row.stopped), _("Internal note") if row.kind == "note" else _("Reply"))
        for row in queries.my_drafts(request.actor)
    ]
    return show_book(request, "desk/drafts.html", {"rows": rows}, book="desk_drafts")
