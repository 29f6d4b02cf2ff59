"""The code of the authenticator app, after the password (A9)."""

from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginStageController
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from balcao.people.actions import check_factor
from balcao.people.backends import SecondFactorStage
from balcao.people.queries import Person, has_second_factor, person_of
from balcao.portal import allowances
from balcao.portal.account.parts import renew_key
from balcao.portal.addresses import back
from balcao.portal.forms import FactorForm
from balcao.web.guards import PROVEN, PageRequest, guard


@guard("public", methods=("GET", "POST"))
def second_factor(request: PageRequest) -> HttpResponse:
    """Ask for the second factor: of a sign-in that waits for it, or of a session without it.

    Staff without one are led to the page that adds it.
    """
    if request.actor.kind != "user":
        return _finish_sign_in(request)
    user_id = request.actor.id
    assert user_id is not None
    if request.session.get(PROVEN):
        return redirect("home")
    if not has_second_factor(user_id):
        return redirect("account_factor")
    return _ask(request, person_of(user_id), None)


def _finish_sign_in(request: PageRequest) -> HttpResponse:
    stage = LoginStageController.enter(request, SecondFactorStage.key)
    if stage is None:
        return redirect("sign_in")
    if not stage.still_holds():
        return _over(request)
    return _ask(request, person_of(stage.login.user.pk), stage)


def _ask(request: PageRequest, person: Person, stage: SecondFactorStage | None) -> HttpResponse:
    form = FactorForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, form)
    counted = allowances.take(request, "second-factor", person.code)
    if counted is None:
        form.add_error(None, _("Too many tries. Wait 15 minutes, or call us to recover access."))
        return _page(request, form, status=429)
    factor = check_factor(now=request.now, user_id=person.id, code=form.cleaned_data["factor"])
    if factor is None:
        form.add_error("factor", _("The code does not match. Use the one the app shows now."))
        return _page(request, form)
    counted.succeeded()
    request.session[PROVEN] = factor
    if stage is None:
        renew_key(request)
        return redirect(back(""))
    response: HttpResponse = stage.exit()
    allowances.remember(request, response, person.code)
    return response


def _over(request: PageRequest) -> HttpResponse:
    clear_login(request)
    response = redirect("sign_in")
    response["Location"] += "?expirou"
    return response


def _page(request: PageRequest, form: FactorForm, *, status: int = 0) -> HttpResponse:
    status = status or (422 if form.errors else 200)
    response = render(request, "portal/second_factor.html", {"form": form}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
