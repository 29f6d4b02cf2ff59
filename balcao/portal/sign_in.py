"""Sign-in by user code and password (S4), and sign-out."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from django.contrib.auth import authenticate, logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from balcao.people.actions import forget
from balcao.policy.numbers import normalise_code
from balcao.portal import allowances
from balcao.portal.addresses import back, local
from balcao.portal.forms import SignInForm
from balcao.web.guards import PageRequest, guard

# What happened before, by the word in the address; any other shows nothing.
_NOTICES = {"saiu", "expirou"}


@guard("public", methods=("GET", "POST"))
def sign_in(request: PageRequest) -> HttpResponse:
    """The door. The answer and its work are the same whether the code exists or not (A7).

    Somebody with a second factor goes on to the page that asks for it; until then nothing is open.
    """
    onward = request.POST.get("next") or request.GET.get("next") or ""
    if request.actor.kind == "user":
        return redirect(back(onward))
    if request.method != "POST":
        return _page(request, SignInForm(), onward)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _page(request, form, onward)
    code = normalise_code(form.cleaned_data["code"])
    counted = allowances.take(request, "sign-in", code)
    if counted is None:
        form.add_error(None, _("Too many tries. Wait 15 minutes, or recover your access by mail."))
        return _page(request, form, onward, status=429)
    user = authenticate(request, username=code, password=form.cleaned_data["password"])
    if user is None:
        form.add_error(
            None, _("The code or the password does not match. Try again or recover your access.")
        )
        return _page(request, form, onward)
    counted.succeeded()
    clear_login(request)
    login = Login(user=user, redirect_url=back(onward))
    response: HttpResponse = perform_password_login(request, {}, login)
    if request.user.is_authenticated:
        allowances.remember(request, response, code)
    return response


def _page(request: PageRequest, form: SignInForm, onward: str, *, status: int = 0) -> HttpResponse:
    context = {
        "form": form,
        "onward": local(onward) or "",
        "happened": next((word for word in _NOTICES if word in request.GET), ""),
    }
    status = status or (422 if form.errors else 200)
    response = render(request, "portal/sign_in.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


@guard("public", methods=("POST",))
def sign_out(request: PageRequest) -> HttpResponse:
    """End the session here; the cookie of it is worth nothing afterwards (A1)."""
    if key := request.session.session_key:
        forget(key=key)
    logout(request)
    response = redirect("sign_in")
    response["Location"] += "?saiu"
    return response
