"""My e-mails and telephones on file: changed by me, with my password and a proof (A8)."""

from django.http import HttpResponse
from django.shortcuts import redirect

from balcao.people import actions, queries
from balcao.people.actions import Conflict
from balcao.people.forms import NewAddressForm, PhoneForm
from balcao.people.queries import Address, register
from balcao.portal.account.parts import knows_password, own_id, show
from balcao.web.guards import PageRequest, guard
from balcao.web.words import people as words


@guard("signed_in", methods=("GET", "POST"))
def addresses(request: PageRequest) -> HttpResponse:
    """What is on file; a POST asks for another e-mail, and a link goes there."""
    kept = queries.addresses_of(own_id(request))
    form = _form(request, kept)
    if form.is_valid() and knows_password(request, form):
        data = form.cleaned_data
        try:
            actions.ask_address_change(
                actor=request.actor,
                now=request.now,
                address=data["address"],
                password=data["current"],
                replaces_id=data["replaces"],
            )
            return _back("confirme")
        except Conflict as conflict:
            form.add_error("address", words.conflict(conflict.code))
    return _page(request, form, PhoneForm())


def _form(request: PageRequest, kept: list[Address]) -> NewAddressForm:
    """The change of an e-mail; what it replaces is the one that gets mail, unless chosen."""
    asked = request.POST if "address" in request.POST else None
    on_file = [(one.pk, one.address) for one in kept]
    return NewAddressForm(asked, on_file=on_file, initial={"replaces": kept[0].pk if kept else ""})


def _page(request: PageRequest, form: NewAddressForm, phone_form: PhoneForm) -> HttpResponse:
    context = {
        "addresses": queries.addresses_of(own_id(request)),
        "phones": register.phones_of(own_id(request)),
        "changes": queries.changes_to_stop(request.actor, [own_id(request)]),
        "form": form,
        "phone_form": phone_form,
    }
    status = 422 if form.errors or phone_form.errors else 200
    return show(
        request,
        "portal/account/addresses.html",
        context,
        section="account_addresses",
        status=status,
    )


def _back(notice: str) -> HttpResponse:
    response = redirect("account_addresses")
    response["Location"] += f"?aviso={notice}"
    return response


@guard("signed_in", methods=("POST",))
def stop(request: PageRequest, change_id: int) -> HttpResponse:
    """Stop the change of my e-mail."""
    found = queries.changes_to_stop(request.actor, [own_id(request)])
    if change_id not in {one.id for one in found}:
        raise register.NotFound
    try:
        actions.stop_change(actor=request.actor, now=request.now, change_id=change_id)
    except Conflict:
        return _back("mudou-cadastro")
    return _back("interrompido")


@guard("signed_in", methods=("POST",))
def phone(request: PageRequest) -> HttpResponse:
    """Register a telephone of mine."""
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _page(request, _form(request, queries.addresses_of(own_id(request))), form)
    actions.add_phone(
        actor=request.actor,
        now=request.now,
        user_id=own_id(request),
        number=form.cleaned_data["phone"],
    )
    return _back("salvo")


@guard("signed_in", methods=("POST",))
def phone_retire(request: PageRequest, phone_id: int) -> HttpResponse:
    """The number is mine no more."""
    if phone_id not in {one.pk for one in register.phones_of(own_id(request))}:
        raise register.NotFound
    actions.retire_phone(
        actor=request.actor, now=request.now, user_id=own_id(request), phone_id=phone_id
    )
    return _back("salvo")
