"""The application granian serves: an early 413, and Django's pages in lasting threads.

Django's own ASGI handler costs a thread switch per middleware and cannot keep connections; its WSGI
handler in a few lasting threads costs a third less CPU and keeps them.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balcao.server.settings")

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.template.loader import render_to_string
from django.urls import get_resolver
from django.utils import translation

from balcao.server.logs import configure
from balcao.web.middleware import CONTENT_SECURITY_POLICY

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

configure()
_pages = WSGIMiddleware(
    get_wsgi_application(),  # type: ignore[arg-type]
    workers=settings.ENV.number("BALCAO_WEB_THREADS"),
)


def load_pages() -> None:
    """Load every page now: with the first request, each process would load its own."""
    _ = get_resolver().reverse_dict


async def app(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] != "http":
        raise ValueError(f"no {scope['type']} here")
    elif _declared_length(scope) > settings.MAX_UPLOAD:
        await _refuse(scope, send)
    else:
        await _pages(scope, _counted(receive), send)  # type: ignore[arg-type]


def _declared_length(scope: Message) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


def _counted(receive: Receive) -> Receive:
    """The body, whole or not at all.

    A sender who went away in the middle, or who sends more than the limit, is an error while the
    page reads: half a form, or half a file, must never look like a whole one.
    """
    total = 0
    whole = False

    async def counted() -> Message:
        nonlocal total, whole
        message = await receive()
        total += len(message.get("body", b""))
        if total > settings.MAX_UPLOAD or (message["type"] == "http.disconnect" and not whole):
            raise ConnectionResetError("the sender went away before the whole body was here")
        whole = whole or not message.get("more_body", False)
        return message

    return counted


async def _refuse(scope: Message, send: Send) -> None:
    sent = {bytes(name): value.decode("latin-1") for name, value in scope["headers"]}
    came_from = urlsplit(sent.get(b"referer", ""))
    ours = came_from.netloc and came_from.netloc == sent.get(b"host")
    form = urlunsplit(("", "", came_from.path, came_from.query, "")) if ours else ""
    context = {"status": 413, "theme": "", "policy": None, "form": form}
    with translation.override(settings.LANGUAGE_CODE):
        page = render_to_string("web/errors/413.html", context)
    body = page.encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
