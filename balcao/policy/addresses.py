"""How the address on file may change (A8): one table of states, and who may move them.

OWN is the owner's change: password, then proof on the new address, then a notice to the old one and
a hold in which it can be stopped. RECOVERY is for whoever lost their only address: sales asks after
a call back, another person approves, the new address is proved, and the hold is longer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from balcao.policy.access import Actor, Duty, Permission, can, may


class ChangeKind(StrEnum):
    """Which way a change goes."""

    OWN = "own"
    RECOVERY = "recovery"


class ChangeState(StrEnum):
    """Where a change of address stands; the last four are its end."""

    ASKED = "asked"
    HOLDING = "holding"
    APPLIED = "applied"
    STOPPED = "stopped"
    REFUSED = "refused"
    EXPIRED = "expired"


class ChangeVerb(StrEnum):
    """What moves a change. HOLD is the proof of an owner's, the approval of a recovery's."""

    HOLD = "hold"
    APPLY = "apply"
    STOP = "stop"
    REFUSE = "refuse"
    EXPIRE = "expire"


PENDING = frozenset({ChangeState.ASKED, ChangeState.HOLDING})

CHANGES: Mapping[ChangeVerb, Mapping[ChangeState, ChangeState]] = MappingProxyType(
    {
        ChangeVerb.HOLD: {ChangeState.ASKED: ChangeState.HOLDING},
        ChangeVerb.APPLY: {ChangeState.HOLDING: ChangeState.APPLIED},
        ChangeVerb.STOP: dict.fromkeys(sorted(PENDING), ChangeState.STOPPED),
        ChangeVerb.REFUSE: {ChangeState.ASKED: ChangeState.REFUSED},
        ChangeVerb.EXPIRE: dict.fromkeys(sorted(PENDING), ChangeState.EXPIRED),
    }
)

HOLD: Mapping[ChangeKind, timedelta] = MappingProxyType(
    {ChangeKind.OWN: timedelta(hours=4), ChangeKind.RECOVERY: timedelta(hours=24)}
)
"""How long a change waits, announced, before it holds."""

ANSWER_WITHIN: Mapping[ChangeKind, timedelta] = MappingProxyType(
    {ChangeKind.OWN: timedelta(hours=24), ChangeKind.RECOVERY: timedelta(days=3)}
)
"""How long one that was asked for waits: for the proof, or for the second person."""

PROVE_WITHIN = timedelta(days=7)
"""How long after its approval the new address of a recovery may be proved."""


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """What is asked about a change. ``admins``: who administers the person's organisations."""

    kind: ChangeKind
    state: ChangeState
    person: int
    asked_by: int | None
    asked_at: datetime
    held_at: datetime | None = None
    proved_at: datetime | None = None
    admins: frozenset[int] = frozenset()


def may_ask_recovery(actor: Actor, person: int) -> bool:
    """Sales asks, after a call back, and never for themselves."""
    return may(actor, Duty.ASK_RECOVERY) and actor.id != person


def may_request(actor: Actor, person: int) -> bool:
    """Whoever judges kept mail may leave its address with sales, for somebody else; it moves no
    change by itself.
    """
    return can(actor, Permission.RELEASE_MAIL, None) and actor.id != person


def may_decide(actor: Actor, change: ChangeFacts) -> bool:
    """Whether ``actor`` may approve or refuse a recovery: neither who asked nor whose it is."""
    return (
        change.kind is ChangeKind.RECOVERY
        and may(actor, Duty.APPROVE_RECOVERY)
        and actor.id not in (change.asked_by, change.person)
    )


def may_stop(actor: Actor, change: ChangeFacts) -> bool:
    """Whether ``actor`` may stop a change: whose it is, who asked, an administrator of their
    organisations, or whoever might have approved. A link to the old address needs no sign-in.
    """
    if actor.id is None:
        return False
    close = actor.id in (change.person, change.asked_by) or actor.id in change.admins
    return close or (change.kind is ChangeKind.RECOVERY and may(actor, Duty.APPROVE_RECOVERY))


def next_change(state: ChangeState, verb: ChangeVerb) -> ChangeState | None:
    """Where ``verb`` leads, or None when it leads nowhere."""
    return CHANGES[verb].get(state)


def due_verb(change: ChangeFacts, now: datetime) -> ChangeVerb | None:
    """What the passing of time does to a change at ``now``: nothing before ``due_at``."""
    at = due_at(change)
    if at is None or now < at:
        return None
    proved = change.state is ChangeState.HOLDING and change.proved_at is not None
    return ChangeVerb.APPLY if proved else ChangeVerb.EXPIRE


def due_at(change: ChangeFacts) -> datetime | None:
    """When time alone moves a change: it applies or it expires. None once it ended.

    A change that holds applies when its hold is over and its new address is proved, whichever comes
    last; unproved it expires.
    """
    if change.state is ChangeState.ASKED:
        return change.asked_at + ANSWER_WITHIN[change.kind]
    if change.state is not ChangeState.HOLDING or change.held_at is None:
        return None
    if change.proved_at is None:
        return change.held_at + PROVE_WITHIN
    return max(change.held_at + HOLD[change.kind], change.proved_at)
