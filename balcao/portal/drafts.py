"""Rascunhos: what I wrote and did not open; opened, joined to a request, or thrown away (R12)."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.policy.numbers import parse_number
from balcao.portal import parts
from balcao.portal.forms import TypingForm
from balcao.portal.tickets import cases
from balcao.tickets import actions, queries
from balcao.web import format, words
from balcao.web.guards import PageRequest, guard


@guard("portal")
def drafts(request: PageRequest) -> HttpResponse:
    """All of mine, newest first, each with the door it came through."""
    rows = [(row, words.door(row.door)) for row in queries.drafts_of(request.actor)]
    gone = request.GET.get("desfazer", "")[:64]
    context = {
        "drafts": rows,
        "joins": bool(rows) and bool(queries.customer_list(request.actor, open_only=True).rows),
        "several": len(request.actor.organisations) > 1,
        "undo": gone if request.GET.get("aviso") == "descartado" else "",
    }
    return parts.show(request, "portal/drafts.html", context, place="tickets")


@guard("portal", methods=("POST",))
def keep(request: PageRequest) -> HttpResponse:
    """What is being typed in the opening form; the answer says when it was kept, or nothing."""
    form = TypingForm(request.POST)
    kept = form.is_valid() and actions.keep_typing(
        actor=request.actor, now=request.now, **form.typed
    )
    zone = format.zone(request.policy.timezone)
    said = _("Kept as a draft at %(time)s") % {"time": format.time(request.now, tz=zone)}
    return HttpResponse(said if kept else "", content_type="text/plain; charset=utf-8")


@guard("portal", methods=("POST",))
def discard(request: PageRequest) -> HttpResponse:
    """Throw one of my own away, with a way back; somebody else's does not exist here (B6)."""
    key = request.POST.get("key", "")[:64]
    if actions.discard_draft(actor=request.actor, now=request.now, key=key):
        return _back("descartado", desfazer=key)
    return _back("rascunho-sumiu")


@guard("portal", methods=("POST",))
def restore(request: PageRequest) -> HttpResponse:
    """Take back what I threw away just now."""
    key = request.POST.get("key", "")[:64]
    found = actions.restore_draft(actor=request.actor, now=request.now, key=key)
    return _back("recuperado" if found else "rascunho-sumiu")


@guard("portal", methods=("GET", "POST"))
def join(request: PageRequest) -> HttpResponse:
    """Choose one of my open requests; the draft becomes a reply there ("Juntar a este chamado")."""
    if request.method == "POST":
        return _join(request)
    draft = queries.draft_for(request.actor, request.GET.get("rascunho", "")[:64])
    return _choose(request, draft)


def _choose(
    request: PageRequest,
    draft: queries.Draft,
    *,
    fault: str = "",
    refused: words.Refusal | None = None,
) -> HttpResponse:
    rows = queries.customer_list(request.actor, open_only=True).rows
    context = {
        "draft": draft,
        "files": queries.draft_files(request.actor, draft.key),
        "cases": cases(request, rows),
        "fault": fault,
        "refusal": refused,
    }
    status = 422 if fault or refused else 200
    return parts.show(request, "portal/draft_join.html", context, place="tickets", status=status)


def _join(request: PageRequest) -> HttpResponse:
    actor, key = request.actor, request.POST.get("key", "")[:64]
    draft = queries.draft_for(actor, key)
    number = parse_number(request.POST.get("number", "")[:20])
    if number is None:
        return _choose(request, draft, fault=_("Choose the request."))
    ticket = queries.get_own(actor, number)
    try:
        message = actions.customer_message(
            actor=actor,
            now=request.now,
            ticket_id=ticket.pk,
            body="\n\n".join(part for part in (draft.subject, draft.body) if part.strip()),
            key=f"draft:{key}",
            files=queries.draft_files(actor, key),
            drafted=key,
        )
    except actions.Refused as refusal:
        said = parts.refusal(
            request,
            refusal.decision,
            organisation=ticket.organisation.name,
            number=ticket.number,
        )
        return _choose(request, draft, refused=said)
    except actions.Conflict:
        return _back("rascunho-sumiu")
    return redirect(f"{reverse('ticket', args=[number])}?aviso=juntado#m{message.pk}")


def _back(notice: str, **more: str) -> HttpResponse:
    return redirect(f"{reverse('drafts')}?{urlencode({'aviso': notice, **more})}")
