"""Is this process alive, and does it reach its database?"""

from django.db import DatabaseError, connection
from django.http import HttpResponse

from balcao.web.guards import PageRequest, guard


@guard("public")
def healthz(request: PageRequest) -> HttpResponse:
    """200 "ok" while a statement can be run, else 503. Says nothing more to a stranger."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unavailable\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
