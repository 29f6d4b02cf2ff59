"""When somebody can be booked: their own hours, and everybody's for supervisors."""

from datetime import time

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from balcao.appointments import actions, queries
from balcao.desk import menu
from balcao.policy import access
from balcao.policy.access import Duty
from balcao.policy.book import Span
from balcao.web.guards import PageRequest, guard
from balcao.web.words import appointments as words
from balcao.web.words.hours import WEEKDAYS, clock

BOOK = "desk_agenda"
_PERIODS = 2


class WeekForm(forms.Form):
    """Two periods a day, each with a beginning and an end, or empty."""

    def __init__(self, data: object = None, *, initial: dict[str, object] | None = None) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        for day in range(7):
            for period in range(_PERIODS):
                for edge in ("from", "until"):
                    self.fields[f"{edge}_{day}_{period}"] = forms.TimeField(
                        required=False,
                        label=WEEKDAYS[day],
                        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
                    )

    def week(self) -> list[list[Span]]:
        """What was typed; half a period is a span that nobody can keep."""
        return [
            [
                Span(_minutes(start) if start else -1, _minutes(end) if end else -1)
                for period in range(_PERIODS)
                for start, end in [self._edges(day, period)]
                if start or end
            ]
            for day in range(7)
        ]

    def _edges(self, day: int, period: int) -> tuple[time | None, time | None]:
        data = self.cleaned_data
        return data[f"from_{day}_{period}"], data[f"until_{day}_{period}"]

    def days(self) -> list[tuple[str, list[tuple[forms.BoundField, forms.BoundField]]]]:
        """The rows of the form."""
        return [
            (
                str(WEEKDAYS[day]),
                [(self[f"from_{day}_{n}"], self[f"until_{day}_{n}"]) for n in range(_PERIODS)],
            )
            for day in range(7)
        ]


def _minutes(value: time) -> int:
    return value.hour * 60 + value.minute


@guard("staff", methods=("GET", "POST"), duty=Duty.OWN_AGENDA)
def hours(request: PageRequest) -> HttpResponse:
    """One's own."""
    assert request.actor.id is not None
    return _hours(request, request.actor.id, request.actor.label, reverse("desk_agenda_hours"))


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_AGENDA)
def hours_of(request: PageRequest, user_id: int) -> HttpResponse:
    """A colleague's."""
    name = dict(queries.team_with_hours()).get(user_id)
    if name is None:
        raise PermissionDenied
    return _hours(request, user_id, name, reverse("desk_agenda_hours_of", args=[user_id]))


def _hours(request: PageRequest, user_id: int, name: str, address: str) -> HttpResponse:
    if request.method != "POST":
        return _page(request, WeekForm(initial=_initial(user_id)), user_id, name, address)
    form = WeekForm(request.POST)
    if not form.is_valid():
        return _page(request, form, user_id, name, address, status=422)
    try:
        actions.keep_hours(actor=request.actor, now=request.now, agent_id=user_id, week=form.week())
    except actions.Conflict as conflict:
        form.add_error(None, words.conflict(conflict.code))
        return _page(request, form, user_id, name, address, status=422)
    return redirect(f"{address}?aviso=salvo")


def _initial(user_id: int) -> dict[str, object]:
    week = queries.hours_of([user_id]).get(user_id, ())
    return {
        f"{edge}_{day}_{period}": clock(minute) if minute < 24 * 60 else "23:59"
        for day, spans in enumerate(week)
        for period, span in enumerate(spans[:_PERIODS])
        for edge, minute in (("from", span.start), ("until", span.end))
    }


def _page(
    request: PageRequest,
    form: WeekForm,
    user_id: int,
    name: str,
    address: str,
    *,
    status: int = 200,
) -> HttpResponse:
    keeps = access.may(request.actor, Duty.KEEP_AGENDA)
    context: dict[str, object] = {
        "form": form,
        "name": name,
        "address": address,
        "own": user_id == request.actor.id,
        "saved": request.GET.get("aviso") == "salvo",
        "team": queries.team_with_hours() if keeps else [],
        "user_id": user_id,
        "has_feed": queries.has_feed(user_id),
    }
    return menu.show(request, "desk/agenda/hours.html", context, book=BOOK, status=status)
