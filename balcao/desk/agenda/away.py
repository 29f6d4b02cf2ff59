""" "Agendamentos em ausências": what is booked with somebody who will not be there (S42)."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from balcao.appointments import actions, queries
from balcao.appointments.queries import AppointmentRow
from balcao.desk import menu
from balcao.desk.forms import new_key
from balcao.policy import access
from balcao.policy.access import Duty, Permission
from balcao.web.guards import PageRequest, guard
from balcao.web.words import appointments as words

BOOK = "desk_agenda"


@dataclass(frozen=True, slots=True)
class Line:
    """One of them. ``offered``: other times wait for the customer's choice. ``key`` makes a press
    that is sent twice one offer.
    """

    row: AppointmentRow
    when: str
    what: str
    offered: bool
    key: str


@guard("staff", methods=("GET", "POST"), duty=Duty.VIEW_AGENDA)
def away(request: PageRequest) -> HttpResponse:
    """The list; POST offers the customer of one of them other times, with one press."""
    if request.method != "POST":
        return _page(request)
    wanted = request.POST.get("appointment", "")
    rows = queries.beside_absences(request.actor, now=request.now)
    pk = next((row.id for row, _offered in rows if str(row.id) == wanted), None)
    if pk is None:
        return _page(request, trouble=words.conflict("state_changed"), status=409)
    try:
        actions.offer_instead(
            actor=request.actor,
            now=request.now,
            appointment_id=pk,
            key=request.POST.get("key", "")[:64] or new_key(),
        )
    except actions.Conflict as conflict:
        return _page(request, trouble=_why(conflict.code), status=409)
    return redirect("desk_agenda_away")


def _why(code: str) -> str:
    if code == "no_times":
        return _("Nobody who serves this queue is free: call the customer.")
    return words.conflict(code)


def _page(request: PageRequest, *, trouble: str = "", status: int = 200) -> HttpResponse:
    zone = timezone.get_current_timezone()
    lines = [
        Line(
            row, words.when(row.begins, row.ends, tz=zone), words.what(row.kind), offered, new_key()
        )
        for row, offered in queries.beside_absences(request.actor, now=request.now)
    ]
    context: dict[str, object] = {
        "lines": lines,
        "trouble": trouble,
        "offers": access.can(request.actor, Permission.SCHEDULE, None),
    }
    return menu.show(request, "desk/agenda/away.html", context, book=BOOK, status=status)
