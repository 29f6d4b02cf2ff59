"""One licence: what it says, what was done to it, and the forms of sales."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.desk.goods import forms
from balcao.desk.goods.parts import CONTRACTS, form_page, sent
from balcao.desk.menu import show
from balcao.entitlements import actions, queries
from balcao.entitlements.actions import EndReason
from balcao.policy.access import Duty, may
from balcao.policy.entitlement import local_day
from balcao.web import words
from balcao.web.guards import PageRequest, guard


@guard("staff", duty=Duty.VIEW_CUSTOMERS)
def licence(request: PageRequest, licence_id: int) -> HttpResponse:
    """What the licence says, its key masked, and its history."""
    return _shown(request, licence_id)


@guard("staff", methods=("POST",), duty=Duty.VIEW_CUSTOMERS)
def key(request: PageRequest, licence_id: int) -> HttpResponse:
    """The whole key, once, on record: it is in no address and in no cache."""
    row = queries.licence_for(request.actor, licence_id)
    shown = actions.show_key(actor=request.actor, now=request.now, licence_id=row.pk)
    return _shown(request, licence_id, key=shown)


def _shown(request: PageRequest, licence_id: int, key: str = "") -> HttpResponse:
    row = queries.licence_for(request.actor, licence_id)
    card = queries.card_of(
        (row.organisation_id, row.organisation.name), policy=request.policy, now=request.now
    )
    line = next(one for one in card.licences if one.id == row.pk)
    context: dict[str, object] = {
        "row": row,
        "line": line,
        "badge": words.goods.licence_badge(line.state, replaced=line.replaced),
        "key": key,
        "history": queries.history_of(request.actor, [row]),
        "keeps": may(request.actor, Duty.KEEP_ENTITLEMENTS),
    }
    return show(request, "desk/goods/licence.html", context, book=CONTRACTS)


def _address(licence_id: int) -> str:
    return reverse("desk_licence", args=[licence_id])


def _contracts(request: PageRequest, organisation_id: int) -> list[tuple[object, str]]:
    return [
        (pk, f"{words.kind(kind)}, {reference}")
        for pk, kind, reference in queries.contract_choices(request.actor, organisation_id)
    ]


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_ENTITLEMENTS)
def new(request: PageRequest, organisation_id: int) -> HttpResponse:
    """A licence for a customer (S5)."""
    company = queries.company_for(request.actor, organisation_id)
    licences = queries.licence_choices(request.actor, company.id)
    form = forms.NewLicenceForm(
        sent(request),
        products=queries.product_choices(request.actor),
        contracts=_contracts(request, company.id),
        units=company.units,
        licences=[(pk, f"{product} {masked}") for pk, product, masked in licences],
        initial={"valid_from": local_day(request.now, request.policy.timezone)},
    )

    def save() -> str:
        made = actions.add_licence(
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
        title=_("New licence"),
        lead=company.name,
        back=(reverse("desk_goods", args=[company.id]), company.name),
    )


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_ENTITLEMENTS)
def change(request: PageRequest, licence_id: int) -> HttpResponse:
    """Correct what the licence says. Its key is typed anew only when it changes."""
    row = queries.licence_for(request.actor, licence_id)
    company = queries.company_for(request.actor, row.organisation_id)
    own = {(row.unit.pk, row.unit.name)} if row.unit else set()
    form = forms.LicenceForm(
        sent(request),
        products=queries.product_choices(request.actor, besides=row.product_id),
        contracts=_contracts(request, company.id),
        units=sorted({*company.units, *own}, key=lambda unit: unit[1]),
        initial={
            "product": row.product_id,
            "contract": row.contract_id,
            "unit": row.unit_id,
            "valid_from": row.valid_from,
            "valid_until": row.valid_until,
            "version": row.version,
            "technical_until": row.technical_until,
            "extensions": row.extensions,
            "equipment": row.equipment,
            "seen": row.revision,
        },
    )
    form.keep_key(row.key, queries.mask(row.key))

    def save() -> str:
        actions.change_licence(
            actor=request.actor,
            now=request.now,
            licence_id=row.pk,
            terms=form.terms(),
            seen=form.cleaned_data["seen"],
        )
        return _address(row.pk)

    return form_page(
        request,
        form,
        save,
        title=_("Change licence of %(product)s") % {"product": row.product.name},
        lead=_("To extend it, renew it: the history then says so."),
        back=(_address(row.pk), row.product.name),
    )


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_ENTITLEMENTS)
def renew(request: PageRequest, licence_id: int) -> HttpResponse:
    """A later last valid day."""
    row = queries.licence_for(request.actor, licence_id)
    form = forms.RenewForm(sent(request), initial={"seen": row.revision})

    def save() -> str:
        actions.renew_licence(
            actor=request.actor,
            now=request.now,
            licence_id=row.pk,
            until=form.cleaned_data["until"],
            seen=form.cleaned_data["seen"],
        )
        return _address(row.pk)

    return form_page(
        request,
        form,
        save,
        title=_("Renew licence of %(product)s") % {"product": row.product.name},
        lead=words.goods.period(row.valid_from, row.valid_until),
        back=(_address(row.pk), row.product.name),
        submit=_("Renew"),
    )


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_ENTITLEMENTS)
def end(request: PageRequest, licence_id: int) -> HttpResponse:
    """End it before its time."""
    row = queries.licence_for(request.actor, licence_id)
    today = local_day(request.now, request.policy.timezone)
    form = forms.EndForm(sent(request), initial={"on": today, "seen": row.revision})

    def save() -> str:
        data = form.cleaned_data
        actions.end_licence(
            actor=request.actor,
            now=request.now,
            licence_id=row.pk,
            on=data["on"],
            reason=EndReason(data["reason"]),
            seen=data["seen"],
        )
        return _address(row.pk)

    return form_page(
        request,
        form,
        save,
        title=_("End licence of %(product)s") % {"product": row.product.name},
        lead=_("Open requests are served to their end; new ones need another licence."),
        back=(_address(row.pk), row.product.name),
        submit=_("End it"),
    )
