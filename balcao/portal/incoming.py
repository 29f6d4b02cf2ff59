"""Mail that a sending service posts to us: no page for people."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import Http404, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from balcao.channels import intake
from balcao.channels.email import webhooks
from balcao.channels.email.accounts import account
from balcao.web.guards import PageRequest, guard


@csrf_exempt
@guard("public", methods=("POST",))
def incoming(request: PageRequest, name: str) -> HttpResponse:
    """Keep the messages of one signed request; 200 only once they are stored.

    The service's signature stands for the sign-in (no cookie is looked at, so nothing can be
    forged across sites). 403 without it, 400 without a whole message, 503 when nothing could be
    kept: the service comes again.
    """
    known = account(name)
    if known.way != "webhook":
        raise Http404
    _take_whole(request)
    try:
        found = webhooks.messages(request, known)
    except webhooks.NotSigned:
        return HttpResponse("not signed\n", status=403, content_type="text/plain")
    except (webhooks.NoMessage, SuspiciousOperation) as problem:
        return HttpResponse(f"{problem}\n", status=400, content_type="text/plain")
    except ImproperlyConfigured:
        raise Http404 from None
    try:
        for raw in found:
            intake.store(raw, now=request.now, account=name)
    except OSError:
        return HttpResponse("not stored\n", status=503, content_type="text/plain")
    return HttpResponse("kept\n", content_type="text/plain")


def _take_whole(request: PageRequest) -> None:
    """Read the body, which may be as large as a mail and not only as large as a form."""
    if request.content_type == "multipart/form-data":
        # Byte for byte: the parts of a mail have charsets of their own.
        request.encoding = "latin-1"
        return
    request._body = request.read(settings.MAX_UPLOAD + 1)
