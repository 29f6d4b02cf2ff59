"""Pessoas da empresa: an organisation's administrator keeps its people, and nobody else's."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from balcao.channels.queries import kept
from balcao.people import actions
from balcao.people import queries as people
from balcao.people.actions import Conflict
from balcao.people.forms import ClosingForm, PersonForm
from balcao.people.queries import colleagues as own
from balcao.people.queries import register
from balcao.policy.access import Duty
from balcao.portal import parts
from balcao.web.guards import PageRequest, guard
from balcao.web.words import people as words

_FIELDS = {"member": "address", "successor": "successor"}


@guard("portal", duty=Duty.KEEP_COLLEAGUES)
def colleagues(request: PageRequest) -> HttpResponse:
    """The people of one organisation that I administer; of several, the chosen one."""
    mine = own.own_organisations(request.actor)
    chosen = request.GET.get("empresa", "")
    organisation = next((one for one in mine if str(one.pk) == chosen), mine[0])
    rows = own.colleagues(request.actor, organisation.pk)
    context = {
        "organisation": organisation,
        "people": rows,
        "only_admin": sum(one.is_admin and one.active for one in rows) < 2,
        "kept_mail": kept.companys(request.actor).count(),
        "changes": people.changes_to_stop(request.actor, [one.user_id for one in rows]),
        "tabs": [
            (one.name, f"{reverse('colleagues')}?empresa={one.pk}", one.pk == organisation.pk)
            for one in mine
        ],
    }
    return _show(request, "portal/colleagues.html", context)


def _show(
    request: PageRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    return parts.show(request, template, context, place="people", status=status)


def _back(organisation_id: int, notice: str) -> HttpResponse:
    response = redirect("colleagues")
    response["Location"] += f"?empresa={organisation_id}&aviso={notice}"
    return response


def _explain(form: forms.Form, code: str) -> None:
    field = _FIELDS.get(code)
    form.add_error(field if field in form.fields else None, words.conflict(code))


@guard("portal", methods=("GET", "POST"), duty=Duty.KEEP_COLLEAGUES)
def new(request: PageRequest, organisation_id: int) -> HttpResponse:
    """Add a colleague. The answer is the same whether the address is on file or not."""
    organisation = own.own_organisation(request.actor, organisation_id)
    units = [(one.pk, one.name) for one in register.units_of(organisation.pk) if one.active]
    form = PersonForm(
        request.POST if request.method == "POST" else None,
        units=units,
        initial={"address": request.GET.get("endereco", "")[:254]},
    )
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.add_colleague(
                actor=request.actor,
                now=request.now,
                organisation_id=organisation.pk,
                name=data["name"],
                address=data["address"],
                phone=data["phone"],
                unit_id=data["unit"],
                is_admin=data["is_admin"],
            )
            return _back(organisation.pk, "colega")
        except Conflict as conflict:
            _explain(form, conflict.code)
    context = {"form": form, "organisation": organisation}
    status = 422 if form.errors else 200
    return _show(request, "portal/colleague_form.html", context, status=status)


@guard("portal", methods=("POST",), duty=Duty.KEEP_COLLEAGUES)
def admin(request: PageRequest, organisation_id: int, user_id: int) -> HttpResponse:
    """Make or unmake an administrator; the last one stays."""
    own.colleague_for(request.actor, organisation_id, user_id)
    try:
        actions.set_admin(
            actor=request.actor,
            now=request.now,
            user_id=user_id,
            organisation_id=organisation_id,
            is_admin=request.POST.get("to") == "on",
        )
    except Conflict:
        return _back(organisation_id, "ultimo")
    if user_id == request.actor.id:
        return redirect("home")
    return _back(organisation_id, "salvo")


@guard("portal", methods=("POST",), duty=Duty.KEEP_COLLEAGUES)
def invite(request: PageRequest, organisation_id: int, user_id: int) -> HttpResponse:
    """Send the invitation again to somebody who did not use it."""
    colleague = own.colleague_for(request.actor, organisation_id, user_id)
    if colleague.waiting:
        actions.invite(actor=request.actor, now=request.now, user_id=user_id)
    return _back(organisation_id, "colega")


@guard("portal", methods=("GET", "POST"), duty=Duty.KEEP_COLLEAGUES)
def leave(request: PageRequest, organisation_id: int, user_id: int) -> HttpResponse:
    """Somebody left the company; a colleague goes on with their open requests."""
    organisation = own.own_organisation(request.actor, organisation_id)
    colleague = own.colleague_for(request.actor, organisation_id, user_id)
    others = [
        (one.user_id, one.name)
        for one in own.colleagues(request.actor, organisation_id)
        if one.user_id != user_id and one.active
    ]
    form = ClosingForm(
        request.POST if request.method == "POST" else None,
        colleagues=others,
        initial={"successor": request.actor.id},
    )
    if form.is_valid():
        try:
            actions.leave(
                actor=request.actor,
                now=request.now,
                user=own.person_of_mine(request.actor, organisation_id, user_id),
                organisation=organisation,
                successor_id=form.cleaned_data["successor"],
            )
            return (
                redirect("home") if user_id == request.actor.id else _back(organisation_id, "saiu")
            )
        except Conflict as conflict:
            _explain(form, conflict.code)
    context = {"form": form, "organisation": organisation, "colleague": colleague}
    status = 422 if form.errors else 200
    return _show(request, "portal/colleague_leave.html", context, status=status)


@guard("portal", methods=("POST",), duty=Duty.KEEP_COLLEAGUES)
def visibility(request: PageRequest, organisation_id: int) -> HttpResponse:
    """Whether colleagues see each other's requests."""
    organisation = own.own_organisation(request.actor, organisation_id)
    actions.let_members_see_all(
        actor=request.actor,
        now=request.now,
        organisation_id=organisation.pk,
        allowed=request.POST.get("to") == "on",
    )
    return _back(organisation.pk, "salvo")


@guard("portal", methods=("POST",), duty=Duty.KEEP_COLLEAGUES)
def stop(request: PageRequest, organisation_id: int, change_id: int) -> HttpResponse:
    """Stop the change of a colleague's e-mail."""
    rows = own.colleagues(request.actor, organisation_id)
    found = people.changes_to_stop(request.actor, [one.user_id for one in rows])
    if change_id not in {one.id for one in found}:
        raise register.NotFound
    try:
        actions.stop_change(actor=request.actor, now=request.now, change_id=change_id)
    except Conflict:
        return _back(organisation_id, "mudou-cadastro")
    return _back(organisation_id, "interrompido")
