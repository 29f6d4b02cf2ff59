"""Drafts: what a customer wrote and has not opened yet."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from balcao.entitlements.models import Licence, Service
from balcao.events.statements import Statement
from balcao.files.models import StoredFile
from balcao.policy.access import Actor
from balcao.policy.gate import Door
from balcao.rulebook import queries as rulebook
from balcao.tickets.models import Draft, Ticket

MOST = 100
"""Drafts that one person may have at a time; typing begins no further one."""

REGRET = timedelta(days=1)
"""How long a draft that was thrown away can be taken back."""


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
    assert actor.id is not None
    written = Draft(
        owner_id=actor.id,
        key=key,
        organisation_id=organisation_id,
        service_id=service_id,
        licence_id=licence_id,
        door=door.value,
        subject=subject[:200],
        body=body,
        changed_at=now,
    )
    [draft] = Draft.objects.bulk_create(
        [written],
        update_conflicts=True,
        unique_fields=["owner", "key"],
        update_fields=_WRITTEN,
    )
    if files:
        draft.files.add(*files)
    return draft


_WRITTEN = (
    *("organisation", "service", "licence", "door", "subject", "body"),
    *("changed_at", "discarded_at"),
)


@transaction.atomic
def keep_typing(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    subject: str,
    body: str,
    organisation_id: int | None = None,
    licence_id: int | None = None,
    service: str = "",
) -> bool:
    """Keep what is being typed in the opening form; whether there is a draft of it now.

    Nothing is kept of an empty form, of one that became a ticket in the meantime (a late save must
    not bring its draft back) and beyond ``MOST`` drafts. A draft thrown away stays so. Choices that
    are not the actor's are left out (B5); the door and the files of a draft stay as they are.
    """
    if not (subject.strip() or body.strip()):
        return False
    if Ticket.objects.filter(opener=actor.id, opening_key=key).exists():
        return False
    mine = organisation_id in actor.organisations
    licence = licence_id if mine and _is_of(licence_id, organisation_id) else None
    offered = Service.objects.filter(slug=service, active=True)
    typed = {
        "organisation_id": organisation_id if mine else None,
        "licence_id": licence,
        "service_id": offered.values_list("pk", flat=True).first(),
        "subject": subject[:200],
        "body": body,
        "changed_at": now,
    }
    found = Draft.objects.filter(owner=actor.id, key=key)
    if found.exists():
        return bool(found.filter(discarded_at=None).update(**typed))
    if Draft.objects.filter(owner=actor.id).count() >= MOST:
        return False
    Draft.objects.get_or_create(
        owner_id=actor.id, key=key, defaults={**typed, "door": Door.PORTAL.value}
    )
    return True


def _is_of(licence_id: int | None, organisation_id: int | None) -> bool:
    rows = Licence.objects.filter(organisation=organisation_id)
    return licence_id is not None and rows.filter(pk=licence_id).exists()


@transaction.atomic
def discard_draft(*, actor: Actor, now: datetime, key: str) -> bool:
    """Throw the actor's draft away, for a day only put aside; whether there was one."""
    rows = Draft.objects.filter(owner=actor.id, key=key, discarded_at=None)
    return rows.exists() and bool(rows.update(discarded_at=now))


@transaction.atomic
def restore_draft(*, actor: Actor, now: datetime, key: str) -> bool:
    """Take back a draft of the actor's own that was thrown away; whether it was still there."""
    rows = Draft.objects.filter(owner=actor.id, key=key, discarded_at__gt=now - REGRET)
    return rows.exists() and bool(rows.update(discarded_at=None))


def drop_draft(actor: Actor, key: str) -> bool:
    """The draft became a ticket or a message; whether it was there. Inside an action."""
    found = [pk for (pk,) in _KEPT.rows(actor.id, key)]
    return bool(found) and bool(Draft.objects.filter(pk__in=found).delete()[0])


_KEPT = Statement(
    lambda owner, key: Draft.objects.filter(owner=owner, key=key).values_list("pk"), int, str
)


@transaction.atomic
def forget_drafts(now: datetime) -> int:
    """Let go of drafts thrown away a day ago and of those unchanged for ``retention.drafts`` days,
    500 at most; how many. Called by the ticker.
    """
    oldest = now - timedelta(days=rulebook.current().retention["drafts"])
    over = Q(discarded_at__lte=now - REGRET) | Q(changed_at__lte=oldest)
    ids = list(Draft.objects.filter(over).values_list("pk", flat=True)[:500])
    Draft.objects.filter(over, pk__in=ids).delete()
    return len(ids)
