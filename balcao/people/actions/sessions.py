"""Sessions of people: begun, noted as used, ended."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F, Q

from balcao.events.actions import emit
from balcao.people.models import Token, User
from balcao.policy.access import Actor

# How long somebody stays signed in: a contact's own machine, a desk with many people around.
CONTACT_SESSION = timedelta(days=14)
STAFF_SESSION = timedelta(hours=12)
_AGENT_LENGTH = 200
_REMEMBERED = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a session is: its key, the machine, and how the browser calls itself."""

    key: str
    client: str
    agent: str


@transaction.atomic
def begin(*, actor: Actor, now: datetime, user: User, session: Browser, factor: str) -> None:
    """Somebody signed in with ``factor`` (totp, recovery or none) beside the password."""
    alive = Session.objects.filter(expire_date__gt=now).values("session_key")
    gone = Q(user=user) & ~Q(session_key__in=alive)
    UserSession.objects.filter(gone | Q(session_key=session.key)).delete()
    UserSession.objects.create(
        user=user,
        session_key=session.key,
        ip=_ip(session.client),
        user_agent=session.agent[:_AGENT_LENGTH],
        created_at=now,
        last_seen_at=now,
    )
    emit("person.signed_in", user, actor=actor, now=now, data={"factor": factor})


@transaction.atomic
def note(*, now: datetime, key: str, client: str) -> None:
    """The session is used, from this machine."""
    UserSession.objects.filter(session_key=key).update(last_seen_at=now, ip=_ip(client))


@transaction.atomic
def forget(*, key: str) -> None:
    """The session ended by itself (sign-out): it leaves the list."""
    UserSession.objects.filter(session_key=key).delete()


@transaction.atomic
def follow(*, old: str, new: str) -> None:
    """The same session under another key."""
    UserSession.objects.filter(session_key=old).update(session_key=new)


@transaction.atomic
def end_one(*, actor: Actor, now: datetime, user_id: int, session_id: int) -> bool:
    """End one session of the person, from its next request on; False when it is not theirs."""
    row = UserSession.objects.filter(pk=session_id, user=user_id).first()
    if row is None:
        return False
    _end(user_id, [row.session_key])
    emit("person.sessions_ended", User.objects.get(pk=user_id), actor=actor, now=now)
    return True


@transaction.atomic
def end_others(*, actor: Actor, now: datetime, user_id: int, keep: str) -> None:
    """End every session of the person that the list shows, but the one with the key ``keep``."""
    rows = UserSession.objects.filter(user=user_id).exclude(session_key=keep)
    _end(user_id, list(rows.values_list("session_key", flat=True)))
    emit("person.sessions_ended", User.objects.get(pk=user_id), actor=actor, now=now)


@transaction.atomic
def end_all(*, actor: Actor, now: datetime, user_id: int) -> None:
    """End every session of the person, listed or not: roles changed, or a device was lost (M4)."""
    expire(user_id)
    emit("person.sessions_ended", User.objects.get(pk=user_id), actor=actor, now=now)


def expire(user_id: int, *, keep: str = "") -> None:
    """Within an action: no session begun before this is good any more.

    The row of the one with the key ``keep`` stays; its page gives that session the new stamp.
    """
    User.objects.filter(pk=user_id).update(session_stamp=F("session_stamp") + 1)
    rows = UserSession.objects.filter(user=user_id).exclude(session_key=keep)
    _end(user_id, list(rows.values_list("session_key", flat=True)))


@transaction.atomic
def sweep(now: datetime) -> None:
    """Forget sessions that ran out, and links that were good long ago."""
    Session.objects.filter(expire_date__lt=now).delete()
    alive = Session.objects.values("session_key")
    UserSession.objects.exclude(session_key__in=alive).delete()
    Token.objects.filter(expires_at__lt=now - _REMEMBERED).delete()


def _end(user_id: int, keys: list[str]) -> None:
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=user_id, session_key__in=keys).delete()


def _ip(client: str) -> str:
    """The machine; a connection that names none (a socket on this one) is this machine."""
    try:
        return str(ipaddress.ip_address(client))
    except ValueError:
        return "127.0.0.1"
