"""Error pages: what happened, what to do, and the way back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def _page(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, f"web/errors/{status}.html", status=status)


def _named(request: HttpRequest, status: int) -> HttpResponse:
    """A page of the company: nothing failed, so its name and look can be read."""
    policy = getattr(request, "policy", None)
    context = {"company": policy.company} if policy else {}
    return render(request, f"web/errors/{status}.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _named(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _named(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from elsewhere, or one whose cookie is gone: nothing was changed (L1)."""
    return _named(request, 403)
