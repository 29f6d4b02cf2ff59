"""Sign-in by user code and password (S4), and sign-out."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from balcao.events.actions import give_back, refund, spend
from balcao.people.queries import actor_by_id
from balcao.policy.numbers import normalise_code
from balcao.portal.addresses import back, local
from balcao.portal.forms import SignInForm
from balcao.web.guards import PageRequest, guard

# How long somebody stays signed in: a contact's own machine, a desk with many people around.
CONTACT_SESSION = timedelta(days=14)
STAFF_SESSION = timedelta(hours=12)

# Guessing (A6). A browser that signed in with the code before has an allowance of its own, so that
# somebody guessing elsewhere cannot lock its owner out; it is not counted by address either.
WINDOW = timedelta(minutes=15)
TRIES_PER_CODE = 10
TRIES_PER_DEVICE = 10
TRIES_PER_ADDRESS = 100
DEVICE_COOKIE = "balcao_device"
DEVICE_AGE = timedelta(days=365)


@guard("public", methods=("GET", "POST"))
def sign_in(request: PageRequest) -> HttpResponse:
    """The door. The answer and its work are the same whether the code exists or not (A7)."""
    onward = request.POST.get("next") or request.GET.get("next") or ""
    if request.actor.kind == "user":
        return redirect(back(onward))
    if request.method != "POST":
        return _page(request, SignInForm(), onward)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _page(request, form, onward)
    code = normalise_code(form.cleaned_data["code"])
    allowance = _allowance(request, code)
    if allowance is None:
        form.add_error(None, _("Too many tries. Wait 15 minutes, or call us to recover access."))
        return _page(request, form, onward, status=429)
    user = authenticate(request, username=code, password=form.cleaned_data["password"])
    if user is None:
        form.add_error(
            None, _("The code or the password does not match. Try again or recover your access.")
        )
        return _page(request, form, onward)
    refund(allowance)
    give_back(_address_key(request))
    login(request, user)
    return _welcome(request, user.pk, code, onward)


def _allowance(request: PageRequest, code: str) -> str | None:
    """The key of the allowance this try was counted on; None when it is used up."""
    if device := _device(request, code):
        key, limit = f"sign-in:device:{_digest(device)}", TRIES_PER_DEVICE
    else:
        address = _address_key(request)
        if not spend(address, limit=TRIES_PER_ADDRESS, window=WINDOW, now=request.now):
            return None
        key, limit = f"sign-in:code:{_digest(code)}", TRIES_PER_CODE
    return key if spend(key, limit=limit, window=WINDOW, now=request.now) else None


def _address_key(request: PageRequest) -> str:
    return f"sign-in:address:{_digest(request.META.get('REMOTE_ADDR', ''))}"


def _device(request: PageRequest, code: str) -> str | None:
    """The secret this browser got when it last signed in with ``code``."""
    try:
        kept = request.get_signed_cookie(
            DEVICE_COOKIE, salt=DEVICE_COOKIE, max_age=int(DEVICE_AGE.total_seconds())
        )
    except (KeyError, signing.BadSignature):
        return None
    owner, _sep, device = (kept or "").partition(":")
    return device if owner == _digest(code) and device else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _welcome(request: PageRequest, user_id: int, code: str, onward: str) -> HttpResponse:
    device = _device(request, code) or secrets.token_urlsafe(16)
    actor = actor_by_id(user_id)
    staff = actor is not None and actor.is_staff
    request.session.set_expiry(STAFF_SESSION if staff else CONTACT_SESSION)
    response = redirect(back(onward))
    response.set_signed_cookie(
        DEVICE_COOKIE,
        f"{_digest(code)}:{device}",
        salt=DEVICE_COOKIE,
        max_age=int(DEVICE_AGE.total_seconds()),
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _page(request: PageRequest, form: SignInForm, onward: str, *, status: int = 0) -> HttpResponse:
    context = {"form": form, "onward": local(onward) or "", "left": "saiu" in request.GET}
    status = status or (422 if form.errors else 200)
    response = render(request, "portal/sign_in.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


@guard("public", methods=("POST",))
def sign_out(request: PageRequest) -> HttpResponse:
    """End the session here; the cookie of it is worth nothing afterwards (A1)."""
    logout(request)
    response = redirect("sign_in")
    response["Location"] += "?saiu"
    return response
