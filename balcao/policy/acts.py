"""What the team does on a ticket besides answering: remote access, time spent, another product or
service, and a second question that gets a ticket of its own.
"""

from datetime import datetime, timedelta
from typing import Literal, Protocol

from balcao.policy.access import Actor, Permission, TicketScope, can
from balcao.policy.access import reach as reach_of
from balcao.policy.book import ONEOFF_KINDS
from balcao.policy.lifecycle import OPEN_STATES, State, Verb, next_state

FORGOTTEN_AFTER = timedelta(hours=8)
MAX_MINUTES = 24 * 60
MAX_COPIES = 20

Fixed = Literal["", "closed", "oneoff"]


class Own(Protocol):
    """Whether ``actor`` may undo what ``agent`` did on the ticket of ``scope``."""

    def __call__(self, actor: Actor, scope: TicketScope, *, agent: int) -> bool: ...


def is_forgotten(*, began_at: datetime, now: datetime) -> bool:
    """Whether a remote access that still goes on was probably left open: from 8 hours on."""
    return now >= began_at + FORGOTTEN_AFTER


def session_goes_on(state: State) -> bool:
    """A remote access goes on while its ticket is open (S22): what ends the ticket ends it."""
    return state in OPEN_STATES


def may_end_session(actor: Actor, scope: TicketScope, *, agent: int) -> bool:
    """Whoever began it ends it, or who may do so on every ticket."""
    return _own_or_all(actor, Permission.REMOTE, scope, agent=agent)


def may_remove_time(actor: Actor, scope: TicketScope, *, agent: int) -> bool:
    """Whoever noted the time takes it back, or who may do so on every ticket."""
    return _own_or_all(actor, Permission.LOG_TIME, scope, agent=agent)


def _own_or_all(actor: Actor, permission: Permission, scope: TicketScope, *, agent: int) -> bool:
    mine = actor.id == agent and can(actor, permission, scope)
    return mine or reach_of(actor, permission).everything


def product_fixed(state: State, kind: str | None) -> Fixed:
    """Why product and service of a ticket stay as they are; empty: they may be changed.

    What is over stays what it was. A one-off is of the kind that was sold (R17): sales changes it.
    """
    if kind in ONEOFF_KINDS:
        return "oneoff"
    return "" if state in OPEN_STATES else "closed"


def asks_in_vain(state: State) -> bool:
    """Whether sales cannot be asked just now (R18), so that a change that needs it must wait.

    A ticket about which sales is being asked already goes on being so.
    """
    return state is not State.ASKING_SALES and next_state(state, Verb.ASK_SALES) is None


def may_rename(state: State) -> bool:
    """What is open, or was resolved lately, gets a better subject. A one-off that waits for its
    problem has none yet, and what is over stays as it was.
    """
    return state in OPEN_STATES or state is State.RESOLVED


def may_split(state: State) -> bool:
    """A second question is taken out of what is open, or was resolved lately (R27)."""
    return state in OPEN_STATES or state is State.RESOLVED
