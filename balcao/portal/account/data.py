"""Meus dados: a copy of what is mine, or of the company's, made by a job and kept for a day."""

from dataclasses import dataclass

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from balcao.events.access import Act, saw
from balcao.people.queries.colleagues import own_organisations
from balcao.policy.access import Duty, may
from balcao.portal.account.parts import knows_password, show
from balcao.portal.forms import CopyForm
from balcao.tickets import actions, queries
from balcao.tickets.queries.exports import path_of
from balcao.web import format, words
from balcao.web.guards import PageRequest, guard
from balcao.web.words import Badge

EXPORT = "tickets.export"


@dataclass(frozen=True, slots=True)
class Copy:
    """One line of the list. ``href`` is empty unless it can be downloaded."""

    what: str
    when: str
    badge: Badge
    detail: str
    ready: bool
    id: int


@guard("portal", methods=("GET", "POST"))
def data(request: PageRequest) -> HttpResponse:
    """Ask for a copy, with the password typed again, and see those there are."""
    companies = _companies(request)
    form = CopyForm(request.POST if request.method == "POST" else None, companies=companies)
    if form.is_valid() and knows_password(request, form):
        try:
            actions.ask_export(
                actor=request.actor, now=request.now, organisation_id=form.organisation_id
            )
            return redirect("account_data")
        except actions.Conflict:
            form.add_error(None, _("That is enough for today. Please try again tomorrow."))
    rows = queries.exports_of(request.actor)
    context = {
        "form": form,
        "companies": companies,
        "copies": [_copy(request, row) for row in rows],
        "waiting": any(row.state == "asked" for row in rows),
    }
    status = 422 if form.errors else 200
    return show(request, "portal/account/data.html", context, section="account_data", status=status)


def _companies(request: PageRequest) -> list[tuple[str, str]]:
    if not may(request.actor, Duty.EXPORT_COMPANY):
        return []
    return [(str(one.pk), one.name) for one in own_organisations(request.actor)]


def _copy(request: PageRequest, row: queries.Export) -> Copy:
    now, zone = request.now, format.zone(request.policy.timezone)
    over = row.expires_at is not None and row.expires_at <= now
    state = "gone" if row.state == "ready" and over else row.state
    detail = ""
    if state == "ready" and row.expires_at:
        names = {
            "size": format.file_size(row.size),
            "moment": format.absolute(row.expires_at, now=now, tz=zone),
        }
        detail = _("%(size)s, until %(moment)s") % names
    return Copy(
        what=row.organisation.name if row.organisation else _("My data"),
        when=format.absolute(row.asked_at, now=now, tz=zone),
        badge=words.copy_state(state),
        detail=detail,
        ready=state == "ready",
        id=row.pk,
    )


@guard("portal")
def download(request: PageRequest, export_id: int) -> HttpResponseBase:
    """The copy, to whoever asked for it and to nobody else; every download is noted."""
    row = queries.export_for(request.actor, export_id, now=request.now)
    try:
        content = path_of(row.pk).open("rb")
    except FileNotFoundError:
        return render(request, "portal/file_lost.html", {"name": _("My data")}, status=404)
    saw(
        Act.EXPORTED,
        EXPORT,
        row.pk,
        actor=request.actor,
        now=request.now,
        address=request.META.get("REMOTE_ADDR"),
    )
    day = timezone.localdate(row.asked_at)
    response = FileResponse(
        content,
        as_attachment=True,
        filename=f"balcao-{day.isoformat()}.zip",
        content_type="application/zip",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
