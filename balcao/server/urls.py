"""All addresses."""

from django.conf import settings
from django.urls import include, path

from balcao.server import health

handler400 = "balcao.web.errors.bad_request"
handler403 = "balcao.web.errors.forbidden"
handler404 = "balcao.web.errors.not_found"
handler500 = "balcao.web.errors.server_error"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("", include("balcao.portal.urls")),
    path("mesa/", include("balcao.desk.urls")),
]

if settings.DEBUG:
    from balcao.server import design

    urlpatterns.append(path("design", design.design, name="design"))
