"""Drafts: what a customer wrote and has not opened yet."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from balcao.files.models import StoredFile
from balcao.policy.access import Actor
from balcao.policy.gate import Door
from balcao.tickets.models import Draft


@transaction.atomic
def save_draft(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    subject: str,
    body: str,
    organisation_id: int | None = None,
    service_id: int | None = None,
    licence_id: int | None = None,
    files: Sequence[StoredFile] = (),
    door: Door = Door.PORTAL,
) -> Draft:
    """Keep what was written under ``key``; the same key again replaces it."""
    draft, _ = Draft.objects.update_or_create(
        owner_id=actor.id,
        key=key,
        defaults={
            "organisation_id": organisation_id,
            "service_id": service_id,
            "licence_id": licence_id,
            "door": door.value,
            "subject": subject[:200],
            "body": body,
            "changed_at": now,
        },
    )
    draft.files.add(*files)
    return draft


@transaction.atomic
def discard_draft(*, actor: Actor, now: datetime, key: str) -> None:
    """Throw the actor's draft away; one that is already gone is no fault."""
    drop_draft(actor, key)


def drop_draft(actor: Actor, key: str) -> None:
    """The same, inside an action's transaction."""
    Draft.objects.filter(owner=actor.id, key=key).delete()
