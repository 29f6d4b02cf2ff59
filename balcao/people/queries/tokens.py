"""Reading the links that prove who somebody is."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from balcao.people.models import Token
from balcao.policy.accounts import TokenFacts, TokenKind, usable


@dataclass(frozen=True, slots=True)
class Grant:
    """What a good link stands for: its person, and the ids and codes it was made with."""

    token_id: int
    user_id: int
    payload: Mapping[str, int | str]


def digest_of(secret: str) -> str:
    """What the database knows of a link's secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def find_token(secret: str, *, kind: TokenKind, now: datetime, spent: bool = False) -> Grant | None:
    """Whose link this is, if it may be used now; looking uses nothing up. One statement.

    An unknown, used, expired or foreign one is the same None (A3). ``spent``: also one that was
    used, for a page that only tells what came of it.
    """
    row = Token.objects.select_related("user").filter(digest=digest_of(secret)).first()
    if row is None:
        return None
    facts = TokenFacts(
        kind=TokenKind(row.kind),
        expires_at=row.expires_at,
        used=row.used_at is not None and not spent,
        state=row.state,
        state_now=row.user.password_state,
        active=row.user.is_active,
    )
    if not usable(facts, wanted=kind, now=now):
        return None
    return Grant(token_id=row.pk, user_id=row.user_id, payload=row.payload)
