"""Addresses seen on kept mail that wait for sales."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from balcao.people.models import Address, AddressRequest
from balcao.policy.access import Actor, Duty, may


@dataclass(frozen=True, slots=True)
class RequestRow:
    """An address that waits to be registered for a person."""

    id: int
    person_id: int
    person: str
    address: str
    asked_by: str
    asked_at: datetime


def requests_waiting(actor: Actor) -> tuple[RequestRow, ...]:
    """What was left with sales and is not registered yet, the oldest first, a hundred at most; for
    whoever asks or decides recoveries. One statement.
    """
    if not (may(actor, Duty.ASK_RECOVERY) or may(actor, Duty.APPROVE_RECOVERY)):
        return ()
    return tuple(_row(row) for row in _waiting().order_by("asked_at", "pk")[:100])


def requested(address: str, user_ids: Collection[int]) -> tuple[RequestRow, ...]:
    """Which of these people this address was left for, and waits. One statement."""
    rows = _waiting().filter(address=address.lower(), user__in=list(user_ids))
    return tuple(_row(row) for row in rows.order_by("pk"))


def _waiting() -> QuerySet[AddressRequest]:
    known = Address.objects.filter(
        user=OuterRef("user"), address=OuterRef("address"), retired_at=None
    )
    rows = AddressRequest.objects.filter(~Exists(known), ended_at=None, user__is_active=True)
    return rows.select_related("user", "asked_by")


def _row(row: AddressRequest) -> RequestRow:
    return RequestRow(
        id=row.pk,
        person_id=row.user_id,
        person=row.user.name,
        address=row.address,
        asked_by=row.asked_by.name,
        asked_at=row.asked_at,
    )
