"""The private address at which an agent's own calendar reads their appointments."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.appointments import actions, queries
from balcao.appointments.queries import AppointmentRow
from balcao.desk import menu
from balcao.lib import ical
from balcao.policy.access import Duty
from balcao.web import format
from balcao.web.guards import PageRequest, guard
from balcao.web.words import appointments as words


@guard("staff", methods=("POST",), duty=Duty.OWN_AGENDA)
def address(request: PageRequest) -> HttpResponse:
    """Make it, which is shown this once, or end it."""
    if request.POST.get("act") == "drop":
        actions.drop_feed(actor=request.actor, now=request.now)
        return redirect("desk_agenda_hours")
    secret = actions.make_feed(actor=request.actor, now=request.now)
    link = settings.BASE_URL + reverse("agenda_feed", args=[secret])
    return menu.show(request, "desk/agenda/feed.html", {"link": link}, book="desk_agenda")


@guard("public")
def read(request: PageRequest, token: str) -> HttpResponse:
    """The file itself, for a program that has no session; nothing at any other address (A3).

    No customer's words or name stand in it: what kind, which number, when.
    """
    found = queries.feed_of(token, now=request.now)
    if found is None:
        said = _("There is no calendar at this address.")
        return HttpResponse(said, status=404, content_type="text/plain; charset=utf-8")
    _agent, rows = found
    file = ical.feed(
        [_meeting(row) for row in rows],
        name=_("Appointments at %(company)s") % {"company": request.policy.company.name},
        timezone=request.policy.timezone,
    )
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _meeting(row: AppointmentRow) -> ical.Meeting:
    number = format.number(row.number).replace("\u00a0", " ")
    return ical.Meeting(
        uid=row.uid,
        sequence=row.sequence,
        begins=row.begins,
        ends=row.ends,
        changed_at=row.changed_at,
        summary=_("%(what)s, request #%(number)s")
        % {"what": words.what(row.kind), "number": number},
        where=words.how(row.mode, row.provider),
        link=settings.BASE_URL + reverse("desk_ticket", args=[row.number]),
    )
