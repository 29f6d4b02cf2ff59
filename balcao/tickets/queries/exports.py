"""Copies that customers asked for, and where they wait."""

from datetime import datetime
from pathlib import Path

from django.conf import settings

from balcao.policy.access import Actor, may_export
from balcao.tickets.models import Export, ExportState
from balcao.tickets.queries.access import NotFound

SHOWN = 5


def exports_of(actor: Actor) -> list[Export]:
    """The copies this person asked for, newest first. One statement."""
    rows = Export.objects.filter(owner=actor.id).select_related("organisation")
    return list(rows.order_by("-pk")[:SHOWN])


def export_for(actor: Actor, export_id: int, *, now: datetime) -> Export:
    """One that can be taken along now. Raises NotFound for another's, for one that is over, and
    for a company's once its owner administers it no longer.
    """
    rows = Export.objects.filter(pk=export_id, owner=actor.id, state=ExportState.READY)
    row = rows.filter(expires_at__gt=now).first()
    if row is None or not may_export(actor, row.organisation_id):
        raise NotFound
    return row


def folder() -> Path:
    """Where copies wait; their names depend on nothing a person wrote."""
    return Path(settings.DATA) / "exports"


def path_of(export_id: int) -> Path:
    """Where this copy stands once it is made, and until it is removed."""
    return folder() / f"{export_id}.zip"
