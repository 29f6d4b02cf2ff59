"""Ausências: who of the team is away, and handing their tickets on (R24)."""

from datetime import datetime

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy

from balcao.desk.menu import show
from balcao.policy.access import Duty, Permission, can, may
from balcao.tickets import actions, queries
from balcao.web.guards import PageRequest, guard

_BOOK = "desk_absences"
_CONFLICTS = {
    "overlaps": gettext_lazy("There is another absence in that time."),
    "backwards": gettext_lazy("It must end after it begins, and not in the past."),
}


class AbsenceForm(forms.Form):
    """The shape of an absence. Without a beginning it begins now."""

    user = forms.TypedChoiceField(label=gettext_lazy("Who"), coerce=int, choices=[])
    starts_at = forms.DateTimeField(
        label=gettext_lazy("From"),
        required=False,
        help_text=gettext_lazy("Left empty: from now on."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    ends_at = forms.DateTimeField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("Left empty: until the person is back."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, data: object, *, people: list[tuple[int, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["user"].choices = people  # type: ignore[attr-defined]

    def starts(self, now: datetime) -> datetime:
        """The beginning that was given, or ``now``."""
        given: datetime | None = self.cleaned_data["starts_at"]
        return given or now


@guard("staff", methods=("GET", "POST"), duty=Duty.VIEW_ABSENCES)
def absences(request: PageRequest) -> HttpResponse:
    """The absences that run and are to come, and the form for one more."""
    form = AbsenceForm(request.POST if request.method == "POST" else None, people=_people(request))
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if form.is_bound else 200)
    try:
        actions.announce_absence(
            actor=request.actor,
            now=request.now,
            user_id=form.cleaned_data["user"],
            starts_at=form.starts(request.now),
            ends_at=form.cleaned_data["ends_at"],
        )
    except actions.Conflict as conflict:
        form.add_error(None, str(_CONFLICTS[conflict.code]))
        return _page(request, form, status=409)
    return redirect(_BOOK)


def _people(request: PageRequest) -> list[tuple[int, str]]:
    """Whose absence the reader may announce: everybody's, or their own."""
    actor = request.actor
    if may(actor, Duty.KEEP_ABSENCES):
        return queries.team()
    if actor.id is not None and can(actor, Permission.TAKE_NEXT, None):
        return [(actor.id, actor.label)]
    return []


def _page(request: PageRequest, form: AbsenceForm, *, status: int) -> HttpResponse:
    actor, rows = request.actor, queries.absences_for(request.actor)
    people = _people(request)
    own = next((row for row in rows if row.user_id == actor.id and row.began), None)
    context: dict[str, object] = {
        "form": form,
        "own": own,
        "here": own is None and any(pk == actor.id for pk, _name in people),
        "rows": rows,
        "people": people,
        "mine": {pk for pk, _name in people},
    }
    return show(request, "desk/absences.html", context, book=_BOOK, status=status)


@guard("staff", methods=("POST",), duty=Duty.VIEW_ABSENCES)
def end(request: PageRequest, absence_id: int) -> HttpResponse:
    """ "Voltei", or an absence called off."""
    if all(row.id != absence_id for row in queries.absences_for(request.actor)):
        return redirect(_BOOK)
    actions.end_absence(actor=request.actor, now=request.now, absence_id=absence_id)
    return redirect(_BOOK)
