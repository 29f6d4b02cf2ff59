"""The routes the shells name, so that this room is tested without the rooms above it."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from balcao.web.guards import guard


@guard("public")
def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


NAMES = (
    "home sign_in sign_out set_theme set_language set_keys account second_factor how"
    " desk_search desk_palette manifest"
)
urlpatterns = [path(f"{name}/", nothing, name=name) for name in NAMES.split()]
urlpatterns.append(path("ticket/<str:number>", nothing, name="ticket"))
