"""An address seen on kept mail, left with sales to be registered: it changes nothing by itself."""

from datetime import datetime

from django.db import IntegrityError, transaction

from balcao.events.actions import emit
from balcao.people.actions.persons import is_staff
from balcao.people.actions.refusal import Conflict, require
from balcao.people.models import Address, AddressRequest, User
from balcao.policy.access import Actor, Duty, may
from balcao.policy.addresses import may_request


@transaction.atomic
def request_address(*, actor: Actor, now: datetime, user_id: int, address: str) -> AddressRequest:
    """Leave an address with sales, for a person who is registered with another (A8).

    Raises NotAllowed (also for the staff's own people), Conflict (``on_file``, ``requested``).
    """
    require(may_request(actor, user_id) and not is_staff(user_id))
    user = User.objects.get(pk=user_id, is_active=True)
    wanted = address.strip().lower()
    if Address.objects.filter(user=user, address=wanted, retired_at=None).exists():
        raise Conflict("on_file")
    assert actor.id is not None
    row = AddressRequest(user=user, address=wanted, asked_by_id=actor.id, asked_at=now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("requested") from error
    emit("person.address_requested", user, actor=actor, now=now, data={"request": row.pk})
    return row


@transaction.atomic
def drop_request(*, actor: Actor, now: datetime, request_id: int) -> None:
    """Sales registers no such address. Raises NotAllowed, Conflict (``state_changed``)."""
    require(may(actor, Duty.ASK_RECOVERY))
    row = AddressRequest.objects.select_related("user").get(pk=request_id)
    if not _end(row, actor=actor, now=now, taken=False):
        raise Conflict("state_changed")


def take_up(user: User, address: str, *, actor: Actor, now: datetime) -> None:
    """What was left with sales is asked for now, within the transaction that asks."""
    for row in AddressRequest.objects.filter(user=user, address=address, ended_at=None):
        _end(row, actor=actor, now=now, taken=True)


def _end(row: AddressRequest, *, actor: Actor, now: datetime, taken: bool) -> bool:
    """One conditional UPDATE: of two who press at once, one does."""
    waiting = AddressRequest.objects.filter(pk=row.pk, ended_at=None)
    if not waiting.update(ended_by=actor.id, ended_at=now):
        return False
    data = {"request": row.pk, "taken": taken}
    emit("person.address_request_ended", row.user, actor=actor, now=now, data=data)
    return True
