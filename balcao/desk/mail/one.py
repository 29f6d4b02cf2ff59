"""One kept mail: why it was kept, what it says, and what can be done with it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from balcao.channels import kept
from balcao.channels.actions import kept as actions
from balcao.channels.queries import kept as queries
from balcao.channels.queries.kept import Handled
from balcao.desk import menu
from balcao.desk.mail import listing, register
from balcao.desk.seen import Act, seen_by
from balcao.files.queries import open_file
from balcao.policy.access import Permission, can
from balcao.policy.numbers import find_subject_number
from balcao.tickets.actions import Conflict, Refused
from balcao.tickets.queries import NotFound
from balcao.web import words
from balcao.web.guards import PageRequest, guard
from balcao.web.paper import paper

_SAID = {"told_lately": "avisado-ha-pouco", "nobody": "ninguem"}
_PUT_AWAY = (Handled.DISCARDED.value, Handled.DISOWNED.value, Handled.TOLD.value)


@dataclass(frozen=True, slots=True)
class Offer:
    """What the gate says of a ticket: ``against`` in words, ``rules`` with their sentences.

    ``vouched``: it goes with a written reason.
    """

    number: str
    subject: str
    organisation: str
    against: str
    rules: tuple[tuple[str, str], ...]
    vouched: bool


@guard("desk")
def kept_one(request: PageRequest, inbound_id: int) -> HttpResponse:
    """Everything about it; ``?chamado=`` asks what speaks against putting it on that ticket."""
    return _page(request, inbound_id)


def _page(
    request: PageRequest,
    inbound_id: int,
    *,
    number: str | None = None,
    note: str = "",
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    row = queries.kept_for(request.actor, inbound_id)
    listing.noted(request, row.id)
    given = request.GET.get("chamado", row.ticket) if number is None else number
    acts = can(request.actor, Permission.RELEASE_MAIL, None) and not row.gone
    waits = acts and not row.handled
    offer = _offer(request, inbound_id, given) if waits and given else None
    if waits and given and offer is None and not trouble:
        trouble = words.mail_trouble("no_ticket_found")
    context = {
        "row": listing.row_of(row),
        "shown": queries.shown(request.actor, inbound_id),
        "lookalike": queries.lookalike_for(request.actor, inbound_id),
        "acts": waits,
        "may_bring_back": acts and row.handled in _PUT_AWAY,
        "given": given,
        "offer": offer,
        "note": note,
        "trouble": trouble,
        "reached": queries.reached_by(request.actor, row.id) if waits else None,
        "owners": register.owners(request, row) if waits else None,
        "messages": listing.messages(request),
    }
    return menu.show(request, "desk/mail/kept_one.html", context, book=listing.BOOK, status=status)


def _offer(request: PageRequest, inbound_id: int, given: str) -> Offer | None:
    number = find_subject_number(f"#{given.strip().lstrip('#')}") or given
    try:
        found = kept.ask(actor=request.actor, now=request.now, inbound_id=inbound_id, number=number)
    except (NotFound, kept.Lost):
        return None
    decision = found.decision
    return Offer(
        number=found.ticket.number,
        subject=found.ticket.subject,
        organisation=found.ticket.organisation.name,
        against=words.reason(decision.reason) if decision.refused and decision.reason else "",
        rules=tuple((rule, words.rule(rule)) for rule in decision.rules)
        if decision.refused
        else (),
        vouched=found.vouched,
    )


@guard("desk", methods=("POST",))
def release(request: PageRequest, inbound_id: int) -> HttpResponse:
    """Put it on the ticket; a rule that speaks against it is overridden with a written reason."""
    row = queries.kept_for(request.actor, inbound_id)
    if not can(request.actor, Permission.RELEASE_MAIL, None):
        raise PermissionDenied
    number = request.POST.get("chamado") or row.ticket
    note = request.POST.get("motivo", "")[:2000]
    if not number:
        said = words.mail_trouble("no_ticket_found")
        return _page(request, inbound_id, number="", note=note, trouble=said, status=422)
    listing.noted(request, row.id, "release")
    try:
        kept.release(
            actor=request.actor, now=request.now, inbound_id=inbound_id, number=number, note=note
        )
    except Conflict as conflict:
        if conflict.code != "no_reason":
            return _back(inbound_id, "mudou")
        said = words.mail_trouble("no_reason")
        return _page(request, inbound_id, number=number, note=note, trouble=said, status=422)
    except Refused as refused:
        said = words.reason(refused.decision.reason or "not_allowed")
        return _page(request, inbound_id, number=number, note=note, trouble=said, status=409)
    except kept.Lost:
        said = words.mail_trouble("lost")
        return _page(request, inbound_id, number=number, note=note, trouble=said, status=409)
    return _back(inbound_id, "incluido")


@guard("desk", methods=("POST",))
def tell(request: PageRequest, inbound_id: int) -> HttpResponse:
    """Tell the ticket's contact, or whose address it claims, at the registered e-mail."""
    return _do(request, inbound_id, actions.tell_contact, "avisado")


@guard("desk", methods=("POST",))
def restore(request: PageRequest, inbound_id: int) -> HttpResponse:
    """Have it wait again."""
    return _do(request, inbound_id, actions.bring_back, "devolvido")


def _do(request: PageRequest, inbound_id: int, act: Callable[..., None], done: str) -> HttpResponse:
    row = queries.kept_for(request.actor, inbound_id)
    if not can(request.actor, Permission.RELEASE_MAIL, None):
        raise PermissionDenied
    listing.noted(request, row.id, done)
    try:
        act(actor=request.actor, now=request.now, inbound_id=inbound_id)
    except Conflict as conflict:
        return _back(inbound_id, _SAID.get(conflict.code, "mudou"))
    return _back(inbound_id, done)


def _back(inbound_id: int, notice: str) -> HttpResponse:
    return redirect(reverse("desk_kept_one", args=[inbound_id]) + f"?aviso={notice}")


@guard("desk")
def original(request: PageRequest, inbound_id: int) -> HttpResponseBase:
    """The message as it came, never opened by the browser; every download is noted (A9)."""
    file = queries.original(request.actor, inbound_id)
    if file.held:
        said = {"name": file.name, "text": words.file_held(file.held)}
        return render(request, "web/errors/file_held.html", said, status=403)
    try:
        content = open_file(file)
    except FileNotFoundError:
        raise NotFound from None
    seen_by(request, listing.INBOUND, inbound_id, act=Act.DOWNLOADED, detail=file.pk.hex)
    response = FileResponse(
        content,
        as_attachment=True,
        filename=f"email-{inbound_id}.eml",
        content_type="application/octet-stream",
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@guard("desk")
def written(request: PageRequest, inbound_id: int) -> HttpResponse:
    """The mail as its writer laid it out, where nothing runs and nothing is fetched: a picture from
    outside would tell a stranger that somebody reads.
    """
    html = queries.layout(request.actor, inbound_id)
    listing.noted(request, inbound_id, "written")
    return paper(html)
