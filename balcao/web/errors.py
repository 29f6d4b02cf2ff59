"""Error pages: what happened, what to do, and the way back."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.urls import reverse

_MOST = 50_000
"""Signs of one text that are shown again."""


def _page(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, f"web/errors/{status}.html", status=status)


def _named(request: HttpRequest, status: int) -> HttpResponse:
    """A page of the company: nothing failed, so its name and look can be read."""
    return render(request, f"web/errors/{status}.html", _look(request), status=status)


def _look(request: HttpRequest) -> dict[str, object]:
    policy = getattr(request, "policy", None)
    return {"company": policy.company} if policy else {}


def signed_out(request: HttpRequest) -> HttpResponse:
    """To a form of ours that came after its session had ended: nothing was done, nothing is lost.

    What was typed stands on the page (passwords do not, nor what only a program wrote), and signing
    in leads back to where the form stood.
    """
    typed = [
        text[:_MOST]
        for name, texts in request.POST.lists()
        for text in texts
        if "password" not in name and len(text.split()) > 1
    ]
    return _ended(request, typed)


def _ended(request: HttpRequest, typed: list[str], *, status: int = 401) -> HttpResponse:
    context = {**_look(request), "typed": typed, "way": _way_back(request)}
    response = render(request, "web/errors/401.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _way_back(request: HttpRequest) -> str:
    """Sign-in, and from there the page that the form stood on, as far as the browser says."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    address = reverse("sign_in")
    if came_from.netloc != request.get_host() or came_from.path == address:
        return address
    page = urlunsplit(("", "", came_from.path, came_from.query, ""))
    return f"{address}?{urlencode({'next': page})}"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _named(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _named(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from elsewhere, or one whose cookie is gone: nothing was changed (L1).

    Nobody is signed in when a browser forgot its cookies; what it sent is not shown, for another
    site may have sent it.
    """
    actor = getattr(request, "actor", None)
    if actor is not None and actor.kind == "anonymous" and reason == REASON_NO_CSRF_COOKIE:
        return _ended(request, [], status=403)
    return _named(request, 403)
