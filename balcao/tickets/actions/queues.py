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
    queue = Queue.objects.create(name=name, slug=slug, is_default=is_default)
    queue.members.set(members)
    queue.services.set(services)
    emit("queue.created", queue, actor=actor, now=now)
    return queue
