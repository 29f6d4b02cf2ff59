"""Error pages: what happened, what to do, and the way back."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import (
    REASON_BAD_ORIGIN,
    REASON_BAD_REFERER,
    REASON_NO_CSRF_COOKIE,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.policy.access import AREAS, DUTIES, Actor, Duty
from balcao.web.words import people

_MOST = 50_000
"""Signs of one text that are shown again."""


class NotOpen(PermissionDenied):
    """The pages of ``area``, or what one does there by ``duty``, are others'."""

    def __init__(self, area: str, duty: Duty | None = None) -> None:
        super().__init__()
        self.area, self.duty = area, duty

    def roles(self) -> set[str]:
        """Codes of the roles that may."""
        if self.duty is not None:
            return {role.value for role, duties in DUTIES.items() if self.duty in duties}
        return {role.value for area, roles in AREAS.items() if area == self.area for role in roles}


def _page(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, f"web/errors/{status}.html", status=status)


def _look(request: HttpRequest) -> dict[str, object]:
    """The company's look, and for who is signed in the head of their pages."""
    policy, actor = getattr(request, "policy", None), getattr(request, "actor", None)
    look: dict[str, object] = {"company": policy.company} if policy else {}
    signed_in = actor is not None and actor.kind == "user"
    return {**look, "frame": "web/portal.html"} if signed_in else look


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
    page, address = _came_from(request), reverse("sign_in")
    if not page or urlsplit(page).path == address:
        return address
    return f"{address}?{urlencode({'next': page})}"


def _came_from(request: HttpRequest) -> str:
    """The page of ours on which the link or form stood, as far as the browser says; or nothing."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return ""
    return urlunsplit(("", "", came_from.path, came_from.query, ""))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Whose page it is, as far as the guard said; and the ways on."""
    back = _came_from(request)
    context = {
        **_look(request),
        "who": _who(getattr(request, "actor", None), exception),
        "back": "" if urlsplit(back).path == request.path else back,
    }
    return render(request, "web/errors/403.html", context, status=403)


def _who(actor: Actor | None, exception: Exception | None) -> str:
    if isinstance(exception, NotOpen) and exception.duty is None:
        if exception.area == "portal":
            return _("This page is for customers.")
        if actor is not None and not actor.is_staff:
            return _("This page is the support team's.")
    if isinstance(exception, NotOpen):
        roles = exception.roles()
        named = [str(name) for code, name in people.ROLES.items() if code in roles]
        if named:
            return _("Who may: %(roles)s.") % {"roles": ", ".join(named)}
    if actor is not None and actor.is_staff:
        return _("Ask a supervisor or an administrator, who can do it or say who may.")
    return _("Ask the administrator of your company, or us.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "web/errors/404.html", _look(request), status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from elsewhere, or one whose token or cookie is too old: nothing was changed (L1).

    Nobody is signed in when a browser forgot its cookies. What was sent is never shown, for another
    site may have sent it; the form's own page has it again in this browser.
    """
    actor = getattr(request, "actor", None)
    if actor is not None and actor.kind == "anonymous" and reason == REASON_NO_CSRF_COOKIE:
        return _ended(request, [], status=403)
    foreign = reason.startswith((REASON_BAD_ORIGIN.split("%")[0], REASON_BAD_REFERER.split("%")[0]))
    context = {**_look(request), "foreign": foreign, "back": _came_from(request)}
    return render(request, "web/errors/stale.html", context, status=403)
