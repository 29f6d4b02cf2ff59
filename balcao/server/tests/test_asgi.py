"""What the outermost layer answers by itself: too large, and half a body."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from balcao.server.asgi import Message, app

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("installation"),
]


def _ask(
    parts: Sequence[bytes],
    *,
    length: int,
    cookie: str = "",
    leaves: bool = False,
    referer: str = "",
) -> list[Message]:
    """POST the sign-in form in ``parts``; ``leaves``: the sender goes away after them."""
    left = list(parts)
    sent: list[Message] = []

    async def receive() -> Message:
        if left:
            body = left.pop(0)
            return {"type": "http.request", "body": body, "more_body": bool(left) or leaves}
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": reverse("set_language"),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 40000),
        "headers": [
            (b"host", b"127.0.0.1"),
            (b"content-length", str(length).encode()),
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"cookie", cookie.encode()),
            (b"referer", referer.encode()),
        ],
    }
    asyncio.run(app(scope, receive, send))
    return sent


def _form() -> tuple[bytes, str]:
    """A form that is accepted, with the cookie its token belongs to."""
    client = Client()
    client.get(reverse("sign_in"))
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    body = f"csrfmiddlewaretoken={token}&language=en&next=/entrar".encode()
    return body, f"{settings.CSRF_COOKIE_NAME}={token}"


def test_a_whole_form_is_taken_in_however_many_parts_it_comes() -> None:
    body, cookie = _form()
    for parts in ([body], [body[:20], body[20:]]):
        assert _ask(parts, length=len(body), cookie=cookie)[0]["status"] == 302


def test_half_a_form_whose_sender_went_away_is_not_a_form() -> None:
    body, cookie = _form()
    answer = _ask([body], length=len(body) + 100, cookie=cookie, leaves=True)
    assert answer[0]["status"] in (400, 403)


def test_a_body_declared_too_large_is_refused_before_it_is_read() -> None:
    answer = _ask([b"x"], length=settings.MAX_UPLOAD + 1)
    assert answer[0]["status"] == 413
    assert "grande" in answer[1]["body"].decode()
    assert "Voltar ao formulário" not in answer[1]["body"].decode()


@pytest.mark.parametrize("referer", ["http://127.0.0.1/chamados/abrir?x=1", "http://mau.example/x"])
def test_a_body_too_large_leads_back_to_its_form_and_to_no_other_site(referer: str) -> None:
    answer = _ask([b"x"], length=settings.MAX_UPLOAD + 1, referer=referer)
    page = answer[1]["body"].decode()
    assert ('href="/chamados/abrir?x=1"' in page) is ("127.0.0.1" in referer)
    assert "mau.example" not in page


def test_a_body_that_is_larger_than_declared_is_not_read_past_its_length() -> None:
    body, cookie = _form()
    answer = _ask([body, b"&language=xx" * 10], length=len(body), cookie=cookie)
    assert answer[0]["status"] == 302
