"""What the rooms above offer: tasks that jobs run, reactions to verbs, ticker handlers."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

Handler = Callable[..., None]
Tick = Callable[[datetime], None]
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of work: a name and the function ``handler(*, now, **args)``.

    ``outside``: it talks to the network or calls a gated action, so it runs in no transaction and
    must be safe to run twice. All others run in one transaction with the mark that they are done:
    their effects happen exactly once, even when the worker is killed.
    """

    name: str
    handler: Handler
    outside: bool


@dataclass(frozen=True, slots=True)
class Witness:
    """Rows of a room that events vouch for: the record also tells of one that was changed.

    ``claim(verb, subject id, data)`` reads an event of one of ``verbs``: which row it speaks of,
    and part -> digest as the row was then; None when it says nothing of any. ``prints(ids, now)``
    gives the digests of the rows as they are; a part that is gone as the policy's retention says
    has None. ``rows()`` are the ids of all rows there are. An event ``erased`` about a row says
    that it was changed on purpose; its data are the digests from then on.
    """

    kind: str
    verbs: frozenset[str]
    claim: Callable[[str, int, Mapping[str, Any]], tuple[int, Mapping[str, str]] | None]
    prints: Callable[[Collection[int], datetime], Mapping[int, Mapping[str, str | None]]]
    rows: Callable[[], Iterable[int]]
    erased: str = ""


class Later(Exception):
    """Raised by a task: not now, try again after ``delay``; this was no fault."""

    def __init__(self, delay: timedelta) -> None:
        super().__init__(f"later by {delay}")
        self.delay = delay


class Dead(Exception):
    """Raised by a task: trying again is of no use; the text says why."""


_tasks: dict[str, Task] = {}
_reactions: dict[str, tuple[str, ...]] = {}
_ticks: dict[str, Tick] = {}
_witnesses: dict[str, Witness] = {}
_held_back: ContextVar[frozenset[str]] = ContextVar("held_back", default=frozenset())


def task(name: str, *, outside: bool = False) -> Callable[[F], F]:
    """Offer a function to the queue under ``name``."""

    def register(handler: F) -> F:
        _tasks[name] = Task(name=name, handler=handler, outside=outside)
        return handler

    return register


def find_task(name: str) -> Task | None:
    return _tasks.get(name)


def react(reactions: Mapping[str, tuple[str, ...]]) -> None:
    """Enqueue these tasks whenever an event with that verb is emitted. Called in ``ready()``."""
    for verb, tasks in reactions.items():
        known = _reactions.get(verb, ())
        _reactions[verb] = known + tuple(name for name in tasks if name not in known)


def reactions_to(verb: str) -> tuple[str, ...]:
    held = _held_back.get()
    return tuple(name for name in _reactions.get(verb, ()) if name.partition(".")[0] not in held)


@contextmanager
def holding_back(*rooms: str) -> Iterator[None]:
    """Within this block, events cause no tasks of these rooms.

    For writing down a past that nobody is to be told of today: an event recorded now for something
    that happened weeks ago must not send its mail.
    """
    before = _held_back.set(_held_back.get() | set(rooms))
    try:
        yield
    finally:
        _held_back.reset(before)


def tick(name: str, handler: Tick) -> None:
    """Have the ticker call ``handler(now)`` about once a second.

    The handler asks an indexed ``next_at`` for what is due and raises it by conditional UPDATE, so
    that several tickers on several nodes do no harm.
    """
    _ticks[name] = handler


def ticks() -> Mapping[str, Tick]:
    return dict(_ticks)


def witness(one: Witness) -> None:
    """Have `balcao audit verify` compare these rows with what events said of them."""
    _witnesses[one.kind] = one


def witnesses() -> tuple[Witness, ...]:
    return tuple(_witnesses.values())
