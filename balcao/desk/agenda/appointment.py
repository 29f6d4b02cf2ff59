"""A ticket's appointment: offering times, and what becomes of the one that is booked (S40, S42)."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from balcao.appointments import actions, queries
from balcao.appointments.queries import AppointmentRow, Chance
from balcao.desk.acts import parts
from balcao.desk.agenda.forms import CameForm, LookForm, OfferForm, StepsForm
from balcao.desk.conflicts import Trouble
from balcao.desk.forms import new_key
from balcao.policy import access
from balcao.policy.access import Permission
from balcao.policy.booking import TRAINING, Mode, Stand, may_attend, may_be_offered, may_miss
from balcao.policy.lifecycle import State, Verb
from balcao.tickets import queries as tickets
from balcao.tickets.queries import Ticket
from balcao.web import format
from balcao.web.format import Look
from balcao.web.guards import PageRequest, guard
from balcao.web.words import appointments as words

_MOST = 80


@dataclass(frozen=True, slots=True)
class Day:
    """The free times of one day: (what the form sends, what is read)."""

    label: str
    times: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Held:
    """An appointment, ready to show."""

    row: AppointmentRow
    when: str
    how: str
    state: str
    look: Look
    steps: list[queries.StepRow]


@guard("desk", methods=("GET", "POST"))
def appointment(request: PageRequest, number: str) -> HttpResponse:
    """What is booked and offered, and the form that offers times; a POST says which ``act``."""
    ticket = tickets.get_for(request.actor, number)
    scope = tickets.scope_of(ticket)
    offers = access.can(request.actor, Permission.SCHEDULE, scope)
    if not (offers or access.can_move(request.actor, Verb.ATTEND, scope)):
        raise actions.NotAllowed
    if request.method != "POST":
        return _page(request, ticket)
    act = request.POST.get("act", "")
    if act == "offer":
        return _offer(request, ticket)
    if act not in _ACTS:
        return _page(request, ticket, status=422)
    return _do(request, ticket, lambda: _ACTS[act](request, ticket))


def _offer(request: PageRequest, ticket: Ticket) -> HttpResponse:
    form = OfferForm(request.POST)
    if not form.is_valid():
        return _page(request, ticket, form=form, status=422)
    data = form.cleaned_data
    terms = actions.Terms(Mode(data["mode"]), data["minutes"], data["provider"], data["link"])

    def act() -> object:
        return actions.offer(
            actor=request.actor,
            now=request.now,
            ticket_id=ticket.pk,
            terms=terms,
            times=data["times"],
            key=data["key"],
        )

    return _do(request, ticket, act, form=form)


def _do(
    request: PageRequest,
    ticket: Ticket,
    act: Callable[[], object],
    *,
    form: OfferForm | None = None,
) -> HttpResponse:
    """Back to the page; what stands in the way is said, and what was typed is still there."""
    try:
        act()
    except actions.Conflict as conflict:
        trouble = Trouble(_("That was not possible"), words.conflict(conflict.code))
        fresh = tickets.get_for(request.actor, ticket.number)
        return _page(request, fresh, form=form, trouble=trouble, status=409)
    return redirect(reverse("desk_appointment", args=[ticket.number]))


def _take(request: PageRequest, ticket: Ticket) -> None:
    """Sales books an offered time for the customer, who is on the telephone."""
    offer = queries.open_offer_of(ticket, policy=request.policy, now=request.now)
    wanted = request.POST.get("time", "")
    time = next((one.id for one in offer.times if str(one.id) == wanted), None) if offer else None
    if time is None:
        raise actions.Conflict("offer_closed")
    actions.book(actor=request.actor, now=request.now, time_id=time)


def _withdraw(request: PageRequest, ticket: Ticket) -> None:
    offer = queries.open_offer_of(ticket, policy=request.policy, now=request.now)
    if offer is not None:
        actions.withdraw_offer(actor=request.actor, now=request.now, offer_id=offer.id)


def _booked(ticket: Ticket) -> int:
    row = queries.booked_of(ticket)
    if row is None:
        raise actions.Conflict("state_changed")
    return row.pk


def _attend(request: PageRequest, ticket: Ticket) -> None:
    pk = _booked(ticket)
    ticked = set(request.POST.getlist("steps"))
    done = tuple(one.id for one in queries.steps_of(pk) if str(one.id) in ticked)
    came = None
    if ticket.kind == TRAINING and "people" in request.POST:
        form = CameForm(request.POST)
        if not form.is_valid():
            raise actions.Conflict("too_many_people")
        came = actions.Came(form.cleaned_data["people"], form.cleaned_data["reason"])
    actions.attend(actor=request.actor, now=request.now, appointment_id=pk, done=done, came=came)


def _miss(request: PageRequest, ticket: Ticket) -> None:
    actions.miss(actor=request.actor, now=request.now, appointment_id=_booked(ticket))


def _cancel(request: PageRequest, ticket: Ticket) -> None:
    actions.cancel(actor=request.actor, now=request.now, appointment_id=_booked(ticket))


def _steps(request: PageRequest, ticket: Ticket) -> None:
    form = StepsForm(request.POST)
    if not form.is_valid():
        raise actions.Conflict("too_many")
    actions.set_steps(
        actor=request.actor,
        now=request.now,
        appointment_id=_booked(ticket),
        texts=form.lines(),
    )


_ACTS: dict[str, Callable[[PageRequest, Ticket], None]] = {
    "take": _take,
    "withdraw": _withdraw,
    "attend": _attend,
    "miss": _miss,
    "cancel": _cancel,
    "steps": _steps,
}


def _page(
    request: PageRequest,
    ticket: Ticket,
    *,
    form: OfferForm | None = None,
    trouble: Trouble | None = None,
    status: int = 200,
) -> HttpResponse:
    now, policy, scope = request.now, request.policy, tickets.scope_of(ticket)
    rows = [_held(row) for row in queries.appointments_of(ticket)]
    booked = next((one for one in rows if one.row.booked), None)
    offers = access.can(request.actor, Permission.SCHEDULE, scope)
    possible = offers and may_be_offered(State(ticket.state), ticket.kind)
    look = LookForm(request.POST if form else request.GET)
    known = look.cleaned_data if look.is_valid() else {}
    minutes = known.get("minutes") or queries.minutes_for(policy)
    held = booked.row.id if booked else None
    chances = (
        queries.free_times(ticket, policy=policy, now=now, minutes=minutes, without=held)
        if possible
        else []
    )
    chance = _chosen(chances, known.get("agent") or ticket.assignee_id)
    first: dict[str, object] = {"key": new_key(), "mode": Mode.REMOTE.value}
    offer = queries.open_offer_of(ticket, policy=policy, now=now) if offers else None
    zone = timezone.get_current_timezone()
    context: dict[str, object] = {
        "booked": booked,
        "past": [one for one in rows if not one.row.booked],
        "offer": offer,
        "offered": [
            (one, words.when(one.begins, one.ends, tz=zone))
            for one in (offer.times if offer else ())
        ],
        "offer_how": words.how(offer.mode, offer.provider) if offer else "",
        "offers": offers,
        "possible": possible,
        "attends": access.can_move(request.actor, Verb.ATTEND, scope),
        "may_attend": booked is not None and may_attend(booked.row.begins, now=now),
        "may_miss": booked is not None and may_miss(booked.row.begins, now=now),
        "agents": [(one.agent_id, one.name) for one in chances],
        "chance": chance,
        "days": _days(chance) if chance else [],
        "minutes": minutes,
        "providers": policy.meeting.providers,
        "form": form or OfferForm(initial=first),
        "steps_text": "\n".join(one.text for one in booked.steps) if booked else "",
        "trouble": trouble,
        "warnings": policy.training.warnings,
        "training": words.length(policy.training.minutes, policy.training.people)
        if ticket.kind == TRAINING
        else "",
        "came": CameForm(_came(request), initial={"people": 1}),
        "ticked": request.POST.getlist("steps"),
        "missed": sum(one.row.state == Stand.MISSED.value for one in rows),
        "what": words.what(ticket.kind),
    }
    return parts.page(request, ticket, "desk/agenda/appointment.html", context, status=status)


def _came(request: PageRequest) -> QueryDict | None:
    """What was typed of who came, when it could not be kept."""
    return request.POST if request.POST.get("act") == "attend" else None


def _held(row: AppointmentRow) -> Held:
    return Held(
        row=row,
        when=words.when(row.begins, row.ends, tz=timezone.get_current_timezone()),
        how=words.how(row.mode, row.provider),
        state=words.state(row.state),
        look=words.look(row.state),
        steps=queries.steps_of(row.id),
    )


def _chosen(chances: list[Chance], agent_id: int | None) -> Chance | None:
    """Whoever was asked for or has the ticket, else the first who is free at all."""
    mine = (one for one in chances if one.agent_id == agent_id)
    return next(mine, chances[0] if chances else None)


def _days(chance: Chance) -> list[Day]:
    zone = timezone.get_current_timezone()
    grouped = groupby(chance.times[:_MOST], key=lambda one: one.begins.astimezone(zone).date())
    return [
        Day(
            format.weekday_and_day(day),
            tuple(
                (f"{chance.agent_id}|{one.begins.isoformat()}", format.time(one.begins, tz=zone))
                for one in found
            ),
        )
        for day, found in grouped
    ]
