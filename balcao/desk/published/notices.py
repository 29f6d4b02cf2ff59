"""Avisos: what concerns every customer right now, over their pages."""

import uuid
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy

from balcao.desk.menu import show
from balcao.knowledge import actions, queries
from balcao.knowledge.forms import NoticeForm
from balcao.knowledge.queries import Notice
from balcao.policy.access import Duty
from balcao.web.guards import PageRequest, guard
from balcao.web.words import published

_BOOK = "desk_notices"
_CONFLICTS = {
    "backwards": gettext_lazy("It must end after it begins, and not in the past."),
    "changed": gettext_lazy(
        "Somebody changed this notice meanwhile; it stands above. Yours is below: save it again to"
        " put it in its place."
    ),
    "ended": gettext_lazy("This notice has ended. Put up a new one."),
}


@guard("staff", duty=Duty.KEEP_NOTICES)
def notices(request: PageRequest) -> HttpResponse:
    """What is up now, what is to come, and what was."""
    rows = queries.notices_for(request.actor)
    now = request.now
    context: dict[str, object] = {
        "up": [_line(row, now) for row in queries.gravest_first(rows) if queries.shows(row, now)],
        "coming": [_line(row, now) for row in rows if row.starts_at > now],
        "over": [_line(row, now) for row in rows if row.ends_at and row.ends_at <= now],
    }
    return show(request, "desk/published/notices.html", context, book=_BOOK)


def _line(row: Notice, now: datetime) -> dict[str, object]:
    return {
        "row": row,
        "badge": published.level_badge(row.level),
        "banner": _banner(row, now=now),
    }


def _banner(row: Notice | actions.Said, *, now: datetime) -> published.Banner:
    return published.banner(
        row.level,
        row.title,
        row.body,
        changed_at=getattr(row, "changed_at", now),
        ends_at=row.ends_at,
        now=now,
        tz=timezone.get_current_timezone(),
    )


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_NOTICES)
def new(request: PageRequest) -> HttpResponse:
    """A notice that is not up yet."""
    if request.method != "POST":
        return _form(request, NoticeForm())
    form = NoticeForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=422)
    said = form.said(now=request.now)
    if request.POST.get("act") == "look":
        return _form(request, form, shown=said)
    try:
        actions.publish_notice(
            actor=request.actor, now=request.now, said=said, key=_key(request) or uuid.uuid4().hex
        )
    except actions.Conflict as conflict:
        form.add_error(None, str(_CONFLICTS[conflict.code]))
        return _form(request, form, status=409)
    return redirect(_BOOK)


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_NOTICES)
def notice(request: PageRequest, notice_id: int) -> HttpResponse:
    """A notice that is up or to come, to be changed."""
    row = queries.notice_for(request.actor, notice_id)
    if request.method != "POST":
        return _form(request, NoticeForm.of(row), row=row)
    form = NoticeForm(request.POST)
    if not form.is_valid():
        return _form(request, form, row=row, status=422)
    said = form.said(now=request.now, row=row)
    if request.POST.get("act") == "look":
        return _form(request, form, row=row, shown=said)
    try:
        actions.change_notice(
            actor=request.actor,
            now=request.now,
            notice_id=notice_id,
            said=said,
            seen=_seen(request, row),
        )
    except actions.Conflict as conflict:
        form.add_error(None, str(_CONFLICTS[conflict.code]))
        return _form(request, form, row=row, shown=row, status=409)
    return redirect(_BOOK)


@guard("staff", methods=("POST",), duty=Duty.KEEP_NOTICES)
def end(request: PageRequest, notice_id: int) -> HttpResponse:
    """Take it down, or call it off."""
    queries.notice_for(request.actor, notice_id)
    actions.end_notice(actor=request.actor, now=request.now, notice_id=notice_id)
    return redirect(_BOOK)


def _key(request: PageRequest) -> str:
    return request.POST.get("key", "")[:64]


def _seen(request: PageRequest, row: Notice) -> datetime:
    """The moment of the change that the form showed; what cannot be read is no such moment."""
    try:
        found = datetime.fromisoformat(request.POST.get("seen", ""))
    except ValueError:
        return row.starts_at.replace(year=1)
    return found if found.tzinfo else row.starts_at.replace(year=1)


def _form(
    request: PageRequest,
    form: NoticeForm,
    *,
    row: Notice | None = None,
    shown: Notice | actions.Said | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form, and the notice as customers would see it when it was asked for.

    After a conflict the form stands on the notice as it is now, so that it can be saved over it.
    """
    looking = request.POST.get("act") == "look"
    seen = request.POST.get("seen", "") if looking else (row.changed_at.isoformat() if row else "")
    context: dict[str, object] = {
        "form": form,
        "row": row,
        "key": _key(request) or uuid.uuid4().hex,
        "seen": seen,
        "shown": _banner(shown, now=request.now) if shown else None,
    }
    return show(request, "desk/published/notice_form.html", context, book=_BOOK, status=status)
