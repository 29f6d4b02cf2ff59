"""Every address carries a guard: who may come in is decided before the page runs."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path

from tests.architecture.plan import OPEN_ROUTES

AREAS = {"public", "signed_in", "portal", "staff", "desk", "sales", "admin", "audit"}


def routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    for entry in patterns:
        route = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            yield route, entry.callback


def unguarded(patterns: list[Any]) -> list[str]:
    return [r for r, view in routes(patterns) if getattr(view, "guard", None) not in AREAS]


def test_every_route_carries_a_guard() -> None:
    patterns = get_resolver().url_patterns
    assert len(list(routes(patterns))) > 3
    assert set(unguarded(patterns)) == set(OPEN_ROUTES)


def test_no_page_of_a_library_has_an_address() -> None:
    views = [view for _route, view in routes(get_resolver().url_patterns)]
    assert {getattr(view, "__module__", "").split(".")[0] for view in views} == {"balcao"}


def test_a_route_without_a_guard_is_noticed() -> None:
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert unguarded([path("bare", page)]) == ["bare"]
    page.guard = "everybody"  # type: ignore[attr-defined]
    assert unguarded([path("misspelt", page)]) == ["misspelt"]
    page.guard = "portal"  # type: ignore[attr-defined]
    assert unguarded([path("guarded", page)]) == []
