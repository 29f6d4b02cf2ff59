"""One contract: what it says, what was done to it, and the forms of sales."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.desk.goods import forms
from balcao.desk.goods.parts import CONTRACTS, form_page, sent
from balcao.desk.menu import show
from balcao.entitlements import actions, queries
from balcao.entitlements.actions import Conflict, EndReason, SuspensionReason
from balcao.policy.access import Duty, may
from balcao.policy.entitlement import contract_state, local_day
from balcao.web import words
from balcao.web.guards import PageRequest, guard


@guard("staff", duty=Duty.VIEW_CUSTOMERS)
def contract(request: PageRequest, contract_id: int) -> HttpResponse:
    """What the contract says and its history."""
    return _shown(request, contract_id)


def _shown(request: PageRequest, contract_id: int, trouble: str = "") -> HttpResponse:
    row = queries.contract_for(request.actor, contract_id)
    today = local_day(request.now, request.policy.timezone)
    card = queries.card_of(
        (row.organisation_id, row.organisation.name), policy=request.policy, now=request.now
    )
    line = next(one for one in card.contracts if one.id == row.pk)
    context: dict[str, object] = {
        "row": row,
        "line": line,
        "badge": words.goods.contract_badge(line.state, replaced=line.replaced),
        "licences": [one for one in card.licences if one.contract == row.reference],
        "history": queries.history_of(request.actor, [row]),
        "keeps": may(request.actor, Duty.KEEP_ENTITLEMENTS),
        "over": contract_state(queries.contract_facts(row), today) == "ended",
        "trouble": trouble,
    }
    return show(
        request,
        "desk/goods/contract.html",
        context,
        book=CONTRACTS,
        status=409 if trouble else 200,
    )


def _address(contract_id: int) -> str:
    return reverse("desk_contract", args=[contract_id])


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_ENTITLEMENTS)
def new(request: PageRequest, organisation_id: int) -> HttpResponse:
    """A contract for a customer (S2)."""
    company = queries.company_for(request.actor, organisation_id)
    form = forms.NewContractForm(
        sent(request),
        units=company.units,
        contracts=[
            (pk, f"{words.kind(kind)}, {reference}")
            for pk, kind, reference in queries.contract_choices(request.actor, company.id)
        ],
        initial={"starts": local_day(request.now, request.policy.timezone)},
    )

    def save() -> str:
        made = actions.add_contract(
            actor=request.actor,
            now=request.now,
            organisation_id=company.id,
            terms=form.terms(),
            replaces_id=form.replaced(),
        )
        return _address(made.pk)

    return form_page(
        request,
        form,
        save,
        title=_("New contract"),
        lead=company.name,
        back=(reverse("desk_goods", args=[company.id]), company.name),
    )


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_ENTITLEMENTS)
def change(request: PageRequest, contract_id: int) -> HttpResponse:
    """Correct what the contract says."""
    row = queries.contract_for(request.actor, contract_id)
    company = queries.company_for(request.actor, row.organisation_id)
    own = [(unit.pk, unit.name) for unit in row.units.all()]
    form = forms.ContractForm(
        sent(request),
        units=sorted({*company.units, *own}, key=lambda unit: unit[1]),
        initial={
            "kind": row.kind,
            "reference": row.reference,
            "starts": row.starts,
            "ends": row.ends,
            "units": [] if row.all_units else [str(pk) for pk, _name in own],
            "seen": row.revision,
        },
    )

    def save() -> str:
        actions.change_contract(
            actor=request.actor,
            now=request.now,
            contract_id=row.pk,
            terms=form.terms(),
            seen=form.cleaned_data["seen"],
        )
        return _address(row.pk)

    return form_page(
        request,
        form,
        save,
        title=_("Change contract %(number)s") % {"number": row.reference},
        lead=_("To extend it, renew it: the history then says so."),
        back=(_address(row.pk), row.reference),
    )


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_ENTITLEMENTS)
def renew(request: PageRequest, contract_id: int) -> HttpResponse:
    """A later end."""
    row = queries.contract_for(request.actor, contract_id)
    form = forms.RenewContractForm(sent(request), initial={"seen": row.revision})

    def save() -> str:
        data = form.cleaned_data
        actions.renew_contract(
            actor=request.actor,
            now=request.now,
            contract_id=row.pk,
            until=data["until"],
            with_licences=data["with_licences"],
            seen=data["seen"],
        )
        return _address(row.pk)

    return form_page(
        request,
        form,
        save,
        title=_("Renew contract %(number)s") % {"number": row.reference},
        lead=words.goods.period(row.starts, row.ends),
        back=(_address(row.pk), row.reference),
        submit=_("Renew"),
    )


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_ENTITLEMENTS)
def suspend(request: PageRequest, contract_id: int) -> HttpResponse:
    """No new requests for a while; open ones are served to their end (R7)."""
    row = queries.contract_for(request.actor, contract_id)
    today = local_day(request.now, request.policy.timezone)
    form = forms.SuspendForm(sent(request), initial={"first": today, "seen": row.revision})

    def save() -> str:
        data = form.cleaned_data
        actions.suspend_contract(
            actor=request.actor,
            now=request.now,
            contract_id=row.pk,
            first=data["first"],
            last=data["last"],
            reason=SuspensionReason(data["reason"]),
            seen=data["seen"],
        )
        return _address(row.pk)

    return form_page(
        request,
        form,
        save,
        title=_("Suspend contract %(number)s") % {"number": row.reference},
        lead=_("No new requests meanwhile; open ones are served to their end."),
        back=(_address(row.pk), row.reference),
        submit=_("Suspend"),
    )


@guard("staff", methods=("POST",), duty=Duty.KEEP_ENTITLEMENTS)
def resume(request: PageRequest, contract_id: int) -> HttpResponse:
    """The contract covers again from today."""
    row = queries.contract_for(request.actor, contract_id)
    try:
        actions.resume_contract(actor=request.actor, now=request.now, contract_id=row.pk)
    except Conflict as conflict:
        return _shown(request, row.pk, words.goods.conflict(conflict.code))
    return redirect(_address(row.pk))


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_ENTITLEMENTS)
def end(request: PageRequest, contract_id: int) -> HttpResponse:
    """End it before its time."""
    row = queries.contract_for(request.actor, contract_id)
    today = local_day(request.now, request.policy.timezone)
    form = forms.EndForm(sent(request), initial={"on": today, "seen": row.revision})

    def save() -> str:
        data = form.cleaned_data
        actions.end_contract(
            actor=request.actor,
            now=request.now,
            contract_id=row.pk,
            on=data["on"],
            reason=EndReason(data["reason"]),
            seen=data["seen"],
        )
        return _address(row.pk)

    return form_page(
        request,
        form,
        save,
        title=_("End contract %(number)s") % {"number": row.reference},
        lead=_("Open requests are served to their end; new ones need another contract."),
        back=(_address(row.pk), row.reference),
        submit=_("End it"),
    )
