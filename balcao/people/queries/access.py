"""Reading somebody's ways in: second factor and sessions."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from cryptography.fernet import InvalidToken
from django.contrib.sessions.models import Session
from django.db.models import Exists, Max, OuterRef

from balcao.people.models import StaffRole, User


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One session of a person: since when, last seen, from which machine and browser."""

    id: int
    began_at: datetime
    seen_at: datetime
    client: str
    agent: str
    current: bool


@dataclass(frozen=True, slots=True)
class StaffAccess:
    """A member of staff as their administrator sees them: hats, second factor, last seen."""

    id: int
    name: str
    code: str
    roles: tuple[str, ...]
    protected: bool
    seen_at: datetime | None


def staff_access() -> list[StaffAccess]:
    """Everybody active who wears a hat of the staff, those without a second factor first.

    Two statements.
    """
    roles = defaultdict(list)
    for user_id, role in StaffRole.objects.order_by("role").values_list("user_id", "role"):
        roles[user_id].append(role)
    totp = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    people = User.objects.filter(pk__in=roles, is_active=True).annotate(
        protected=Exists(totp), seen_at=Max("usersession__last_seen_at")
    )
    return [
        StaffAccess(
            id=user.pk,
            name=user.name,
            code=user.code,
            roles=tuple(roles[user.pk]),
            protected=user.protected,
            seen_at=user.seen_at,
        )
        for user in people.order_by("protected", "name", "pk")
    ]


def has_second_factor(user_id: int) -> bool:
    """Whether somebody has an authenticator app to prove themselves with."""
    rows = Authenticator.objects.filter(user=user_id, type=Authenticator.Type.TOTP)
    return bool(rows.exists())


def recovery_codes(user_id: int) -> list[str]:
    """The recovery codes not used yet. Only ever shown right after they were made."""
    row = Authenticator.objects.filter(user=user_id, type=Authenticator.Type.RECOVERY_CODES).first()
    try:
        return list(RecoveryCodes(row).get_unused_codes()) if row else []
    except InvalidToken:
        return []


def open_sessions(user_id: int, *, key: str, now: datetime) -> list[OpenSession]:
    """The person's sessions, this one (``key``) first, then the last used. One statement."""
    alive = Session.objects.filter(expire_date__gt=now).values("session_key")
    rows = UserSession.objects.filter(user=user_id, session_key__in=alive)
    found = [
        OpenSession(
            id=row.pk,
            began_at=row.created_at,
            seen_at=row.last_seen_at,
            client=row.ip,
            agent=row.user_agent,
            current=row.session_key == key,
        )
        for row in rows.order_by("-last_seen_at", "-pk")
    ]
    return sorted(found, key=lambda one: not one.current)
