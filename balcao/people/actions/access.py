"""Ways in: invitations, forgotten codes, passwords."""

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from balcao.events.actions import emit, enqueue, refund, spend
from balcao.people.actions.sessions import expire
from balcao.people.actions.tokens import make_token, use_token
from balcao.people.models import Address, User
from balcao.people.queries import actor_for, primary_addresses, reachable_as
from balcao.policy.access import ANONYMOUS, Actor
from balcao.policy.accounts import TokenKind

# Guessing (A6): passwords typed again in a session, and mails that somebody else asks for.
CONFIRMATIONS, CONFIRMATION_WINDOW = 10, timedelta(minutes=15)
RECOVERIES, RECOVERY_WINDOW = 5, timedelta(hours=24)
_LONGEST = 254


class TooManyTries(Exception):
    """The password was typed wrongly too often; again after 15 minutes."""


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
def make_link(*, actor: Actor, now: datetime, user_id: int, kind: TokenKind) -> str:
    """The secret of a link that is handed over by other ways than mail, on the record.

    For whoever runs the machine: no page asks for one.
    """
    user = User.objects.get(pk=user_id)
    emit("person.link_made", user, actor=actor, now=now, data={"kind": kind.value})
    return make_token(now=now, kind=kind, user_id=user_id)


@transaction.atomic
def set_password_by_link(*, now: datetime, kind: TokenKind, secret: str, password: str) -> User:
    """Use an invitation or a reset up and set the password; every session of the person ends.

    Raises TokenRefused, and ValidationError (nothing is used up) for a password too weak.
    """
    grant = use_token(now=now, kind=kind, secret=secret)
    user = User.objects.get(pk=grant.user_id)
    validate_password(password, user)
    _set(user, password)
    if kind is TokenKind.INVITATION:  # it went to the primary address alone
        rows = Address.objects.filter(user=user, primary=True, retired_at=None, verified_at=None)
        rows.update(verified_at=now)
    emit(
        "person.password_set",
        user,
        actor=actor_for(user),
        now=now,
        data={"by": kind.value},
    )
    return user


@transaction.atomic
def change_password(*, now: datetime, user_id: int, password: str, keep: str) -> User:
    """The person's own new password; every session but the one with the key ``keep`` ends.

    The caller has asked for the old one. Raises ValidationError for a password too weak.
    """
    user = User.objects.get(pk=user_id)
    validate_password(password, user)
    _set(user, password, keep=keep)
    emit("person.password_set", user, actor=actor_for(user), now=now, data={"by": "change"})
    return user


def _set(user: User, password: str, *, keep: str = "") -> None:
    """The new password, and an end to every session begun under the old one."""
    user.set_password(password)
    User.objects.filter(pk=user.pk).update(password=user.password)
    expire(user.pk, keep=keep)
    user.refresh_from_db(fields=["password", "session_stamp"])


def confirm_password(*, now: datetime, user_id: int, password: str) -> bool:
    """Whether the person in this session knows the password: asked before anything that matters.

    Raises TooManyTries after ten misses in a quarter of an hour.
    """
    key = f"confirm:{user_id}"
    if not spend(key, limit=CONFIRMATIONS, window=CONFIRMATION_WINDOW, now=now, sliding=True):
        raise TooManyTries
    kept = User.objects.values_list("password", flat=True).get(pk=user_id, is_active=True)
    if not check_password(password, kept):
        return False
    refund(key)
    return True


@transaction.atomic
def ask_recovery(*, now: datetime, typed: str) -> None:
    """Somebody typed an address or a code: a job looks for it, so that the answer, its size and its
    time are the same whether it exists or not (A7).
    """
    enqueue("people.recover", now=now, typed=typed.strip()[:_LONGEST])


@transaction.atomic
def recover(*, now: datetime, typed: str) -> None:
    """Tell whoever ``typed`` belongs to their code and a link, at their primary address (A5).

    Nothing for an unknown one, and at most five mails a day to each person.
    """
    for user in reachable_as(typed):
        key = f"recovery:{user.pk}"
        if spend(key, limit=RECOVERIES, window=RECOVERY_WINDOW, now=now):
            emit("person.recovery_asked", user, actor=ANONYMOUS, now=now)


@transaction.atomic
def set_language(*, actor: Actor, now: datetime, user_id: int, language: str) -> None:
    """The language of the person's pages and mails."""
    user = User.objects.get(pk=user_id)
    User.objects.filter(pk=user_id).update(language=language)
    emit("person.language_set", user, actor=actor, now=now)
