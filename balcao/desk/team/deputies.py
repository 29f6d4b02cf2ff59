"""Deputies: who approves in somebody's place for a period."""

from datetime import date, datetime, time, timedelta

from django.http import HttpResponse
from django.utils import timezone

from balcao.desk.customers.organisation import at
from balcao.desk.customers.parts import explain, show
from balcao.people import actions
from balcao.people.actions import Conflict
from balcao.people.forms import DeputyForm
from balcao.people.queries import team as queries
from balcao.policy.access import Role
from balcao.web.guards import PageRequest, guard
from balcao.web.words import people as words

BOOK = "desk_deputies"


@guard("staff", methods=("GET", "POST"))
def deputies(request: PageRequest) -> HttpResponse:
    """Who stands in for whom; whoever approves names somebody for themselves."""
    mine = queries.deputised_roles(request.actor)
    roles = [(role.value, str(words.ROLES[role.value])) for role in mine]
    form = DeputyForm(
        request.POST if request.method == "POST" else None,
        people=queries.possible_deputies(request.actor),
        roles=roles,
        initial={"starts": timezone.localdate(request.now)},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.name_deputy(
                actor=request.actor,
                now=request.now,
                deputy_id=data["deputy"],
                role=Role(data["role"]),
                starts_at=_midnight(data["starts"]),
                ends_at=_midnight(data["ends"] + timedelta(days=1)),
            )
            return at("desk_deputies", notice="salvo")
        except Conflict as conflict:
            explain(form, conflict.code)
    context = {
        "form": form,
        "deputies": queries.deputies(request.actor, now=request.now),
        "roles": words.ROLES,
        "names": bool(roles),
    }
    status = 422 if form.errors else 200
    return show(request, "desk/team/deputies.html", context, book=BOOK, status=status)


def _midnight(day: date) -> datetime:
    """The beginning of a day where the desk stands."""
    return timezone.make_aware(datetime.combine(day, time()))


@guard("staff", methods=("POST",))
def end(request: PageRequest, deputy_id: int) -> HttpResponse:
    """The deputy approves nothing from now on."""
    actions.end_deputy(actor=request.actor, now=request.now, deputy_row=deputy_id)
    return at("desk_deputies", notice="salvo")
