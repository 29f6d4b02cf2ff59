"""Respostas prontas: one's own texts, and the team's for whoever keeps them."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise

from balcao.desk.menu import show
from balcao.desk.replies.filling import EXPLAINED, sample
from balcao.desk.replies.form import ReplyForm
from balcao.policy.access import Duty, may
from balcao.tickets import actions, queries
from balcao.web.guards import PageRequest, guard

_BOOK = "desk_replies"


def _enter(request: PageRequest) -> None:
    """For whoever keeps texts, their own or the team's."""
    duties = (Duty.KEEP_OWN_REPLIES, Duty.KEEP_SAVED_REPLIES)
    if not any(may(request.actor, duty) for duty in duties):
        raise PermissionDenied


def _keeps(request: PageRequest, *, shared: bool) -> bool:
    return may(request.actor, Duty.KEEP_SAVED_REPLIES if shared else Duty.KEEP_OWN_REPLIES)


@guard("staff")
def replies(request: PageRequest) -> HttpResponse:
    """All texts that the reader may use."""
    _enter(request)
    rows = queries.saved_replies(request.actor)
    context: dict[str, object] = {
        "own": [row for row in rows if not row.shared],
        "shared": [row for row in rows if row.shared],
        "keeps_own": _keeps(request, shared=False),
        "keeps_shared": _keeps(request, shared=True),
    }
    return show(request, "desk/replies/listing.html", context, book=_BOOK)


@guard("staff", methods=("GET", "POST"))
def reply_new(request: PageRequest) -> HttpResponse:
    """A new text: the team's with ?equipe, else the reader's own."""
    _enter(request)
    shared = "equipe" in request.GET
    if not _keeps(request, shared=shared):
        raise PermissionDenied
    return _edit(request, None, ReplyForm(request.POST or None), shared=shared)


@guard("staff", methods=("GET", "POST"))
def reply_edit(request: PageRequest, reply_id: int) -> HttpResponse:
    """Change a text, or see how it looks."""
    _enter(request)
    row = queries.reply_for(request.actor, reply_id)
    shared = row.owner_id is None
    if not _keeps(request, shared=shared):
        raise PermissionDenied
    initial = {"title": row.title, "shortcut": row.shortcut, "body": row.body}
    form = ReplyForm(request.POST or None, initial=initial)
    return _edit(request, reply_id, form, shared=shared)


def _edit(
    request: PageRequest, reply_id: int | None, form: ReplyForm, *, shared: bool
) -> HttpResponse:
    looks = request.POST.get("act") == "look"
    if request.method == "POST" and form.is_valid() and not looks:
        data = form.cleaned_data
        try:
            actions.save_reply(
                actor=request.actor,
                now=request.now,
                title=data["title"],
                shortcut=data["shortcut"],
                body=data["body"],
                shared=shared,
                reply_id=reply_id,
            )
        except actions.Conflict:
            form.taken()
        else:
            return redirect(_BOOK)
    body = form["body"].value() or ""
    explained: dict[str, str | Promise] = dict(EXPLAINED)
    context: dict[str, object] = {
        "form": form,
        "reply_id": reply_id,
        "shared": shared,
        "variables": explained,
        "looks": sample(request, body) if body and not form.errors else "",
    }
    status = 422 if form.errors else 200
    return show(request, "desk/replies/form.html", context, book=_BOOK, status=status)


@guard("staff", methods=("POST",))
def reply_retire(request: PageRequest, reply_id: int) -> HttpResponse:
    """Offer a text no longer."""
    _enter(request)
    actions.retire_reply(actor=request.actor, now=request.now, reply_id=reply_id)
    return redirect(_BOOK)
