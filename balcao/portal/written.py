"""A mail as its writer laid it out, for the frame on a ticket's page or a tab of its own.

It was sanitised when it came in. Here it is shown where nothing runs, with the pictures that came
along in its text, and loads nothing from outside until somebody asks for that (threats G1, G7).
"""

import base64
from collections.abc import Iterable

from django.http import HttpResponse
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from balcao.events.access import TICKET, Act, saw
from balcao.files.queries import open_file
from balcao.lib.html import shown
from balcao.lib.sniff import served_type
from balcao.tickets.queries import StoredFile, written_for
from balcao.web.guards import PageRequest, guard

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
_MOST = 8 * 1024 * 1024


@guard("signed_in")
def written(request: PageRequest, message_id: int) -> HttpResponse:
    """The message; for everybody who may not read it there is none (B1). Asking for what is outside
    is noted (A9).
    """
    found = written_for(request.actor, message_id)
    outside = request.GET.get("imagens") == "1"
    if outside:
        saw(
            Act.VIEWED,
            TICKET,
            found.ticket_id,
            actor=request.actor,
            now=request.now,
            address=request.META.get("REMOTE_ADDR"),
            detail=f"outside:{found.id}",
        )
    body = shown(found.html, _pictures(found.pictures), remote=outside)
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


def _pictures(files: Iterable[StoredFile]) -> dict[str, str]:
    """Each picture as text within the page: the frame is a stranger to us and gets no file."""
    found, left = {}, _MOST
    for file in files:
        content_type, inline = served_type(file.content_type)
        if file.held or not inline or file.size > left:
            continue
        try:
            with open_file(file) as content:
                data = base64.b64encode(content.read()).decode("ascii")
        except FileNotFoundError:
            continue
        left -= file.size
        found[file.pk.hex] = f"data:{content_type};base64,{data}"
    return found
