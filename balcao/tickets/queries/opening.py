"""What the opening page offers, and the drafts that wait there."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from balcao.entitlements.queries import (
    LicenceRow,
    ServiceRow,
    registers_of,
    services,
)
from balcao.files.models import StoredFile
from balcao.people.models import Organisation
from balcao.policy import gate
from balcao.policy.access import Actor
from balcao.policy.book import Policy
from balcao.policy.entitlement import Coverage
from balcao.policy.gate import Door, lifted_until
from balcao.tickets.models import Draft, How, Objection, Override
from balcao.tickets.queries.access import NotFound
from balcao.tickets.queries.overrides import overrides_of
from balcao.tickets.queries.questions import question_to_open


@dataclass(frozen=True, slots=True)
class Choices:
    """One organisation the actor may open for: its licences and what covers it.

    ``excepted_until``: an exception lets it open although nothing covers it (R14).
    """

    organisation_id: int
    organisation: str
    coverage: Coverage
    licences: tuple[LicenceRow, ...]
    excepted_until: datetime | None


def opening_choices(
    actor: Actor, *, policy: Policy, now: datetime
) -> tuple[tuple[Choices, ...], list[ServiceRow]]:
    """Every organisation the actor acts for, with its licences; and the catalogue of services."""
    return choices_of(actor, policy=policy, now=now), services()


def choices_of(actor: Actor, *, policy: Policy, now: datetime) -> tuple[Choices, ...]:
    """Every organisation the actor acts for, with what covers them there.

    Three statements, and one more for each organisation that nothing covers.
    """
    organisations = Organisation.objects.filter(pk__in=actor.organisations).order_by("name")
    registers = registers_of(actor.organisations, policy=policy, now=now, actor=actor)
    return tuple(
        Choices(
            organisation_id=row.pk,
            organisation=row.name,
            coverage=registers[row.pk].coverage,
            licences=registers[row.pk].licences,
            excepted_until=None
            if registers[row.pk].coverage.covered
            else lifted_until(overrides_of(row.pk), "S5", door=Door.PORTAL, now=now),
        )
        for row in organisations
    )


DRAFTS_SHOWN = 50


def drafts_of(actor: Actor, *, most: int = DRAFTS_SHOWN) -> list[Draft]:
    """The actor's drafts, newest first; each with ``file_count``."""
    return list(
        Draft.objects.filter(owner=actor.id, discarded_at=None)
        .select_related("organisation", "service")
        .annotate(file_count=Count("files"))
        .order_by("-changed_at")[:most]
    )


def draft_for(actor: Actor, key: str) -> Draft:
    """One draft of the actor's own. Raises NotFound for anybody else's (B6)."""
    draft = (
        Draft.objects.filter(owner=actor.id, key=key, discarded_at=None)
        .select_related("service", "licence")
        .first()
    )
    if draft is None:
        raise NotFound
    return draft


def draft_files(actor: Actor, key: str) -> list[StoredFile]:
    """The files kept with the actor's draft of that key; none when there is no such draft."""
    return list(
        StoredFile.objects.filter(
            draft__owner=actor.id, draft__key=key, draft__discarded_at=None
        ).order_by("created_at")
    )


def drafts_let_in(row: Override, *, policy: Policy, now: datetime) -> dict[int, list[Draft]]:
    """By owner, newest first: what was refused, waits as a draft, and can be opened while the
    exception is in force, thanks to it.
    """
    refused = Objection.objects.filter(organisation=row.organisation_id, how=How.REFUSED)
    waiting = Draft.objects.filter(
        pk__in=refused.values("draft"),
        organisation=row.organisation_id,
        service__isnull=False,
        discarded_at=None,
    )
    found: dict[int, list[Draft]] = defaultdict(list)
    for draft in waiting.select_related("service").order_by("owner", "-changed_at"):
        assert draft.service
        request, facts = question_to_open(
            draft.owner_id,
            row.organisation_id,
            service=draft.service.slug,
            licence_id=draft.licence_id,
            door=Door.PORTAL,
        )
        decision = gate.decide(request, facts, policy, max(now, row.begins))
        if not decision.refused and row.pk in {lift.override for lift in decision.lifted}:
            found[draft.owner_id].append(draft)
    return found
