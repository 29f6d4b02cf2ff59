"""What a stranger laid out, shown where nothing runs (threats G1, G7)."""

from django.http import HttpResponse
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

_POLICY = (
    "default-src 'none'; img-src data:{outside}; style-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'self';"
    " sandbox allow-popups allow-popups-to-escape-sandbox"
)
# Paper: the colours that a writer chose were let through for being seen on white. Sizes that could
# shrink with each level are given from the root.
_LOOKS = (
    ":root{color-scheme:light}body{margin:.75rem;background:#fff;color:#1c1b1a;"
    "font:.9375rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}img{max-width:100%;height:auto}"
    "pre,code,tt,kbd,samp{font-size:.875rem;white-space:pre-wrap}small,sub,sup{font-size:.75rem}"
    "h1,h2{font-size:1.25rem}h3,h4,h5,h6{font-size:1rem}table{max-width:100%;font-size:inherit}"
    "blockquote{margin:.5rem 0 .5rem .25rem;padding-left:.5rem;border-left:.2rem solid #ccc}"
)


def paper(body: str, *, outside: bool = False) -> HttpResponse:
    """A page of this sanitised HTML alone. ``outside``: pictures may be fetched from elsewhere."""
    title = escape(_("Message as it was written"))
    page = (
        f'<!doctype html><html lang="{get_language()}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f"<style>{_LOOKS}</style><body>{body}"
    )
    response = HttpResponse(page)
    response.headers["Content-Security-Policy"] = _POLICY.format(outside=" https:" * outside)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response
