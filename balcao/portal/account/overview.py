"""Minha conta: who I am here, and in which language."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect

from balcao.people.actions import set_language
from balcao.people.queries import has_second_factor, open_sessions, person_of
from balcao.portal.account.parts import own_id, show
from balcao.portal.preferences import keep
from balcao.web.guards import PageRequest, guard


@guard("signed_in")
def account(request: PageRequest) -> HttpResponse:
    """My name and code, and how my access is protected."""
    user_id = own_id(request)
    key = request.session.session_key or ""
    context = {
        "person": person_of(user_id),
        "protected": has_second_factor(user_id),
        "sessions": len(open_sessions(user_id, key=key, now=request.now)),
    }
    return show(request, "portal/account/overview.html", context, section="account")


@guard("signed_in", methods=("POST",))
def language(request: PageRequest) -> HttpResponse:
    """My pages and my mails in this language; an unknown one changes nothing."""
    response = redirect("account")
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        set_language(actor=request.actor, now=request.now, user_id=own_id(request), language=chosen)
        keep(response, settings.LANGUAGE_COOKIE_NAME, chosen)
        response["Location"] += "?aviso=salvo"
    return response
