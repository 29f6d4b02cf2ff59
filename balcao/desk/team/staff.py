"""The staff: registering somebody with an invitation, and the roles they have."""

from django.http import HttpResponse

from balcao.desk.customers.organisation import at
from balcao.desk.customers.parts import explain, show
from balcao.people import actions
from balcao.people.actions import Conflict
from balcao.people.forms import RolesForm, StaffForm
from balcao.people.queries import register
from balcao.people.queries import team as queries
from balcao.policy.access import Duty, Role
from balcao.web.guards import PageRequest, guard
from balcao.web.words import people as words

BOOK = "desk_team"


@guard("staff", duty=Duty.KEEP_TEAM)
def team(request: PageRequest) -> HttpResponse:
    """Everybody and their roles."""
    context = {"team": queries.team(request.actor), "roles": words.ROLES}
    return show(request, "desk/team/team.html", context, book=BOOK)


def _roles() -> list[tuple[str, str]]:
    return [(code, str(label)) for code, label in words.ROLES.items()]


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_TEAM)
def new(request: PageRequest) -> HttpResponse:
    """Register somebody of the staff, and invite them."""
    form = StaffForm(request.POST if request.method == "POST" else None, roles=_roles())
    if form.is_valid():
        data = form.cleaned_data
        user = actions.register_person(
            actor=request.actor,
            now=request.now,
            name=data["name"],
            address=data["address"],
            phone=data["phone"],
            roles=[Role(code) for code in data["roles"]],
        )
        actions.invite(actor=request.actor, now=request.now, user_id=user.pk)
        return at("desk_team", notice="convite")
    status = 422 if form.errors else 200
    return show(request, "desk/team/new.html", {"form": form}, book=BOOK, status=status)


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_TEAM)
def hats(request: PageRequest, user_id: int) -> HttpResponse:
    """The roles of somebody; every change holds from their next request on."""
    user = queries.member_for(request.actor, user_id)
    worn = sorted(register.hats_worn(user.pk))
    form = RolesForm(
        request.POST if request.method == "POST" else None,
        roles=_roles(),
        initial={"roles": [hat.value for hat in worn]},
    )
    if form.is_valid():
        chosen = frozenset(Role(code) for code in form.cleaned_data["roles"])
        try:
            actions.set_hats(actor=request.actor, now=request.now, user_id=user.pk, hats=chosen)
            return at("desk_team", notice="salvo")
        except Conflict as conflict:
            explain(form, conflict.code)
    context = {"form": form, "person": user, "oneself": user.pk == request.actor.id}
    status = 422 if form.errors else 200
    return show(request, "desk/team/hats.html", context, book=BOOK, status=status)
