"""Addresses as the system itself registers them: setting up and importing."""

from datetime import datetime

from django.db import transaction

from balcao.events.actions import emit
from balcao.people.actions.refusal import require
from balcao.people.models import Address, User
from balcao.policy.access import Actor


@transaction.atomic
def add_address(
    *, actor: Actor, now: datetime, user: User, address: str, primary: bool = False
) -> Address:
    """From now on ``address`` identifies ``user`` (S8); ``primary`` makes it where mail goes.

    The system's alone: people change an address as A8 says (see `addresses`). Raises NotAllowed.
    """
    require(actor.kind == "system")
    if primary:
        Address.objects.filter(user=user, retired_at=None).update(primary=False)
    row = Address.objects.create(
        user=user, address=address.lower(), primary=primary, verified_at=now
    )
    emit("person.address_added", user, actor=actor, now=now, data={"address": row.pk})
    return row


@transaction.atomic
def retire_address(*, actor: Actor, now: datetime, user: User, address: str) -> None:
    """The address identifies nobody from now on. The system's alone. Raises NotAllowed."""
    require(actor.kind == "system")
    Address.objects.filter(user=user, address=address.lower(), retired_at=None).update(
        retired_at=now
    )
    emit("person.address_retired", user, actor=actor, now=now)
