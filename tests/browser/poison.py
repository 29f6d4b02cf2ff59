"""A desk in which every text that somebody could have typed is a payload, in the database itself.

The whole life of a desk is told through the real actions; then each text column gets the payloads
in turn, past every check that a form would make. A new text field is poisoned from its first day.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction

from balcao.channels.models import Delivery
from balcao.events import queue
from balcao.people.models import User
from balcao.tickets.models import Ticket
from tests import cast
from tests.cast import NOW
from tests.contract.matrix.world import HOUR, World, build
from tests.contract.story import tell

SHORTEST = 19
"""The shortest payload that does anything; a field with less room holds none."""

_PROGRAMS = {
    "account", "actor_kind", "act", "code", "content_type", "digest", "draft_key", "event_id",
    "external_id", "html", "key", "kind", "language", "mail_id", "norm", "opening_key", "page",
    "password", "rule", "sha256", "slug", "state", "stopped", "then", "txid", "uid", "verdict",
}  # fmt: skip
"""Columns that only a program writes: codes, keys, digests, and mails as they were made."""

_ADDRESSES = {"address", "recipient"}
_CODES = {
    "tickets.Decision.reason", "tickets.Objection.reason", "channels.Inbound.reason",
    "entitlements.LedgerEntry.cause",
}  # fmt: skip
_RECORD = {"events"}  # nothing that was typed is ever in it (test_events.py)


def poisoned(texts: list[str]) -> World:
    """The desk: everybody and everything of the matrix, a whole life, and payloads all over it."""
    cast.an_installation()
    tell()
    cast.a_policy_in_force({})
    world = build()
    _policy(texts)
    _poison(texts, reachable=True)
    _write_mails(world)
    _poison(texts)
    return world


def fields() -> Iterator[tuple[type[models.Model], models.Field]]:  # type: ignore[type-arg]
    """Every column that holds what people typed."""
    for model in apps.get_models():
        if not model.__module__.startswith("balcao.") or model._meta.app_label in _RECORD:
            continue
        for field in model._meta.concrete_fields:
            room = getattr(field, "max_length", None) or 10_000
            if (
                isinstance(field, models.CharField | models.TextField)
                and not field.choices
                and field.name not in _PROGRAMS
                and f"{model._meta.label}.{field.name}" not in _CODES
                and room >= SHORTEST
            ):
                yield model, field


def _poison(texts: list[str], *, reachable: bool = False) -> None:
    """Every text; where mail is to be sent afterwards the addresses are left as they are."""
    turn = count()
    for model, field in fields():
        if reachable and field.name in _ADDRESSES:
            continue
        fitting = [text for text in texts if len(text) <= (field.max_length or 10_000)]
        for (pk,) in model._default_manager.order_by("pk").values_list("pk"):
            row = model._default_manager.filter(pk=pk)
            tries = (fitting[next(turn) % len(fitting)] for _ in fitting)
            assert any(_written(row, field.name, text) for text in tries), field


def _written(row: models.QuerySet[Any], name: str, text: str) -> bool:
    """Whether the text could stand there: some must be the only one of their kind."""
    try:
        with transaction.atomic():
            row.update(**{name: text})
    except IntegrityError:
        return False
    return True


def _policy(texts: list[str]) -> None:
    """The owner's own words: the company, the page, a holiday and why deadlines stood still."""
    plain = [text for text in texts if "{" not in text and "\n" not in text]
    more = "\n\n".join(f"{text}\n\n## {text}\n\n- **{text}**\n- {text}" for text in plain)
    page: dict[str, str] = cast.a_document({})["page"]
    cast.a_policy_in_force(
        {"company.name": texts[0], **{f"page.{code}": page[code] + more[:9000] for code in page}}
    )


def _write_mails(world: World) -> None:
    """Mails that quote poisoned names and texts, made by the actions that send them."""
    agent = User.objects.get(pk=world.personas["supervisor"].actor.id or 0)
    for number in world.ids["ticket"].values():
        ticket = Ticket.objects.get(number=number)
        cast.an_answer(ticket, agent, now=NOW + HOUR, body=ticket.subject)
    queue.run_pending(NOW + HOUR)
    assert Delivery.objects.exclude(html="").exists()
