"""Changing my password."""

from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect

from balcao.people.actions import change_password, follow
from balcao.people.queries import person_of
from balcao.portal.account.parts import knows_password, own_id, show
from balcao.portal.forms import ChangePasswordForm
from balcao.web.guards import PageRequest, guard


@guard("signed_in", methods=("GET", "POST"))
def password(request: PageRequest) -> HttpResponse:
    """The old password, then the new one; my other sessions end, this one gets a new key (A1)."""
    form = ChangePasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and knows_password(request, form) and _change(request, form):
        response = redirect("account_password")
        response["Location"] += "?aviso=senha"
        return response
    context = {"form": form, "person": person_of(own_id(request))}
    status = 422 if form.errors else 200
    return show(
        request, "portal/account/password.html", context, section="account_password", status=status
    )


def _change(request: PageRequest, form: ChangePasswordForm) -> bool:
    before = request.session.session_key or ""
    try:
        user = change_password(
            now=request.now,
            user_id=own_id(request),
            password=form.cleaned_data["password"],
            keep=before,
        )
    except ValidationError as refused:
        form.add_error("password", refused)
        return False
    update_session_auth_hash(request, user)
    follow(old=before, new=request.session.session_key or "")
    return True
