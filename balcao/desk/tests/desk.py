"""What the desk's tests share: a browser at the desk, and what a page holds."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import time_machine
from django.db import connection
from django.db.models import F
from django.test import Client
from django.urls import reverse

from balcao.desk.forms import new_key
from balcao.people.models import User
from balcao.tickets.models import Message, MessageKind, Ticket
from tests.cast import NOW, signed_in

LATER = NOW + timedelta(hours=2)


def at(moment: datetime = LATER) -> time_machine.travel:
    """The whole process at ``moment``, standing still."""
    return time_machine.travel(moment, tick=False)


def desk_of(user: User) -> Client:
    """The user's browser, in English so that texts are the sources' own."""
    client = signed_in(user)
    client.cookies["balcao_language"] = "en"
    return client


def text_of(response: Any) -> str:
    """What a person reads on the page: no tags, no runs of space."""
    html = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").split())


def page(client: Client, ticket: Ticket, **query: str) -> Any:
    return client.get(reverse("desk_ticket", args=[ticket.number]), query)


def write(
    client: Client,
    ticket: Ticket,
    body: str,
    *,
    route: str = "desk_reply",
    key: str | None = None,
    seen: int | None = None,
    **more: Any,
) -> Any:
    """Send the composer as it stands on a page of now; ``seen`` makes it an older one."""
    known = ticket.messages.count() if seen is None else seen
    data = {
        "kind": "reply",
        "body": body,
        "key": key or new_key(),
        "seen": known,
        "version": _version(client, ticket),
        **more,
    }
    return client.post(reverse(route, args=[ticket.number]), data)


def _version(client: Client, ticket: Ticket) -> int:
    """Of the draft on a page of now."""
    mine = ticket.staff_drafts.filter(author=client.session["_auth_user_id"])
    return mine.values_list("version", flat=True).first() or 0


def press(client: Client, route: str, ticket: Ticket, **data: str) -> Any:
    return client.post(reverse(route, args=[ticket.number]), data)


def a_conversation(ticket: Ticket, author: User, *, length: int, start: int = 0) -> None:
    """Many answers at once, numbered, as rows: what they cost to write is tested elsewhere."""
    Message.objects.bulk_create(
        Message(
            ticket=ticket,
            kind=MessageKind.REPLY,
            door="portal",
            author=author,
            author_name=author.name,
            body=f"Answer no. {n:02}.",
            key=f"answer-{n}",
            created_at=LATER,
        )
        for n in range(start, start + length)
    )
    Ticket.objects.filter(pk=ticket.pk).update(message_count=F("message_count") + length)


def tables() -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Every table with all its rows, for comparing before and after."""
    with connection.cursor() as cursor:
        for name in sorted(connection.introspection.table_names(cursor)):
            quoted = connection.ops.quote_name(name)
            cursor.execute(f"SELECT * FROM {quoted}")
            yield name, sorted(cursor.fetchall(), key=repr)
