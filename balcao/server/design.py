"""The design system in every state, for development only."""

from django.http import HttpResponse
from django.shortcuts import render

from balcao.web.guards import PageRequest, guard


@guard("public")
def design(request: PageRequest) -> HttpResponse:
    return render(request, "web/design.html")
