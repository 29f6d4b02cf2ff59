"""The second factor: an authenticator app, and recovery codes for when it is lost."""

import hmac
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from cryptography.fernet import InvalidToken
from django.db import transaction

from balcao.events.actions import emit, spend
from balcao.people.actions.persons import is_staff
from balcao.people.actions.refusal import require
from balcao.people.actions.sessions import expire
from balcao.people.models import User
from balcao.people.queries import actor_for
from balcao.policy.access import Actor
from balcao.policy.register import keeps_person

TOTP_STEP = 30
_DRIFT = (0, -1, 1)
_REMEMBERED = timedelta(minutes=5)


@transaction.atomic
def check_factor(*, now: datetime, user_id: int, code: str) -> str | None:
    """Which factor ``code`` is: "totp", "recovery", or None. Each code works once.

    The app's clock may be off by one step of 30 seconds. A recovery code that was used is told to
    its owner. The caller counts the tries.
    """
    typed = "".join(letter for letter in code if letter.isalnum())
    rows = {row.type: row for row in Authenticator.objects.filter(user=user_id)}
    totp = rows.get(Authenticator.Type.TOTP)
    if totp is None or not typed.isascii():
        return None
    try:
        if _is_totp(user_id, decrypt(totp.data["secret"]), typed, now):
            return "totp"
        recovery = rows.get(Authenticator.Type.RECOVERY_CODES)
        if recovery is None or not RecoveryCodes(recovery).validate_code(typed):
            return None
        left = len(RecoveryCodes(Authenticator.objects.get(pk=recovery.pk)).get_unused_codes())
    except InvalidToken:  # kept under another secret key: an administrator resets it
        return None
    user = User.objects.get(pk=user_id)
    emit("person.recovery_code_used", user, actor=actor_for(user), now=now, data={"left": left})
    return "recovery"


def _is_totp(user_id: int, secret: str, code: str, now: datetime) -> bool:
    step = _step(secret, code, now)
    key = f"second-factor:used:{user_id}:{step}"
    return step is not None and spend(key, limit=1, window=_REMEMBERED, now=now)


def _step(secret: str, code: str, now: datetime) -> int | None:
    """The step of time whose code this is; all are compared, whichever it is."""
    here = int(now.timestamp()) // TOTP_STEP
    found = None
    for drift in _DRIFT:
        expected = format_hotp_value(hotp_value(secret, here + drift))
        if hmac.compare_digest(expected.encode(), code.encode()):
            found = here + drift
    return found


@transaction.atomic
def add_factor(*, now: datetime, user_id: int, secret: str, code: str) -> bool:
    """Keep the app that shows ``code`` as the second factor, with fresh recovery codes.

    False when the code is wrong, or there is a second factor already: it is removed first. The
    caller has asked for the password.
    """
    user = User.objects.get(pk=user_id)
    if Authenticator.objects.filter(user=user).exists():
        return False
    if not _is_totp(user_id, secret, code.replace(" ", ""), now):
        return False
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    emit("person.second_factor_added", user, actor=actor_for(user), now=now)
    return True


@transaction.atomic
def new_recovery_codes(*, now: datetime, user_id: int) -> None:
    """Ten new recovery codes; the old ones are worth nothing. The caller asked for the password."""
    user = User.objects.get(pk=user_id)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(user)
    emit("person.recovery_codes_made", user, actor=actor_for(user), now=now)


@transaction.atomic
def remove_factor(*, now: datetime, user_id: int) -> None:
    """The person takes their own second factor away. The caller asked for the password."""
    user = User.objects.get(pk=user_id)
    Authenticator.objects.filter(user=user).delete()
    emit("person.second_factor_removed", user, actor=actor_for(user), now=now)


@transaction.atomic
def reset_factor(*, actor: Actor, now: datetime, user_id: int) -> bool:
    """Take away the second factor of somebody who lost it; all their sessions end.

    False when there is none. Raises NotAllowed; nobody does it for themselves.
    """
    require(actor.id != user_id and keeps_person(actor, staff=is_staff(user_id)))
    user = User.objects.get(pk=user_id)
    gone, _each = Authenticator.objects.filter(user=user).delete()
    if not gone:
        return False
    expire(user_id)
    emit("person.second_factor_reset", user, actor=actor, now=now)
    return True
