"""What the portal's tests share: a customer's browser at a fixed moment, and reading a page."""

import html
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Customer

_CONTROL = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
_TAGS = re.compile(r"<[^>]+>")
_SPACE = re.compile(r"[\s\u00a0]+")


@contextmanager
def at(moment: datetime = NOW, **later: float) -> Iterator[None]:
    """Pages answered at this moment."""
    with time_machine.travel(moment + timedelta(**later), tick=False):
        yield


def text_of(response: Any) -> str:
    """What a person reads on the page, in one line."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return _SPACE.sub(" ", html.unescape(_TAGS.sub(" ", body))).strip()


def where(response: Any) -> str:
    """The address the answer sends the browser to."""
    return str(response.headers["Location"])


def opening(customer: Customer, **changes: Any) -> dict[str, Any]:
    """What the opening form sends, with some of it changed."""
    licence = customer.licence.pk if customer.licence else ""
    return {
        "key": uuid.uuid4().hex,
        "about": f"{customer.organisation.pk}-{licence}",
        "service": "incident",
        "subject": "Sem tom de discagem",
        "body": "O ramal 204 não tem tom desde cedo.",
    } | changes


def refusal_of(response: HttpResponse) -> str:
    """The text of the refusal box."""
    found = re.search(r'<section class="refusal.*?</section>', response.content.decode(), re.DOTALL)
    assert found, "there is no refusal on the page"
    return _SPACE.sub(" ", html.unescape(_TAGS.sub(" ", found[0]))).strip()


@contextmanager
def at_most(statements: int) -> Iterator[None]:
    """Fail when the block asks the database more than that; savepoints ask nothing."""
    with CaptureQueriesContext(connection) as captured:
        yield
    asked = [row["sql"] for row in captured if not row["sql"].startswith(_CONTROL)]
    shown = "\n".join(sql[:160] for sql in asked)
    assert len(asked) <= statements, f"{len(asked)} statements:\n{shown}"
