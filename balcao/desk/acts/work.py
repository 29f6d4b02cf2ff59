"""What was done on a ticket: remote accesses, time spent, linked tickets; in its rail or alone."""

from django import forms
from django.core.validators import RegexValidator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from balcao.desk.acts import parts
from balcao.desk.forms import new_key
from balcao.desk.place import is_fragment, place_of
from balcao.policy import access
from balcao.policy.access import Permission
from balcao.policy.acts import MAX_MINUTES
from balcao.tickets import actions, queries
from balcao.tickets.queries import Ticket
from balcao.web.guards import PageRequest, guard
from balcao.web.words import acts


class TimeForm(forms.Form):
    """Minutes of one's own, and what for."""

    key = forms.CharField(validators=[RegexValidator(r"^[0-9a-f]{32}$")])
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        min_value=1,
        max_value=MAX_MINUTES,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            gettext_lazy("Type whole minutes: one at least, a day at most."),
        ),
    )
    note = forms.CharField(label=gettext_lazy("What for"), max_length=200, required=False)


@guard("desk")
def work(request: PageRequest, number: str) -> HttpResponse:
    return _shown(request, number)


def _shown(request: PageRequest, number: str) -> HttpResponse:
    row = parts.ticket_for(request, number, Permission.VIEW_NOTES)
    return _page(request, row, TimeForm(initial={"key": new_key()}))


@guard("desk", methods=("POST",))
def log(request: PageRequest, number: str) -> HttpResponse:
    """Note minutes; what does not fit comes back as it was typed."""
    row = parts.ticket_for(request, number, Permission.LOG_TIME)
    form = TimeForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    data = form.cleaned_data
    actions.log_time(
        actor=request.actor,
        now=request.now,
        ticket_id=row.pk,
        minutes=data["minutes"],
        note=data["note"],
        key=data["key"],
    )
    return _back(request, row)


@guard("desk", methods=("POST",))
def remove(request: PageRequest, number: str, time_id: int) -> HttpResponse:
    """Take noted minutes back."""
    row = parts.ticket_for(request, number, Permission.LOG_TIME)
    if time_id in {one.id for one in queries.times_of(request.actor, row)}:
        actions.remove_time(actor=request.actor, now=request.now, time_id=time_id)
    return _back(request, row)


def _back(request: PageRequest, row: Ticket) -> HttpResponse:
    """To the page; a script that has it unfolded in the rail gets what stands there now."""
    if is_fragment(request):
        return _shown(request, row.number)
    return redirect(reverse("desk_work", args=[row.number]) + place_of(request).query)


def _page(request: PageRequest, row: Ticket, form: TimeForm, *, status: int = 200) -> HttpResponse:
    may_log = access.can(request.actor, Permission.LOG_TIME, queries.scope_of(row))
    times = queries.times_of(request.actor, row)
    people: dict[str, int] = {}
    for one in times:
        people[one.agent] = people.get(one.agent, 0) + one.minutes
    context = {
        "sessions": [
            (one, acts.remote(one, one.agent)) for one in queries.sessions_of(request.actor, row)
        ],
        "times": [(one, acts.minutes(one.minutes)) for one in times],
        "people": [(name, acts.minutes(spent)) for name, spent in people.items()],
        "total": acts.minutes(row.spent_minutes),
        "links": queries.links_of(request.actor, row),
        "form": form if may_log else None,
    }
    if is_fragment(request):
        # A script puts only what went well into a page, so what did not fit comes as that too.
        fragment = {"ticket": row, "place": place_of(request), **context}
        return render(request, "desk/acts/work_alone.html", fragment)
    return parts.page(request, row, "desk/acts/work.html", context, status=status)
