"""Ways in: invitations, forgotten codes, passwords."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import F

from balcao.events.actions import emit
from balcao.people.actions.tokens import use_token
from balcao.people.models import User
from balcao.people.queries import actor_for, primary_addresses
from balcao.policy.access import Actor
from balcao.policy.accounts import TokenKind


@transaction.atomic
def invite(*, actor: Actor, now: datetime, user_id: int) -> bool:
    """Write to the person's primary registered address: their code, and a link to set a password.

    The caller asks whether ``actor`` may. False, and nothing is sent, for somebody deactivated or
    without a registered address. Every invitation not yet used stays good until a password is set.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or user_id not in primary_addresses([user_id]):
        return False
    emit("person.invited", user, actor=actor, now=now)
    return True


@transaction.atomic
def set_password_by_link(*, now: datetime, kind: TokenKind, secret: str, password: str) -> User:
    """Use an invitation or a reset up and set the password; every session of the person ends.

    Raises TokenRefused, and ValidationError (nothing is used up) for a password too weak.
    """
    grant = use_token(now=now, kind=kind, secret=secret)
    user = User.objects.get(pk=grant.user_id)
    validate_password(password, user)
    _set(user, password)
    emit(
        "person.password_set",
        user,
        actor=actor_for(user),
        now=now,
        data={"by": kind.value},
    )
    return user


def _set(user: User, password: str) -> None:
    """The new password, and an end to every session begun under the old one."""
    user.set_password(password)
    User.objects.filter(pk=user.pk).update(
        password=user.password, session_stamp=F("session_stamp") + 1
    )
    user.refresh_from_db(fields=["password", "session_stamp"])
