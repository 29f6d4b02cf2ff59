"""Where a form may send a browser back to."""

from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme


def local(given: str) -> str | None:
    """``given`` when it is an address of ours, else None: nobody is sent to another site.

    Only a path is one ("//host" and "/\\host" are not). An address that only takes a form (where
    a refused one was shown again) leads to the page above it, which can be read.
    """
    if not given.startswith("/") or not url_has_allowed_host_and_scheme(given, allowed_hosts=None):
        return None
    path, _, query = given.partition("#")[0].partition("?")
    if _is_readable(path):
        return f"{path}?{query}" if query else path
    above = path.rpartition("/")[0]
    return above if above and _is_readable(above) else None


def _is_readable(path: str) -> bool:
    try:
        view = resolve(path).func
    except Resolver404:
        return False
    return "GET" in getattr(view, "methods", frozenset())


def back(given: str) -> str:
    """An address of ours, or the start."""
    return local(given) or reverse("home")
