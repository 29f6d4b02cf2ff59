"""Inviting many people: little by little, paused and resumed, each person once."""

from datetime import datetime, timedelta

from django.db import transaction

from balcao.events.actions import emit
from balcao.people.actions.access import invite
from balcao.people.actions.refusal import require
from balcao.people.models import Invitation, InvitationState, User
from balcao.people.queries import uninvited
from balcao.policy.access import SYSTEM, Actor
from balcao.policy.register import keeps_customers

FASTEST = 60
"""Invitations a minute: the ticker sends at most one a second, whatever waits."""


@transaction.atomic
def plan_invitations(
    *,
    actor: Actor,
    now: datetime,
    per_minute: int,
    organisation_id: int | None = None,
    dry_run: bool = False,
) -> int:
    """Put everybody on the list who acts for a customer, has an address and no password yet.

    How many. Whoever is on the list, or was invited by hand, is left out: nobody is invited twice.
    ``per_minute``: 1 to 60. Raises NotAllowed.
    """
    require(keeps_customers(actor))
    users = list(uninvited(organisation_id=organisation_id))
    if dry_run:
        return len(users)
    start = _free_from(now)
    for place, user in enumerate(users):
        Invitation.objects.create(
            user=user,
            state=InvitationState.WAITING,
            asked_at=now,
            next_at=start + _pause(per_minute) * place,
        )
        emit("person.invitation_planned", user, actor=actor, now=now)
    return len(users)


def _pause(per_minute: int) -> timedelta:
    return timedelta(minutes=1) / max(1, min(per_minute, FASTEST))


def _free_from(now: datetime) -> datetime:
    """After the last one that waits already."""
    waiting = Invitation.objects.filter(state=InvitationState.WAITING).order_by("-next_at")
    last = waiting.values_list("next_at", flat=True).first()
    return max(now, last + timedelta(seconds=1)) if last else now


@transaction.atomic
def pause_invitations(*, actor: Actor, now: datetime) -> int:
    """Send none of those that wait until they are resumed; how many. Raises NotAllowed."""
    require(keeps_customers(actor))
    count = 0
    for row in Invitation.objects.filter(state=InvitationState.WAITING).select_related("user"):
        held = Invitation.objects.filter(pk=row.pk, state=InvitationState.WAITING)
        if held.update(state=InvitationState.PAUSED, next_at=None):
            emit("person.invitation_paused", row.user, actor=actor, now=now)
            count += 1
    return count


@transaction.atomic
def resume_invitations(*, actor: Actor, now: datetime, per_minute: int) -> int:
    """Go on with those that were paused; how many. Raises NotAllowed."""
    require(keeps_customers(actor))
    start, count = _free_from(now), 0
    rows = Invitation.objects.filter(state=InvitationState.PAUSED).order_by("asked_at", "pk")
    for row in rows.select_related("user"):
        moment = start + _pause(per_minute) * count
        held = Invitation.objects.filter(pk=row.pk, state=InvitationState.PAUSED)
        if held.update(state=InvitationState.WAITING, next_at=moment):
            emit("person.invitation_resumed", row.user, actor=actor, now=now)
            count += 1
    return count


def send_invitations(now: datetime) -> int:
    """Send the next one that is due, if any; how many. Called by the ticker each second.

    The conditional UPDATE makes each be sent once, whatever the number of tickers. Whoever set a
    password meanwhile, or has no address any more, is passed over.
    """
    due = Invitation.objects.filter(next_at__lte=now).order_by("next_at", "pk").first()
    return _send(due.pk, due.user_id, now) if due else 0


@transaction.atomic
def _send(pk: int, user_id: int, now: datetime) -> int:
    mine = Invitation.objects.filter(pk=pk, state=InvitationState.WAITING, next_at__lte=now)
    if not mine.update(state=InvitationState.SENT, next_at=None, ended_at=now):
        return 0
    user = User.objects.get(pk=user_id)
    if user.has_usable_password() or not invite(actor=SYSTEM, now=now, user_id=user_id):
        Invitation.objects.filter(pk=pk).update(state=InvitationState.SKIPPED)
        return 0
    return 1
