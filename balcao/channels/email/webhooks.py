"""Mail that a sending service posts to us (`way = "webhook"`), signed as that service signs.

django-anymail knows each service's signature; it is asked for nothing else. The message is taken as
the bytes the service got, so that identity and limits are judged on them like on any other mail.
"""

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import HttpRequest
from django.utils.module_loading import import_string

from balcao.channels.email.accounts import Account


class NotSigned(Exception):
    """The request is not from the account's service, as far as its signature tells."""


class NoMessage(Exception):
    """There is no whole message in it; ``args[0]`` says what to turn on at the service."""


def _form(request: HttpRequest, name: str) -> bytes:
    """A field's bytes as they were sent: mail need not be UTF-8, as Django takes forms to be."""
    if request.content_type == "application/x-www-form-urlencoded":
        fields = parse_qs(request.body.decode("ascii"), encoding="latin-1", max_num_fields=200)
        return fields[name][0].encode("latin-1")
    return request.POST[name].encode(request.encoding or "utf-8")


def _mailgun(request: HttpRequest) -> list[bytes]:
    return [_form(request, "body-mime")]


def _postmark(request: HttpRequest) -> list[bytes]:
    return [str(_json(request)["RawEmail"]).encode("utf-8", "surrogateescape")]


def _sparkpost(request: HttpRequest) -> list[bytes]:
    found = []
    for event in _json(request):
        content = event["msys"]["relay_message"]["content"]
        raw = str(content["email_rfc822"]).encode("utf-8", "surrogateescape")
        encoded = content.get("email_rfc822_is_base64")
        found.append(base64.b64decode(raw, validate=False) if encoded else raw)
    return found


def _mandrill(request: HttpRequest) -> list[bytes]:
    return [
        str(event["msg"]["raw_msg"]).encode("utf-8", "surrogateescape")
        for event in json.loads(request.POST["mandrill_events"])
        if event.get("event") == "inbound"
    ]


def _json(request: HttpRequest) -> Any:
    return json.loads(request.body)


# Service: anymail's view that checks its signature, and where the whole message stands.
# The view by its name: it loads a library for HTTP, which only such an account needs.
SERVICES: dict[str, tuple[str, Callable[[HttpRequest], list[bytes]], str]] = {
    "mailgun": ("mailgun.MailgunInboundWebhookView", _mailgun, "webhook_signing_key"),
    "mandrill": ("mandrill.MandrillCombinedWebhookView", _mandrill, "webhook_key"),
    "postmark": ("postmark.PostmarkInboundWebhookView", _postmark, "webhook_secret"),
    "sparkpost": ("sparkpost.SparkPostInboundWebhookView", _sparkpost, "webhook_secret"),
}


def check(account: Account) -> None:
    """Raises ImproperlyConfigured for an account whose service or secret is missing."""
    service = str(account.settings.get("service", ""))
    if service not in SERVICES:
        raise ImproperlyConfigured(
            f"BALCAO_MAIL_ACCOUNTS: [{account.name}]: service must be one of {', '.join(SERVICES)}."
        )
    if not account.settings.get("secret"):
        raise ImproperlyConfigured(
            f"BALCAO_MAIL_ACCOUNTS: [{account.name}]: secret_file must be given."
        )


def messages(request: HttpRequest, account: Account) -> list[bytes]:
    """The whole messages of a signed request. Raises NotSigned, NoMessage."""
    check(account)
    view, read, key = SERVICES[str(account.settings["service"])]
    secret = account.settings["secret"]
    more = {"webhook_url": request.build_absolute_uri()} if key == "webhook_key" else {}
    try:
        import_string(f"anymail.webhooks.{view}")(**{key: secret, **more}).run_validators(request)
    except (SuspiciousOperation, ImproperlyConfigured) as problem:
        raise NotSigned(type(problem).__name__) from problem
    try:
        return read(request)
    except (KeyError, ValueError, TypeError, AttributeError, binascii.Error) as problem:
        raise NoMessage("the service must send the whole message (raw MIME)") from problem
