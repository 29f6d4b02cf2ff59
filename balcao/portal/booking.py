"""Choosing a time, moving it, calling it off, and saying what was learnt (S40, S42, R28).

Signed in, or by the link of a mail, which asks for no sign-in and acts once. Looking changes
nothing, because mail programs look, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from balcao.appointments import actions, queries
from balcao.appointments.queries import AppointmentRow
from balcao.policy.access import Actor
from balcao.policy.booking import TRAINING, Slot, Stand, may_move
from balcao.portal import parts
from balcao.tickets import queries as tickets
from balcao.tickets.queries import Ticket
from balcao.web import format
from balcao.web.guards import PageRequest, guard
from balcao.web.words import appointments as words

_MOST = 60
NOTICES = {
    "marcado": gettext_lazy("Your time is booked. The invitation is on its way by e-mail."),
    "remarcado": gettext_lazy("It was moved. The new invitation is on its way by e-mail."),
    "desmarcado": gettext_lazy("It was called off. We will get in touch about another time."),
    "confirmado": gettext_lazy("Thank you: we noted what is clear and what is not."),
}


class ActForm(forms.Form):
    """What is asked: an offered ``time``, another beginning, or steps and ``doubts``."""

    act = forms.ChoiceField(choices=[(one, one) for one in ("choose", "move", "cancel", "confirm")])
    time = forms.IntegerField(required=False)
    begins = forms.CharField(required=False, max_length=40)
    steps = forms.TypedMultipleChoiceField(required=False, coerce=int)
    doubts = forms.CharField(required=False, max_length=2000)

    def __init__(self, data: object, *, steps: Iterable[int]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["steps"].choices = [(one, one) for one in steps]  # type: ignore[attr-defined]

    def clean_begins(self) -> datetime | None:
        """A moment as our page wrote it; anything else is none."""
        try:
            found = datetime.fromisoformat(self.cleaned_data["begins"])
        except ValueError:
            return None
        return found if found.tzinfo else None


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is here, about which ticket, and whether anything can be done: a link acts once.

    ``bare``: they have no sign-in here, so nothing leads to what needs one.
    """

    actor: Actor
    ticket: Ticket
    secret: str | None
    may: bool
    address: str
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A time to choose: what the form sends, and what is read."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Day:
    """The times of one day."""

    label: str
    times: tuple[Choice, ...]


@guard("public", methods=("GET", "POST"))
def by_link(request: PageRequest, token: str) -> HttpResponse:
    """The page of a mail's link, while anything is left to be seen by it."""
    found = queries.ticket_by_link(token, now=request.now)
    with timezone.override(request.policy.timezone):
        if found is None:
            response = render(request, "portal/link_lost.html", {}, status=404)
        else:
            actor, ticket, fresh = found
            address = reverse("appointment_link", args=[token])
            visit = Visit(actor, ticket, token, fresh, address, bare=True)
            response = visit_page(request, visit)
    response.headers["Cache-Control"] = "no-store"
    return response


@guard("portal", methods=("GET", "POST"))
def signed_in(request: PageRequest, number: str) -> HttpResponse:
    """The same on the request, for whoever may write on it."""
    ticket = tickets.get_own(request.actor, number)
    may = queries.open_to_choose(request.actor, ticket)
    address = reverse("ticket_appointment", args=[ticket.number])
    return visit_page(request, Visit(request.actor, ticket, None, may, address))


def visit_page(request: PageRequest, visit: Visit) -> HttpResponse:
    """How the ticket's time stands, and what can be done about it; POST does it."""
    rows = queries.appointments_of(visit.ticket)
    if request.method != "POST" or not visit.may:
        return _page(request, visit, rows)
    learnt = _to_confirm(rows)
    steps = queries.steps_of(learnt.id) if learnt else []
    form = ActForm(request.POST, steps=[one.id for one in steps])
    if not form.is_valid():
        return _page(request, visit, rows, form=form, status=422)
    try:
        done = _act(request, visit, form, _booked(rows), learnt)
    except actions.TokenRefused:
        return redirect(visit.address)
    except actions.Conflict as conflict:
        rows = queries.appointments_of(visit.ticket)
        trouble = words.conflict(conflict.code)
        return _page(request, visit, rows, form=form, trouble=trouble, status=409)
    if not done:
        return _page(request, visit, rows, form=form, status=422)
    return redirect(f"{visit.address}?aviso={done}")


def _act(
    request: PageRequest,
    visit: Visit,
    form: ActForm,
    booked: AppointmentRow | None,
    learnt: AppointmentRow | None,
) -> str:
    """Do what was asked; the code of what is said then, empty when something was not chosen."""
    data, actor, now, secret = form.cleaned_data, visit.actor, request.now, visit.secret
    if data["act"] == "choose" and data["time"]:
        actions.book(actor=actor, now=now, time_id=data["time"], secret=secret)
        return "marcado"
    if data["act"] == "move" and booked and data["begins"]:
        actions.reschedule(
            actor=actor, now=now, appointment_id=booked.id, begins=data["begins"], secret=secret
        )
        return "remarcado"
    if data["act"] == "cancel" and booked:
        actions.cancel(actor=actor, now=now, appointment_id=booked.id, secret=secret)
        return "desmarcado"
    if data["act"] == "confirm" and learnt:
        actions.confirm_steps(
            actor=actor,
            now=now,
            appointment_id=learnt.id,
            steps=data["steps"],
            doubts=data["doubts"],
            secret=secret,
        )
        return "confirmado"
    return ""


def _page(
    request: PageRequest,
    visit: Visit,
    rows: list[AppointmentRow],
    *,
    form: ActForm | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    now, policy = request.now, request.policy
    offer = queries.open_offer_of(visit.ticket, policy=policy, now=now)
    booked, learnt = _booked(rows), _to_confirm(rows)
    hours = policy.training.reschedule_hours
    movable = booked is not None and may_move(booked.begins, now=now, hours=hours)
    moving = movable and (request.GET.get("remarcar") == "1" or _asked(form) == "move")
    said = NOTICES.get(request.GET.get("aviso", ""))
    context: dict[str, object] = {
        "ticket": visit.ticket,
        "visit": visit,
        "offer": offer,
        "days": _days((str(one.id), one.begins) for one in offer.free) if offer else [],
        "booked": booked,
        "when": _when(booked) if booked else "",
        "how": words.how(booked.mode, booked.provider) if booked else "",
        "what": words.what(visit.ticket.kind),
        "people": policy.training.people if visit.ticket.kind == TRAINING else 0,
        "movable": movable,
        "away": offer is not None and booked is not None and queries.agent_is_away(booked.id),
        "hours": hours,
        "moving": moving,
        "others": _others(request, visit.ticket, booked) if booked and moving else [],
        "learnt": learnt,
        "steps": queries.steps_of(learnt.id) if learnt else [],
        "doubts": form.data.get("doubts", "") if form else "",
        "unchosen": form is not None and not trouble,
        "trouble": trouble,
        "said": said,
        "offer_how": words.how(offer.mode, offer.provider) if offer else "",
    }
    if not visit.bare:
        return parts.show(request, "portal/booking.html", context, place="tickets", status=status)
    return render(request, "portal/booking_link.html", context, status=status)


def _asked(form: ActForm | None) -> str:
    return form.data.get("act", "") if form else ""


def _booked(rows: list[AppointmentRow]) -> AppointmentRow | None:
    return next((row for row in rows if row.booked), None)


def _to_confirm(rows: list[AppointmentRow]) -> AppointmentRow | None:
    """The last one that took place, until its customer has said what is clear."""
    held = [row for row in rows if row.state == Stand.ATTENDED.value]
    return held[-1] if held and held[-1].confirmed_at is None else None


def _when(row: AppointmentRow) -> str:
    return words.when(row.begins, row.ends, tz=timezone.get_current_timezone())


def _others(request: PageRequest, ticket: Ticket, booked: AppointmentRow) -> list[Day]:
    """The next free times of the same agent, as long as the one that is booked."""
    found = queries.free_times(
        ticket,
        policy=request.policy,
        now=request.now,
        minutes=booked.minutes,
        agent_id=booked.agent_id,
        without=booked.id,
    )
    times: tuple[Slot, ...] = found[0].times if found else ()
    return _days(
        (one.begins.isoformat(), one.begins) for one in times[:_MOST] if one.begins != booked.begins
    )


def _days(times: Iterable[tuple[str, datetime]]) -> list[Day]:
    zone = timezone.get_current_timezone()
    grouped = groupby(times, key=lambda one: one[1].astimezone(zone).date())
    return [
        Day(
            format.weekday_and_day(day),
            tuple(Choice(value, format.time(begins, tz=zone)) for value, begins in found),
        )
        for day, found in grouped
    ]
