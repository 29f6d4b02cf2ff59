"""What happens to every request: headers, who asks, which language, which errors are pages."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from balcao.lib.clients import client_address
from balcao.policy.access import ANONYMOUS
from balcao.web.guards import SEEN

Answer = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self';"
    " frame-src 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)

# Seconds between two notes that a session is still used: a page is read without a write.
_NOTED_EVERY = 300


def headers(answer: Answer) -> Answer:
    """Security headers on every response, errors included (L3)."""

    def run(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if settings.SECURE:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    return run


def actor(answer: Answer) -> Answer:
    """Set ``request.actor``, ``request.user``, ``request.now``, ``request.client`` and (lazily)
    ``request.policy``.

    The roles are read at every request: what was taken away stops working at once (M4). Now and
    then a session is noted as still used.
    """
    load_actor = import_string(settings.ACTOR_LOADER)
    load_policy = import_string(settings.POLICY_LOADER)
    note_session = import_string(settings.SESSION_NOTER)

    def run(request: HttpRequest) -> HttpResponseBase:
        request.get_host()  # raises for a host that is not ours, whatever the page
        request.now = timezone.now()  # type: ignore[attr-defined]
        request.client = client_address(  # type: ignore[attr-defined]
            request.META.get("REMOTE_ADDR", ""),
            request.headers.get("X-Forwarded-For", ""),
            settings.TRUSTED_PROXIES,
        )
        user = get_user(request) if request.session.session_key else AnonymousUser()
        known = user if user.is_authenticated else None
        request.user = user
        request.actor = (  # type: ignore[attr-defined]
            load_actor(known, now=request.now) if known else ANONYMOUS  # type: ignore[attr-defined]
        )
        request.policy = SimpleLazyObject(load_policy)  # type: ignore[attr-defined]
        seen = request.session.get(SEEN) if known else None
        if seen is not None and request.now.timestamp() - seen > _NOTED_EVERY:  # type: ignore[attr-defined]
            request.session[SEEN] = request.now.timestamp()  # type: ignore[attr-defined]
            note_session(request)
        return answer(request)

    return run


def language(answer: Answer) -> Answer:
    """The language chosen in a cookie, else the person's own, else Portuguese."""
    known = {code for code, _ in settings.LANGUAGES}

    def run(request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen not in known:
            chosen = getattr(request.user, "language", settings.LANGUAGE_CODE)
        with translation.override(chosen if chosen in known else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
            response = answer(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response

    return run


class Answers:
    """A row that does not exist for the actor is the same 404 as one that does not exist at all."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._answer(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, ObjectDoesNotExist):
            raise Http404 from exception
