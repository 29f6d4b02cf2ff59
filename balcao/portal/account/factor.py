"""My second factor: an authenticator app and recovery codes."""

import segno
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from balcao.people import actions
from balcao.people.queries import has_second_factor, recovery_codes
from balcao.policy.accounts import must_prove
from balcao.portal.account.parts import knows_password, own_id, renew_key, show
from balcao.portal.addresses import back
from balcao.portal.forms import AddFactorForm, PasswordAgainForm
from balcao.web.guards import PROVEN, PageRequest, guard

# In the session: the secret of an app not yet added, and that new recovery codes wait to be read.
_SECRET, _FRESH = "new_factor", "fresh_codes"
_GROUP = 4


@guard("signed_in", methods=("GET", "POST"), unproven=True)
def factor(request: PageRequest) -> HttpResponse:
    """Add an app by its QR code or key; or see what I have."""
    user_id = own_id(request)
    if has_second_factor(user_id):
        if not request.session.get(PROVEN):
            return redirect("second_factor")
        return _kept(request, PasswordAgainForm())
    secret = request.session.get(_SECRET)
    if request.method != "POST" or not secret:
        return _offer(request, AddFactorForm())
    form = AddFactorForm(request.POST)
    if form.is_valid() and knows_password(request, form):
        if actions.add_factor(
            now=request.now, user_id=user_id, secret=secret, code=form.cleaned_data["factor"]
        ):
            del request.session[_SECRET]
            request.session[PROVEN] = "totp"
            request.session[_FRESH] = True
            renew_key(request)
            return redirect("account_codes")
        form.add_error("factor", _("The code does not match. Use the one the app shows now."))
    return _offer(request, form)


def _offer(request: PageRequest, form: AddFactorForm) -> HttpResponse:
    secret = request.session.setdefault(_SECRET, generate_totp_secret())
    address = get_adapter().build_totp_url(request.user, secret)
    context = {
        "form": form,
        "picture": segno.make(address, error="m").svg_data_uri(scale=5, dark="#000", light="#fff"),
        "address": address,
        "key": " ".join(secret[at : at + _GROUP] for at in range(0, len(secret), _GROUP)),
        "required": must_prove(request.actor, proven=False, required=settings.REQUIRE_MFA),
    }
    status = 422 if form.errors else 200
    return show(
        request, "portal/account/factor_add.html", context, section="account_factor", status=status
    )


def _kept(request: PageRequest, form: PasswordAgainForm) -> HttpResponse:
    context = {
        "form": form,
        "left": len(recovery_codes(own_id(request))),
        "required": must_prove(request.actor, proven=False, required=settings.REQUIRE_MFA),
    }
    status = 422 if form.errors else 200
    return show(
        request, "portal/account/factor.html", context, section="account_factor", status=status
    )


@guard("signed_in", methods=("GET", "POST"))
def codes(request: PageRequest) -> HttpResponse:
    """The recovery codes, from the moment they are made until I say that I kept them."""
    if not request.session.get(_FRESH):
        return redirect("account_factor")
    if request.method == "POST":
        del request.session[_FRESH]
        return redirect(back(""))
    context = {"codes": recovery_codes(own_id(request))}
    return show(request, "portal/account/codes.html", context, section="account_factor")


@guard("signed_in", methods=("POST",))
def new_codes(request: PageRequest) -> HttpResponse:
    """New recovery codes, for whoever knows the password."""
    form = PasswordAgainForm(request.POST)
    if not has_second_factor(own_id(request)):
        return redirect("account_factor")
    if not form.is_valid() or not knows_password(request, form):
        return _kept(request, form)
    actions.new_recovery_codes(now=request.now, user_id=own_id(request))
    request.session[_FRESH] = True
    return redirect("account_codes")


@guard("signed_in", methods=("POST",))
def remove(request: PageRequest) -> HttpResponse:
    """No second factor any more, or another app; staff are asked for a new one at once."""
    form = PasswordAgainForm(request.POST)
    if not has_second_factor(own_id(request)):
        return redirect("account_factor")
    if not form.is_valid() or not knows_password(request, form):
        return _kept(request, form)
    actions.remove_factor(now=request.now, user_id=own_id(request))
    request.session.pop(PROVEN, None)
    request.session.pop(_FRESH, None)
    return redirect("account_factor")
