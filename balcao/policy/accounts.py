"""Links that prove who somebody is: how long they last, and what ends them sooner."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from balcao.policy.access import Actor


class TokenKind(StrEnum):
    """What a link is for. One made for one purpose is worth nothing for another."""

    INVITATION = "invitation"
    RESET = "reset"
    ADDRESS = "address"
    RECOVERY = "recovery"
    OPENING = "opening"
    APPOINTMENT = "appointment"
    STATEMENT = "statement"


LIFE: Mapping[TokenKind, timedelta] = MappingProxyType(
    {
        TokenKind.INVITATION: timedelta(hours=72),
        TokenKind.RESET: timedelta(hours=1),
        TokenKind.ADDRESS: timedelta(hours=24),
        TokenKind.RECOVERY: timedelta(days=7),
        TokenKind.OPENING: timedelta(hours=24),
        TokenKind.APPOINTMENT: timedelta(days=60),
        TokenKind.STATEMENT: timedelta(minutes=10),
    }
)


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What is known of a link, and of its person now.

    ``state`` is a digest of the person's password when the link was made, ``state_now`` of the one
    in force: any change of password ends every link made before it.
    """

    kind: TokenKind
    expires_at: datetime
    used: bool
    state: str
    state_now: str
    active: bool


def usable(facts: TokenFacts, *, wanted: TokenKind, now: datetime) -> bool:
    """Whether the link may be used for ``wanted`` now: once, in time, by somebody still active.

    The instant it expires at is too late.
    """
    return (
        facts.kind is wanted
        and facts.active
        and not facts.used
        and now < facts.expires_at
        and facts.state == facts.state_now
    )


def must_prove(actor: Actor, *, proven: bool, required: bool) -> bool:
    """Whether nothing is shown before a second factor is: staff, in a session without one (A9).

    ``required``: whether this installation asks for it at all.
    """
    return required and actor.is_staff and not proven
