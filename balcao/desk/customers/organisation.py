"""One organisation: its register, branches, people and history."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from balcao.desk.customers.parts import explain, line_of, show, tabs, tickets_of
from balcao.desk.seen import ORGANISATION, seen_by
from balcao.people import actions
from balcao.people.actions import Conflict
from balcao.people.forms import OrganisationForm, UnitForm
from balcao.people.queries import history, register
from balcao.policy.access import Duty, may
from balcao.web.guards import PageRequest, guard


def at(route: str, *args: int, notice: str = "") -> HttpResponse:
    """Go to a page about customers, with a notice."""
    response = redirect(route, *args)
    if notice:
        response["Location"] += f"?aviso={notice}"
    return response


@guard("staff", duty=Duty.VIEW_CUSTOMERS)
def organisation(request: PageRequest, organisation_id: int) -> HttpResponse:
    """Register, branches and people."""
    row = register.organisation_for(request.actor, organisation_id)
    seen_by(request, ORGANISATION, row.pk)
    members = register.members_of(row.pk)
    context = {
        "organisation": row,
        "units": register.units_of(row.pk),
        "members": [one for one in members if one.ended_at is None],
        "former": [one for one in members if one.ended_at is not None],
        "tabs": tabs(request, row.pk, "desk_organisation"),
        "tickets": tickets_of(request, row.pk),
        "sells": may(request.actor, Duty.KEEP_SALES),
        "sees_sales": may(request.actor, Duty.VIEW_SALES),
    }
    return show(request, "desk/customers/organisation.html", context)


@guard("staff", duty=Duty.VIEW_CUSTOMERS)
def past(request: PageRequest, organisation_id: int) -> HttpResponse:
    """What happened to the organisation's register."""
    row = register.organisation_for(request.actor, organisation_id)
    seen_by(request, ORGANISATION, row.pk)
    events = history.history_of(request.actor, type(row), row.pk)
    context = {
        "organisation": row,
        "lines": [line_of(event) for event in events],
        "tabs": tabs(request, row.pk, "desk_organisation_history"),
    }
    return show(request, "desk/customers/organisation_history.html", context)


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_CUSTOMERS)
def new(request: PageRequest) -> HttpResponse:
    """Register a customer."""
    form = OrganisationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            row = actions.register_organisation(
                actor=request.actor,
                now=request.now,
                name=data["name"],
                tax_id=data["tax_id"],
                reference=data["reference"],
                phone=data["phone"],
            )
            return at("desk_organisation", row.pk, notice="salvo")
        except Conflict as conflict:
            explain(form, conflict.code)
    return _form(request, form, None)


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_CUSTOMERS)
def edit(request: PageRequest, organisation_id: int) -> HttpResponse:
    """Rename it, correct its numbers."""
    row = register.organisation_for(request.actor, organisation_id)
    kept = {
        "name": row.name,
        "tax_id": row.tax_id,
        "reference": row.reference,
        "phone": row.phone,
    }
    form = OrganisationForm(request.POST if request.method == "POST" else None, initial=kept)
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.change_organisation(
                actor=request.actor,
                now=request.now,
                organisation_id=row.pk,
                name=data["name"],
                tax_id=data["tax_id"],
                reference=data["reference"],
                phone=data["phone"],
            )
            return at("desk_organisation", row.pk, notice="salvo")
        except Conflict as conflict:
            explain(form, conflict.code)
    return _form(request, form, row.pk)


def _form(request: PageRequest, form: OrganisationForm, pk: int | None) -> HttpResponse:
    back = reverse("desk_organisation", args=[pk]) if pk else reverse("desk_customers")
    context = {"form": form, "new": pk is None, "back": back}
    status = 422 if form.errors else 200
    return show(request, "desk/customers/organisation_form.html", context, status=status)


@guard("staff", methods=("POST",), duty=Duty.KEEP_CUSTOMERS)
def switch(request: PageRequest, organisation_id: int) -> HttpResponse:
    """No customer any more, or a customer again."""
    row = register.organisation_for(request.actor, organisation_id)
    act = actions.reactivate_organisation
    if request.POST.get("to") == "off":
        act = actions.deactivate_organisation
    act(actor=request.actor, now=request.now, organisation_id=row.pk)
    return at("desk_organisation", row.pk, notice="salvo")


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_CUSTOMERS)
def unit_new(request: PageRequest, organisation_id: int) -> HttpResponse:
    """Add a branch."""
    return _unit(request, organisation_id, None)


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_CUSTOMERS)
def unit_edit(request: PageRequest, organisation_id: int, unit_id: int) -> HttpResponse:
    """Change a branch, or close it."""
    return _unit(request, organisation_id, unit_id)


def _unit(request: PageRequest, organisation_id: int, unit_id: int | None) -> HttpResponse:
    row = register.organisation_for(request.actor, organisation_id)
    kept: dict[str, object] = {"active": True}
    if unit_id:
        unit = register.unit_for(request.actor, row.pk, unit_id)
        kept = {name: getattr(unit, name) for name in ("name", "tax_id", "other_root", "active")}
    form = UnitForm(request.POST if request.method == "POST" else None, initial=kept)
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.save_unit(
                actor=request.actor,
                now=request.now,
                organisation_id=row.pk,
                unit_id=unit_id,
                name=data["name"],
                tax_id=data["tax_id"],
                other_root=data["other_root"],
                active=data["active"],
            )
            return at("desk_organisation", row.pk, notice="salvo")
        except Conflict as conflict:
            explain(form, conflict.code)
    context = {"form": form, "organisation": row, "new": unit_id is None}
    status = 422 if form.errors else 200
    return show(request, "desk/customers/unit_form.html", context, status=status)
