"""Writing on a ticket: the public reply and the internal note. What was typed is never lost."""

from dataclasses import replace

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balcao.desk.composing import Written
from balcao.desk.conflicts import Trouble, conflict_words
from balcao.desk.forms import NOTE, REPLY, WriteForm
from balcao.desk.pane import show
from balcao.desk.place import place_of
from balcao.policy.access import Permission, can
from balcao.tickets import actions, queries
from balcao.tickets.queries import StoredFile, Ticket
from balcao.web import format, words
from balcao.web.guards import PageRequest, guard
from balcao.web.thread import entries

SENDING = "#enviando"


@guard("desk", methods=("POST",))
def reply(request: PageRequest, number: str) -> HttpResponse:
    """Send what the composer holds: a reply, or a note when its tab says so."""
    return _write(request, number, fallback=REPLY)


@guard("desk", methods=("POST",))
def note(request: PageRequest, number: str) -> HttpResponse:
    """Keep an internal note, whatever the composer's tab says."""
    return _write(request, number, fallback=NOTE, always=True)


def _write(
    request: PageRequest, number: str, *, fallback: str, always: bool = False
) -> HttpResponse:
    ticket = queries.bare_for(request.actor, number)
    form = WriteForm(request.POST, request.FILES)
    valid = form.is_valid()
    kind = fallback if always else form.cleaned_data.get("kind") or fallback
    require_writing(request, ticket, kind)
    try:
        files = form.keep_files(request.now, actor=request.actor, ticket_id=ticket.pk)
    except OSError:
        form.cannot_keep()
        return back(request, ticket, form, kind, status=507)
    if not valid:
        return back(request, ticket, form, kind, files=files, status=422)
    if kind == REPLY and (trouble := _meanwhile(request, ticket, form)):
        return back(request, ticket, form, kind, files=files, trouble=trouble)
    try:
        message = _send(request, ticket, form, files, kind)
    except actions.Refused as refusal:
        return back(request, ticket, form, kind, files=files, trouble=refusal_words(refusal))
    except actions.Conflict as conflict:
        fresh = queries.get_for(request.actor, number)
        changed = _meanwhile(request, fresh, form) if conflict.code == "changed" else None
        trouble = changed or conflict_of(conflict, fresh)
        return back(request, fresh, form, kind, files=files, trouble=trouble)
    address = place_of(request).ticket_address(ticket.number, message=message)
    return redirect(address if message else address + SENDING)


def require_writing(request: PageRequest, ticket: Ticket, kind: str) -> None:
    """Raises PermissionDenied for somebody who may not write this here."""
    permission = Permission.NOTE if kind == NOTE else Permission.ANSWER
    if not can(request.actor, permission, queries.scope_of(ticket, request.actor)):
        raise PermissionDenied


def _send(
    request: PageRequest, ticket: Ticket, form: WriteForm, files: list[StoredFile], kind: str
) -> int | None:
    """Write; the message's id, or None for a reply that leaves in a while."""
    actor, now, writing = request.actor, request.now, form.writing(kind)
    seen = actions.Seen(form.cleaned_data["seen"], form.cleaned_data["was"])
    if kind == REPLY and settings.UNDO:
        sent = actions.send_later(
            actor=actor,
            now=now,
            ticket_id=ticket.pk,
            writing=writing,
            after=settings.UNDO,
            files=files,
            seen=seen,
        )
        return sent.pk if sent else None
    draft = queries.draft_on(actor, ticket)
    live = draft if draft and draft.is_live else None
    if live and live.version != writing.version and live.body != writing.body:
        raise actions.Conflict("draft_changed")
    write = actions.note if kind == NOTE else actions.staff_reply
    public = {} if kind == NOTE else {"then": actions.AFTER[writing.then], "seen": seen}
    return write(
        actor=actor,
        now=now,
        ticket_id=ticket.pk,
        body=writing.body,
        key=writing.key,
        files=[*queries.kept_files(live), *files],
        came=actions.Came(live.id, live.version) if live else None,
        **public,
    ).pk


def back(
    request: PageRequest,
    ticket: Ticket,
    form: WriteForm,
    kind: str,
    *,
    files: list[StoredFile] | None = None,
    status: int = 409,
    trouble: Trouble | None = None,
) -> HttpResponse:
    """The ticket again, with what was typed; text and files are kept for the next press."""
    writing = form.writing(kind)
    if writing.body.strip() or files:
        _keep(request, ticket, writing, files or [])
    written = Written(
        kind=kind,
        body=writing.body,
        key=writing.key,
        then=writing.then,
        errors=form.complaints,
    )
    if trouble:
        trouble = replace(trouble, written=True)
    return show(request, ticket, status=status, written=written, trouble=trouble)


def _keep(
    request: PageRequest, ticket: Ticket, writing: actions.Writing, files: list[StoredFile]
) -> None:
    """A draft that another window has changed keeps its text, and takes the files all the same."""
    actor, now = request.actor, request.now
    try:
        actions.keep_writing(
            actor=actor, now=now, ticket_id=ticket.pk, writing=writing, files=files
        )
    except actions.Conflict:
        actions.add_files(actor=actor, now=now, ticket_id=ticket.pk, files=files)


def _meanwhile(request: PageRequest, ticket: Ticket, form: WriteForm) -> Trouble | None:
    """What others wrote or did since the page was made: shown before the reply goes out. Sending
    asks once more, when nobody else can write.

    ``seen`` messages stood there, and ``was`` its state. The page that says so is a new one, so
    sending once more sends.
    """
    data = form.cleaned_data
    return _news(request, ticket, data["seen"]) or _moved(request, ticket, data["was"])


def _news(request: PageRequest, ticket: Ticket, seen: int | None) -> Trouble | None:
    if seen is None or seen >= ticket.message_count:
        return None
    new = [row for row in queries.thread_for(request.actor, ticket)[seen:] if not row.mine]
    if not new:
        return None
    names = ", ".join(dict.fromkeys(row.author for row in new))
    return Trouble(
        ngettext(
            "%(count)d new message while you wrote",
            "%(count)d new messages while you wrote",
            len(new),
        )
        % {"count": len(new)},
        _("%(names)s wrote. Your text is still here.") % {"names": names},
        news=tuple(entries(new)),
        anyway=True,
    )


def _moved(request: PageRequest, ticket: Ticket, was: str) -> Trouble | None:
    """A colleague resolved it, set it waiting or took it; who, what and when."""
    move = queries.move_since(request.actor, ticket, was)
    if move is None:
        return None
    said = {
        "what": words.happened(move.verb),
        "name": move.name or request.policy.company.name,
        "when": format.absolute(move.at, now=request.now, tz=timezone.get_current_timezone()),
    }
    return Trouble(
        _("The ticket changed while you wrote"),
        _("%(name)s, %(when)s: %(what)s. Your text is still here.") % said,
        anyway=True,
    )


def conflict_of(conflict: actions.Conflict, ticket: Ticket) -> Trouble:
    """Who or what was faster, for somebody who has written something."""
    if conflict.code == "draft_changed":
        return Trouble(
            _("You went on with this text in another window"),
            _("Both texts are here: choose, then send."),
        )
    if conflict.code == "draft_sending":
        return Trouble(
            _("Your last reply is still on its way"),
            _("Send this one when it has left. Your text is still here."),
        )
    if conflict.code == "answered":
        return Trouble(
            _("A colleague answered first"),
            _("Read that answer, then send yours if it is still needed. Your text is still here."),
        )
    if conflict.code == "already_sent":
        return Trouble(_("Too late to undo"), _("The reply has left already."))
    trouble = conflict_words(conflict.code, ticket)
    return replace(trouble, text=f"{trouble.text} {_('Your text is still here.')}")


def refusal_words(refusal: actions.Refused) -> Trouble:
    """A refusal in the staff's words, with the ids of the rules."""
    decision = refusal.decision
    return Trouble(
        _("The reply was not sent"),
        words.reason(decision.reason or "not_allowed"),
        rules=tuple((rule, words.rule(rule)) for rule in decision.rules),
        refused=True,
    )
