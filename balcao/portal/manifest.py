"""What a telephone asks to know before it puts the desk among its apps."""

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.web import jinja
from balcao.web.guards import PageRequest, guard

THEME = "#0f5c5c"
BACKGROUND = "#f7f4ee"


@guard("public")
def manifest(request: PageRequest) -> HttpResponse:
    """Name, colours and our own icons; it begins at the first page of whoever is signed in."""
    company = request.policy.company.name
    start = reverse("home")
    icon = {"sizes": "any", "type": "image/svg+xml"}
    response = JsonResponse(
        {
            "id": start,
            "name": _("%(company)s: support") % {"company": company},
            "short_name": company,
            "lang": jinja.language(),
            "start_url": start,
            "scope": start,
            "display": "standalone",
            "theme_color": THEME,
            "background_color": BACKGROUND,
            "icons": [
                {"src": jinja.static("favicon.svg"), "purpose": "any", **icon},
                {"src": jinja.static("icon.svg"), "purpose": "maskable", **icon},
            ],
            "shortcuts": [
                {"name": _("Open a request"), "url": reverse("ticket_new")},
                {"name": _("Requests"), "url": reverse("tickets")},
            ],
        },
        content_type="application/manifest+json",
    )
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
