"""The design system in every state, for development only."""

from django.http import HttpResponse
from django.shortcuts import render

from balcao.web.guards import PageRequest, guard
from balcao.web.samples import sample
from balcao.web.samples_books import books


@guard("public")
def design(request: PageRequest) -> HttpResponse:
    """The portal's shell; `?desk=ticket`, `?desk=list` and `?desk=books` show the team's."""
    focus = request.GET.get("desk", "")
    page = {"": "web/design.html", "books": "web/design_books.html"}.get(
        focus, "web/design_desk.html"
    )
    context = {"sample": sample(request.now, focus=focus), "more": books(request.now)}
    return render(request, page, context)
