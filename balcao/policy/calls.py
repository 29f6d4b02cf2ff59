"""Calls that a person answers: guessed numbers, the number sent again, why there was no ticket."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from balcao.policy.booking import arranges
from balcao.policy.lifecycle import State

MISSES: Final = 5
COOL_DOWN: Final = timedelta(minutes=15)
"""After so many refused numbers none is looked at for so long (C2): who guesses learns nothing."""

SEND_AGAIN: Final = timedelta(minutes=5)
"""The numbers of somebody's open tickets go to their registered address at most so often (R14)."""


LONGEST: Final = timedelta(hours=4)
"""A call that seems longer was forgotten on the line: its minutes are no work on the ticket."""


class NoTicket(StrEnum):
    """Why a call had no ticket. A closed list: a text would become a note about service (S22)."""

    NO_NUMBER = "no_number"
    TO_OPEN = "to_open"
    NOT_A_CUSTOMER = "not_a_customer"
    ADMINISTRATIVE = "administrative"
    WRONG_NUMBER = "wrong_number"
    LOST = "lost"


def may_take_down(state: State | None, kind: str | None) -> bool:
    """Whether what a caller says out of hours may be taken down, to be served when the desk opens:
    the problem of a one-off that waits for it, unless a time is agreed on first (S27, R16, S42).
    """
    return state is State.SOLD and kind is not None and not arranges(state, kind)


def counted_with(*, call: int, person: int | None, phone: str) -> tuple[str, ...]:
    """The names under which a refused number is counted: the call's, and the caller's as known.

    So calling again, or from another telephone, gives nobody five more guesses (C2).
    """
    names = [f"call.miss:{call}"]
    if person is not None:
        names.append(f"call.miss.person:{person}")
    if phone:
        names.append(f"call.miss.phone:{phone}")
    return tuple(names)
