"""Working hours, and the address at which an agent's own calendar reads their appointments."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from balcao.appointments.models import Feed, WorkingHours
from balcao.events.actions import emit
from balcao.people.models import User
from balcao.people.queries import digest_of
from balcao.policy import access
from balcao.policy.access import Actor, Duty
from balcao.policy.book import Span
from balcao.tickets.actions import Conflict
from balcao.tickets.actions.refusal import require


@transaction.atomic
def keep_hours(
    *, actor: Actor, now: datetime, agent_id: int, week: Sequence[Sequence[Span]]
) -> None:
    """When this person can be booked, seven days, Monday first, in place of what was kept before.

    What is booked stays booked. Raises NotAllowed, Conflict "hours" for spans that overlap or are
    none.
    """
    require(access.may_keep_hours(actor, agent_id))
    user = User.objects.select_for_update().get(pk=agent_id)
    for day in week:
        edges = [edge for span in day for edge in (span.start, span.end)]
        if edges != sorted(set(edges)) or any(not 0 <= edge <= 1440 for edge in edges):
            raise Conflict("hours")
    WorkingHours.objects.filter(agent=user).delete()
    WorkingHours.objects.bulk_create(
        WorkingHours(agent=user, weekday=weekday, start=span.start, end=span.end)
        for weekday, day in enumerate(week)
        for span in day
    )
    spans = sum(len(day) for day in week)
    emit("person.hours_kept", user, actor=actor, now=now, data={"spans": spans})


@transaction.atomic
def make_feed(*, actor: Actor, now: datetime) -> str:
    """The secret of the actor's own feed, shown once; an address that was made before is over."""
    require(access.may(actor, Duty.OWN_AGENDA))
    assert actor.id is not None
    secret = secrets.token_urlsafe(32)
    user = User.objects.select_for_update().get(pk=actor.id)
    values = {"digest": digest_of(secret), "made_at": now}
    Feed.objects.update_or_create(agent=user, defaults=values)
    emit("person.feed_made", user, actor=actor, now=now)
    return secret


@transaction.atomic
def drop_feed(*, actor: Actor, now: datetime) -> None:
    """The address shows nothing to anybody from now on."""
    require(access.may(actor, Duty.OWN_AGENDA))
    assert actor.id is not None
    user = User.objects.get(pk=actor.id)
    if Feed.objects.filter(agent=user).delete()[0]:
        emit("person.feed_dropped", user, actor=actor, now=now)
