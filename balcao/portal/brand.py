"""How the company looks: its colour as a style sheet, its logo. Public: sign-in shows both."""

from django.http import Http404, HttpResponse

from balcao.lib.colour import is_colour
from balcao.rulebook.queries import picture
from balcao.web.brand import stylesheet
from balcao.web.guards import PageRequest, guard

_FOR_EVER = "public, max-age=31536000, immutable"
"""The address names what it gives: another colour or picture has another address."""


@guard("public")
def colours(request: PageRequest, colour: str) -> HttpResponse:
    """The tokens of both themes made from ``colour``, six hexadecimal digits."""
    if not is_colour(f"#{colour}"):
        raise Http404
    return _kept(stylesheet(f"#{colour}".lower()).encode(), "text/css")


@guard("public")
def logo(request: PageRequest, digest: str) -> HttpResponse:
    """A picture that was kept, by its fingerprint."""
    return _kept(picture(digest), "image/png")


def _kept(content: bytes, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response.headers["Cache-Control"] = _FOR_EVER
    return response
