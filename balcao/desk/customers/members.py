"""Who acts for an organisation: registering somebody, making them its administrator, leaving."""

from django.http import HttpResponse
from django.urls import reverse

from balcao.desk.customers.organisation import at
from balcao.desk.customers.parts import explain, show
from balcao.people import actions
from balcao.people.actions import Conflict
from balcao.people.forms import ClosingForm, PersonForm
from balcao.people.queries import register
from balcao.policy.access import Duty
from balcao.web.guards import PageRequest, guard


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_CUSTOMERS)
def person_new(request: PageRequest, organisation_id: int) -> HttpResponse:
    """Register somebody who acts for the organisation, and invite them."""
    row = register.organisation_for(request.actor, organisation_id)
    units = [(unit.pk, unit.name) for unit in register.units_of(row.pk) if unit.active]
    form = PersonForm(request.POST if request.method == "POST" else None, units=units)
    if form.is_valid():
        data = form.cleaned_data
        try:
            member = actions.add_colleague(
                actor=request.actor,
                now=request.now,
                organisation_id=row.pk,
                name=data["name"],
                address=data["address"],
                phone=data["phone"],
                unit_id=data["unit"],
                is_admin=data["is_admin"],
            )
            return at("desk_person", member.user_id, notice="convite")
        except Conflict as conflict:
            explain(form, conflict.code)
    context = {"form": form, "organisation": row}
    status = 422 if form.errors else 200
    return show(request, "desk/customers/person_form.html", context, status=status)


@guard("staff", methods=("POST",), duty=Duty.KEEP_CUSTOMERS)
def admin(request: PageRequest, organisation_id: int, user_id: int) -> HttpResponse:
    """Make or unmake an administrator of the organisation."""
    register.person_for(request.actor, user_id)
    try:
        actions.set_admin(
            actor=request.actor,
            now=request.now,
            user_id=user_id,
            organisation_id=organisation_id,
            is_admin=request.POST.get("to") == "on",
        )
    except Conflict as conflict:
        last = conflict.code == "last_admin"
        return at("desk_person", user_id, notice="ultimo" if last else "mudou")
    return at("desk_person", user_id, notice="salvo")


@guard("staff", methods=("POST",), duty=Duty.KEEP_CUSTOMERS)
def unit(request: PageRequest, organisation_id: int, user_id: int) -> HttpResponse:
    """Say at which branch somebody works, or at none."""
    register.person_for(request.actor, user_id)
    chosen = request.POST.get("unit", "")
    if chosen:
        chosen = chosen if chosen.isdecimal() and len(chosen) < 18 else "0"
        register.unit_for(request.actor, organisation_id, int(chosen))
    try:
        actions.set_unit(
            actor=request.actor,
            now=request.now,
            user_id=user_id,
            organisation_id=organisation_id,
            unit_id=int(chosen) if chosen else None,
        )
    except Conflict:
        return at("desk_person", user_id, notice="mudou")
    return at("desk_person", user_id, notice="salvo")


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_CUSTOMERS)
def leave(request: PageRequest, organisation_id: int, user_id: int) -> HttpResponse:
    """Somebody does not act for the organisation any more; who goes on is chosen."""
    row = register.organisation_for(request.actor, organisation_id)
    user = register.person_for(request.actor, user_id)
    members = [one for one in register.members_of(row.pk) if one.ended_at is None and one.active]
    colleagues = [(one.user_id, one.name) for one in members if one.user_id != user.pk]
    form = ClosingForm(request.POST if request.method == "POST" else None, colleagues=colleagues)
    if form.is_valid():
        try:
            actions.leave(
                actor=request.actor,
                now=request.now,
                user=user,
                organisation=row,
                successor_id=form.cleaned_data["successor"],
                sure=form.cleaned_data["sure"],
            )
            return at("desk_person", user.pk, notice="saiu")
        except Conflict as conflict:
            explain(form, conflict.code)
    context = {
        "form": form,
        "person": user,
        "organisation": row,
        "back": reverse("desk_person", args=[user.pk]),
        "only_admin": any(one.is_admin for one in members if one.user_id == user.pk)
        and not any(one.is_admin for one in members if one.user_id != user.pk),
    }
    status = 422 if form.errors else 200
    return show(request, "desk/customers/leave.html", context, status=status)
