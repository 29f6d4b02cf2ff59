"""Who may call a page at all. Every route carries a guard; the structure tests walk them."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, Literal, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from balcao.policy.access import Actor, Duty, can_enter, may
from balcao.policy.accounts import must_prove
from balcao.policy.book import Policy
from balcao.web.errors import NotOpen, signed_out

Area = Literal["public", "signed_in", "portal", "staff", "desk", "sales", "admin", "audit"]
P = ParamSpec("P")

# What a session knows: that it began with a second factor, and when it was last seen.
PROVEN = "second_factor"
SEEN = "seen"


class PageRequest(HttpRequest):
    """What the middleware makes of a request: who asks, when, under which policy."""

    actor: Actor
    user: AbstractBaseUser | AnonymousUser  # type: ignore[assignment]
    now: datetime
    client: str
    policy: Policy


View = Callable[Concatenate[PageRequest, P], HttpResponseBase]


def guard(
    area: Area,
    *,
    methods: tuple[str, ...] = ("GET",),
    duty: Duty | None = None,
    unproven: bool = False,
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Let only the right people and methods through to a page.

    ``public`` admits everybody, ``signed_in`` everybody with a session; the other areas ask
    policy.access, and so does ``duty``: what the page is for. Behind a sign-in the policy's time
    zone is the active one. A member of staff whose session began without a second factor is sent
    to the page that asks for one (A9), unless the page is part of that (``unproven``). GET implies
    HEAD. Somebody not signed in is sent to the sign-in page and comes back afterwards (a form is
    answered with 401 and keeps what was typed); anything else is 405 or 403.
    """
    allowed = frozenset(methods) | ({"HEAD"} if "GET" in methods else frozenset())

    def mark(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            known = cast(PageRequest, request)
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            if area == "public":
                return view(known, *args, **kwargs)
            if known.actor.kind == "anonymous":
                return _sign_in(request)
            if not unproven and lacks_proof(known):
                return redirect("second_factor")
            if area != "signed_in" and not can_enter(known.actor, area):
                raise NotOpen(area)
            if duty is not None and not may(known.actor, duty):
                raise NotOpen(area, duty)
            with timezone.override(known.policy.timezone):
                response = view(known, *args, **kwargs)
            # What one person saw must not come out of a cache for the next one at this machine.
            response.headers.setdefault("Cache-Control", "no-store, private")
            return response

        page.guard = area  # type: ignore[attr-defined]
        page.methods = allowed  # type: ignore[attr-defined]
        page.duty = duty  # type: ignore[attr-defined]
        return page  # type: ignore[return-value]

    return mark


def lacks_proof(request: PageRequest) -> bool:
    """Whether nothing but the way to a second factor is open to this session (A9)."""
    return must_prove(
        request.actor, proven=bool(request.session.get(PROVEN)), required=settings.REQUIRE_MFA
    )


def _sign_in(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return signed_out(request)
    return redirect(f"{reverse('sign_in')}?{urlencode({'next': request.get_full_path()})}")
