"""What a telephone asks to know before it puts the desk among its apps."""

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.web import jinja
from balcao.web.brand import LIGHT, palette
from balcao.web.guards import PageRequest, guard

BACKGROUND = "#f7f4ee"
# The pictures first: some telephones install nothing that has only drawings. They are drawn by
# tools/app_icons.py. Maskable: a telephone cuts it to its own shape.
_ICONS = (
    ("app-192.png", "any", 192),
    ("app-512.png", "any", 512),
    ("app-maskable-192.png", "maskable", 192),
    ("app-maskable-512.png", "maskable", 512),
    ("favicon.svg", "any", 0),
    ("icon.svg", "maskable", 0),
)


@guard("public")
def manifest(request: PageRequest) -> HttpResponse:
    """Name, colours and our own icons; it begins at the first page of whoever is signed in."""
    company = request.policy.company.name
    start = reverse("home")
    response = JsonResponse(
        {
            "id": start,
            "name": _("%(company)s: support") % {"company": company},
            "short_name": company,
            "lang": jinja.language(),
            "start_url": start,
            "scope": start,
            "display": "standalone",
            "theme_color": palette(request.policy.company.colour)[LIGHT]["counter"],
            "background_color": BACKGROUND,
            "icons": [
                {
                    "src": jinja.static(name),
                    "purpose": purpose,
                    "sizes": f"{size}x{size}" if size else "any",
                    "type": "image/png" if size else "image/svg+xml",
                }
                for name, purpose, size in _ICONS
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
