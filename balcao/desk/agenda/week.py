""" "Agenda": the appointments of a week, of everybody for sales and supervisors, else one's own."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from balcao.appointments import queries
from balcao.appointments.queries import AppointmentRow
from balcao.desk import menu
from balcao.policy import access
from balcao.policy.access import Actor, Duty, Permission
from balcao.policy.booking import Slot
from balcao.policy.worktime import moment_of
from balcao.web import format
from balcao.web.format import Look
from balcao.web.guards import PageRequest, guard
from balcao.web.words import appointments as words

BOOK = "desk_agenda"
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Entry:
    """One appointment, ready to show. ``waits``: nobody has said yet whether the customer came.

    ``away``: the agent said that they are not there then.
    """

    row: AppointmentRow
    time: str
    what: str
    how: str
    state: str
    look: Look
    waits: bool
    away: bool


@dataclass(frozen=True, slots=True)
class Day:
    label: str
    today: bool
    entries: tuple[Entry, ...]


@guard("staff")
def week(request: PageRequest) -> HttpResponse:
    """The week that holds ``?dia=``, and only ``?quem=``'s if chosen."""
    actor = request.actor
    everybody = access.may(actor, Duty.VIEW_AGENDA)
    if not (everybody or access.may(actor, Duty.OWN_AGENDA)):
        raise PermissionDenied
    zone, today = ZoneInfo(request.policy.timezone), timezone.localdate(request.now)
    first = _monday(_asked_day(request) or today)
    who = _number(request.GET.get("quem", "")) if everybody else None
    begins, ends = moment_of(first, 0, zone), moment_of(first + _WEEK, 0, zone)
    rows = queries.appointments_between(actor, begins, ends, agent_id=who)
    away = queries.absences_between(begins, ends) if rows else {}
    entries = [_entry(row, away.get(row.agent_id, []), request.now, zone) for row in rows]
    people = queries.bookable() if everybody else {}
    return menu.show(
        request,
        "desk/agenda/week.html",
        {
            "days": _days(entries, first, today=today, zone=zone),
            "count": len(rows),
            "earlier": _address(first - _WEEK, who),
            "later": _address(first + _WEEK, who),
            "now_address": _address(today, who),
            "is_now": first == _monday(today),
            "span": f"{format.day(first)} – {format.day(first + 6 * _DAY)}",
            "first": first.isoformat(),
            "people": list(people.items()),
            "who": who,
            "everybody": everybody,
            "own": access.may(actor, Duty.OWN_AGENDA),
            # Whoever neither offers nor attends reads on, on the ticket.
            "page": "desk_appointment" if _acts(actor) else "desk_ticket",
            "keeps": access.may(actor, Duty.KEEP_AGENDA),
        },
        book=BOOK,
    )


def _acts(actor: Actor) -> bool:
    return access.can(actor, Permission.SCHEDULE, None) or access.may(actor, Duty.OWN_AGENDA)


def _days(entries: list[Entry], first: date, *, today: date, zone: ZoneInfo) -> list[Day]:
    """The days of the week; an empty Saturday or Sunday is left out."""
    found = []
    for place in range(7):
        day = first + place * _DAY
        mine = tuple(one for one in entries if one.row.begins.astimezone(zone).date() == day)
        if mine or place < 5:
            found.append(Day(format.weekday_and_day(day), day == today, mine))
    return found


def _entry(row: AppointmentRow, away: list[Slot], now: datetime, zone: ZoneInfo) -> Entry:
    held = Slot(row.begins, row.ends)
    return Entry(
        row=row,
        time=f"{format.time(row.begins, tz=zone)} – {format.time(row.ends, tz=zone)}",
        what=words.what(row.kind),
        how=words.how(row.mode, row.provider),
        state=words.state(row.state),
        look=words.look(row.state),
        waits=row.booked and row.ends <= now,
        away=row.booked and any(one.overlaps(held) for one in away),
    )


def _asked_day(request: PageRequest) -> date | None:
    """The day in the address, of a year in which anybody plans."""
    try:
        found = date.fromisoformat(request.GET.get("dia", ""))
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY


def _address(day: date, who: int | None) -> str:
    fields = {"dia": day.isoformat(), **({"quem": str(who)} if who else {})}
    return f"{reverse(BOOK)}?{urlencode(fields)}"
