"""The product's addresses, and an empty page for somebody who is signed in."""

from django.http import HttpResponse
from django.template import engines
from django.urls import path

from balcao.server import urls
from balcao.web.guards import PageRequest, guard

NOTHING = "/bench/nothing"
_EMPTY = engines["jinja2"].from_string('{% extends "web/base.html" %}')

handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler500 = urls.handler500


@guard("signed_in")
def nothing(request: PageRequest) -> HttpResponse:
    """All that any page does: who asks, may they, and the frame of a page around nothing."""
    return HttpResponse(_EMPTY.render({}, request))


urlpatterns = [path(NOTHING[1:], nothing), *urls.urlpatterns]
