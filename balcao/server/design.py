"""The design system in every state, for development only."""

from django.http import HttpResponse
from django.shortcuts import render

from balcao.web.guards import PageRequest, guard
from balcao.web.samples import sample


@guard("public")
def design(request: PageRequest) -> HttpResponse:
    """The portal's shell; `?desk=ticket` or `?desk=list` shows the team's."""
    focus = request.GET.get("desk", "")
    page = "web/design_desk.html" if focus else "web/design.html"
    return render(request, page, {"sample": sample(request.now, focus=focus)})
