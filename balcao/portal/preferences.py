"""Language, colours and keys, kept in this browser."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect

from balcao.portal.addresses import back
from balcao.web.guards import PageRequest, guard

THEME_COOKIE = "balcao_theme"
KEYS_COOKIE = "balcao_keys"
THEMES = ("light", "dark")
YEAR = 365 * 24 * 3600


@guard("public", methods=("POST",))
def set_language(request: PageRequest) -> HttpResponse:
    """Show pages in this language from now on; an unknown one changes nothing."""
    response = redirect(back(request.POST.get("next", "")))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        keep(response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


@guard("public", methods=("POST",))
def set_theme(request: PageRequest) -> HttpResponse:
    """Light, dark, or as the device says."""
    response = redirect(back(request.POST.get("next", "")))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        keep(response, THEME_COOKIE, chosen)
    elif chosen == "system":
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


@guard("public", methods=("POST",))
def set_keys(request: PageRequest) -> HttpResponse:
    """Whether single letters do something on the desk's pages; they do unless somebody says no."""
    response = redirect(back(request.POST.get("next", "")))
    if request.POST.get("keys") == "off":
        keep(response, KEYS_COOKIE, "off")
    else:
        response.delete_cookie(KEYS_COOKIE, samesite="Lax")
    return response


def keep(response: HttpResponse, name: str, value: str) -> None:
    """Have this browser keep a preference for a year."""
    response.set_cookie(
        name, value, max_age=YEAR, secure=settings.SECURE, httponly=True, samesite="Lax"
    )
