"""Saving the policy."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.db import transaction

from balcao.events.actions import emit
from balcao.policy.access import Actor
from balcao.policy.book import parse
from balcao.rulebook.models import PolicyVersion

SHIPPED = Path(__file__).with_name("default.toml")


def shipped_document() -> dict[str, object]:
    """The policy that comes with the product, as JSON-ready data (dates as ISO text)."""
    with SHIPPED.open("rb") as file:
        document = tomllib.load(file)
    plain: dict[str, object] = json.loads(json.dumps(document, default=lambda day: day.isoformat()))
    return plain


@transaction.atomic
def install_shipped(*, actor: Actor, now: datetime) -> PolicyVersion | None:
    """Save the shipped policy as version 1, unless there is a policy already."""
    if PolicyVersion.objects.exists():
        return None
    return _save(shipped_document(), reason="Shipped policy", actor=actor, now=now)


@transaction.atomic
def save(
    document: Mapping[str, object], *, reason: str, actor: Actor, now: datetime
) -> PolicyVersion:
    """Save a new version. Raises policy.book.PolicyError when the document cannot be enforced."""
    return _save(document, reason=reason, actor=actor, now=now)


def _save(
    document: Mapping[str, object], *, reason: str, actor: Actor, now: datetime
) -> PolicyVersion:
    newest = PolicyVersion.objects.order_by("-number").first()
    number = newest.number + 1 if newest else 1
    parse(document, version=number)
    row = PolicyVersion.objects.create(
        number=number,
        document=document,
        digest=digest_of(document),
        reason=reason,
        author_id=actor.id,
        author_label=actor.label,
        created_at=now,
    )
    emit("policy.saved", row, actor=actor, now=now, data={"number": number, "digest": row.digest})
    return row


def digest_of(document: Mapping[str, object]) -> str:
    """SHA-256 of the document's canonical JSON: the same text, the same digest."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
