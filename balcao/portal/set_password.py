"""A password from a link in a mail: the first one, or a new one."""

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.contrib.auth import logout
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from balcao.people import actions
from balcao.people.actions import TokenRefused
from balcao.people.queries import find_token, person_of
from balcao.policy.accounts import TokenKind
from balcao.portal import allowances
from balcao.portal.forms import NewPasswordForm
from balcao.web.guards import PageRequest, guard


@guard("public", methods=("GET", "POST"))
def invitation(request: PageRequest, token: str) -> HttpResponse:
    """The first password, from the mail that welcomes somebody."""
    return _page(request, TokenKind.INVITATION, token)


@guard("public", methods=("GET", "POST"))
def reset(request: PageRequest, token: str) -> HttpResponse:
    """A new password, for whoever forgot theirs."""
    return _page(request, TokenKind.RESET, token)


def _page(request: PageRequest, kind: TokenKind, token: str) -> HttpResponse:
    """Looking uses nothing up (mail programs look, too); a bad link is one answer (A3, A7)."""
    grant = find_token(token, kind=kind, now=request.now)
    if grant is None:
        return _lost(request)
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user = actions.set_password_by_link(
                now=request.now, kind=kind, secret=token, password=form.cleaned_data["password"]
            )
            return _enter(request, user)
        except TokenRefused:
            return _lost(request)
        except ValidationError as refused:
            form.add_error("password", refused)
    return _shown(
        request,
        "portal/set_password.html",
        {"form": form, "person": person_of(grant.user_id), "first": kind is TokenKind.INVITATION},
        status=422 if form.errors else 200,
    )


def _enter(request: PageRequest, user: AbstractBaseUser) -> HttpResponse:
    """Signed in, by way of the second factor where there is one; nothing of before is kept (A1)."""
    logout(request)
    response: HttpResponse = perform_login(request, Login(user=user, redirect_url=reverse("home")))
    if request.user.is_authenticated:
        allowances.remember(request, response, user.get_username())
    return response


def _lost(request: PageRequest) -> HttpResponse:
    return _shown(request, "portal/link_lost.html", {}, status=404)


def _shown(
    request: PageRequest, template: str, context: dict[str, object], *, status: int
) -> HttpResponse:
    response = render(request, template, context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
