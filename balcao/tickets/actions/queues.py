"""Queues and their members."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from balcao.entitlements.models import Service
from balcao.events.actions import emit
from balcao.people.models import User
from balcao.policy.access import Actor
from balcao.tickets.models import Queue


@transaction.atomic
def create_queue(
    *,
    actor: Actor,
    now: datetime,
    name: str,
    slug: str,
    is_default: bool = False,
    members: Iterable[User] = (),
    services: Iterable[Service] = (),
) -> Queue:
    """A queue, the people who serve it and the services whose tickets wait in it."""
    queue = Queue.objects.create(name=name, slug=slug, is_default=is_default)
    queue.members.set(members)
    queue.services.set(services)
    emit("queue.created", queue, actor=actor, now=now)
    return queue


@transaction.atomic
def add_members(*, actor: Actor, now: datetime, queue: Queue, members: Iterable[User]) -> None:
    """From now on ``members`` serve the queue too; those who already do stay."""
    added = list(members)
    queue.members.add(*added)
    data = {"members": [user.pk for user in added]}
    emit("queue.members_added", queue, actor=actor, now=now, data=data)
