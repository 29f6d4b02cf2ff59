"""Links that prove who somebody is: made, and used up."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from balcao.people.models import Token, User
from balcao.people.queries.tokens import Grant, digest_of, find_token
from balcao.policy.accounts import LIFE, TokenKind


class TokenRefused(Exception):
    """The link is worth nothing; why is told to nobody (A3, A7)."""


@transaction.atomic
def make_token(
    *,
    now: datetime,
    kind: TokenKind,
    user_id: int,
    payload: Mapping[str, int | str] | None = None,
    secret: str = "",
) -> str:
    """The secret of a new link, for whoever sends it; the database keeps only its digest.

    It works once, until ``accounts.LIFE`` of its kind is over or the password changes. ``payload``
    (ids and codes) says what it is for and comes back with `use_token`. ``secret``: one that the
    caller made, and that nobody who reads the database can make again.
    """
    secret = secret or secrets.token_urlsafe(32)
    user = User.objects.get(pk=user_id)
    Token.objects.create(
        kind=kind.value,
        user=user,
        digest=digest_of(secret),
        state=user.password_state,
        payload=dict(payload or {}),
        created_at=now,
        expires_at=now + LIFE[kind],
    )
    return secret


@transaction.atomic
def use_token(*, now: datetime, kind: TokenKind, secret: str, user_id: int | None = None) -> Grant:
    """Use the link up and say whose it is and what for. Raises TokenRefused.

    ``user_id``: only this person may use it. Of two uses at the same time one is refused.
    """
    grant = find_token(secret, kind=kind, now=now)
    if grant is None or user_id not in (None, grant.user_id):
        raise TokenRefused
    won = Token.objects.filter(pk=grant.token_id, used_at=None).update(used_at=now)
    if not won:
        raise TokenRefused
    return grant


@transaction.atomic
def withdraw_tokens(*, now: datetime, kind: TokenKind, user_id: int) -> None:
    """The person's unused links of this kind are worth nothing from now on."""
    Token.objects.filter(kind=kind.value, user=user_id, used_at=None).update(used_at=now)
