"""Writing on a ticket: the public reply and the internal note. What was typed is never lost."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balcao.desk.forms import NOTE, REPLY, THEN, WriteForm, new_key
from balcao.desk.pane import Trouble, Written, show
from balcao.desk.place import place_of
from balcao.desk.ticket import conflict_words
from balcao.policy.access import Permission, can
from balcao.tickets import actions, queries
from balcao.tickets.queries import StoredFile, Ticket
from balcao.web import words
from balcao.web.guards import PageRequest, guard


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
    ticket = queries.get_for(request.actor, number)
    form = WriteForm(request.POST, request.FILES)
    valid = form.is_valid()
    kind = fallback if always else form.cleaned_data.get("kind") or fallback
    written = Written(
        kind=kind,
        body=request.POST.get("body", ""),
        key=form.cleaned_data.get("key") or new_key(),
        errors=form.complaints,
        had_files=bool(form.uploads),
    )
    if not valid:
        return show(request, ticket, status=422, written=written)
    permission = Permission.NOTE if kind == NOTE else Permission.ANSWER
    if not can(request.actor, permission, queries.scope_of(ticket)):
        raise PermissionDenied
    if kind == REPLY and (news := _news(request, ticket, form.cleaned_data["seen"])):
        return show(request, ticket, status=409, written=written, trouble=news)
    try:
        files = form.keep_files(request.now)
    except OSError:
        form.cannot_keep()
        return show(request, ticket, status=507, written=replace(written, errors=form.complaints))
    try:
        message = _send(request, ticket, form.cleaned_data, files, kind)
    except actions.Refused as refusal:
        fresh = queries.get_for(request.actor, number)
        trouble = refusal_words(refusal)
        return show(request, fresh, status=409, written=written, trouble=trouble)
    except actions.Conflict as conflict:
        fresh = queries.get_for(request.actor, number)
        trouble = conflict_words(conflict.code, fresh)
        trouble = replace(trouble, text=f"{trouble.text} {_('Your text is still here.')}")
        return show(request, fresh, status=409, written=written, trouble=trouble)
    return redirect(place_of(request).ticket_address(ticket.number, message=message))


def _send(
    request: PageRequest,
    ticket: Ticket,
    data: dict[str, Any],
    files: list[StoredFile],
    kind: str,
) -> int:
    """Write; the message's id."""
    if kind == NOTE:
        return actions.note(
            actor=request.actor,
            now=request.now,
            ticket_id=ticket.pk,
            body=data["body"],
            key=data["key"],
            files=files,
        ).pk
    return actions.staff_reply(
        actor=request.actor,
        now=request.now,
        ticket_id=ticket.pk,
        body=data["body"],
        key=data["key"],
        files=files,
        then=THEN[data["then"]],
    ).pk


def _news(request: PageRequest, ticket: Ticket, seen: int | None) -> Trouble | None:
    """What others wrote since the page was made: shown before the reply goes out.

    ``seen`` messages stood there. The page that says so holds the new ones too, so sending once
    more sends.
    """
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
        _("%(names)s wrote. Your text is still here: read, then send again.") % {"names": names},
    )


def refusal_words(refusal: actions.Refused) -> Trouble:
    """A refusal in the staff's words, with the ids of the rules."""
    decision = refusal.decision
    return Trouble(
        _("The reply was not sent"),
        words.reason(decision.reason or "not_allowed"),
        rules=tuple((rule, words.rule(rule)) for rule in decision.rules),
        refused=True,
    )
