"""What an agent types for a customer, who confirms it (R13): until when, and how it stands."""

from datetime import datetime
from typing import Final

WAITING: Final = "waiting"
EXPIRED: Final = "expired"


def standing(state: str, *, expires_at: datetime, now: datetime) -> str:
    """The state as it stands at ``now``: one that waited too long has expired.

    The instant it expires at is too late.
    """
    return EXPIRED if state == WAITING and now >= expires_at else state


def answerable(state: str, *, expires_at: datetime, now: datetime) -> bool:
    """Whether the contact may still open it, or say that it was not they."""
    return standing(state, expires_at=expires_at, now=now) == WAITING
