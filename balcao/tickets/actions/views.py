"""Naming a list of the desk, for oneself or for the whole team."""

from datetime import datetime

from django.db import transaction

from balcao.events.actions import emit
from balcao.people.models import User
from balcao.policy import access
from balcao.policy.access import Actor, Duty
from balcao.tickets.actions.refusal import Conflict, require
from balcao.tickets.models import SavedView

MOST_VIEWS = 30


@transaction.atomic
def save_view(*, actor: Actor, now: datetime, name: str, query: str, shared: bool) -> SavedView:
    """Keep the list with this address under ``name``; one of that name is replaced.

    Shared ones are for who keeps what the team shares. Raises NotAllowed, or Conflict("too_many")
    beyond MOST_VIEWS of one's own, or of the team's.
    """
    require(access.can_enter(actor, "desk") and _may_keep(actor, shared=shared))
    assert actor.id is not None
    # Two presses at once must not make two of a name.
    User.objects.select_for_update().get(pk=actor.id)
    owner = None if shared else actor.id
    row = SavedView.objects.filter(owner=owner, name=name).first()
    if row is None:
        if SavedView.objects.filter(owner=owner).count() >= MOST_VIEWS:
            raise Conflict("too_many")
        row = SavedView(owner_id=owner, name=name)
    row.query, row.changed_by_id, row.changed_at = query, actor.id, now
    row.save()
    emit("view.saved", row, actor=actor, now=now, data={"shared": shared})
    return row


@transaction.atomic
def remove_view(*, actor: Actor, now: datetime, view_id: int) -> None:
    """Forget a view of one's own, or of the team's. One that is gone already stays gone."""
    row = SavedView.objects.select_for_update(of=("self",)).filter(pk=view_id).first()
    if row is None:
        return
    require(row.owner_id in (None, actor.id) and _may_keep(actor, shared=row.owner_id is None))
    emit("view.removed", row, actor=actor, now=now, data={"shared": row.owner_id is None})
    row.delete()


def _may_keep(actor: Actor, *, shared: bool) -> bool:
    return not shared or access.may(actor, Duty.KEEP_SAVED_REPLIES)
