"""Writing what happened and who saw what, asking for work, and counting allowances."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F
from django.db.models.functions import Coalesce

from balcao.events.changes import Change, insert
from balcao.events.models import Allowance, Event, Job, JobState
from balcao.events.registry import reactions_to
from balcao.events.statements import Statement
from balcao.policy.access import Actor

# Codes such as "waiting_customer" or "S5,S6", digests, ISO moments; never a sentence or address.
_CODE = re.compile(r"[A-Za-z0-9_.:,+/-]{0,120}")
_PRIORITY, _ATTEMPTS = 5, 8


def emit(
    verb: str,
    subject: models.Model,
    *,
    actor: Actor,
    now: datetime,
    data: Mapping[str, object] | None = None,
) -> Event:
    """Record that ``actor`` did ``verb`` to ``subject``, and enqueue what follows from it.

    Must run inside the transaction of the change. Raises ValueError when ``data`` holds anything
    but ids, codes and numbers: people's words and addresses must stay erasable.
    """
    facts = dict(data or {})
    for key, value in facts.items():
        _refuse_words(key, value)
    event = Event(
        at=now,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=_actor_code(actor),
        verb=verb,
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        data=facts,
    )
    gathered = _GATHERED.get()
    if gathered is None:
        _record([event])
    else:
        gathered.append(event)
    return event


_GATHERED: ContextVar[list[Event] | None] = ContextVar("gathered", default=None)


@contextmanager
def gathering() -> Iterator[None]:
    """What is emitted in here is recorded at its end, in the same order and in two statements
    however much it is; until then no event has an id. For the whole of a transaction.
    """
    events: list[Event] = []
    token = _GATHERED.set(events)
    try:
        yield
    finally:
        _GATHERED.reset(token)
    _record(events)


def _record(events: list[Event]) -> None:
    """Store events with the jobs that follow from them."""
    insert(events)
    jobs = [
        Job(
            task=name,
            args={"event": event.pk, "subject": event.subject_id, **event.data},
            key=f"{name}:{event.pk}",
            priority=_PRIORITY,
            run_at=event.at,
            max_attempts=_ATTEMPTS,
        )
        for event in events
        for name in reactions_to(event.verb)
    ]
    insert(jobs, unless_there=True)


def _actor_code(actor: Actor) -> str:
    """Roles, not a name: the name stays in the register, where it can be erased."""
    return ",".join(sorted(role.value for role in actor.roles))[:40] or actor.kind


def _refuse_words(key: str, value: object) -> None:
    if value is None or isinstance(value, bool | int | float):
        return
    if isinstance(value, str) and _CODE.fullmatch(value):
        return
    if isinstance(value, list | tuple):
        for item in value:
            _refuse_words(key, item)
        return
    raise ValueError(f"event data {key!r} must be an id, a code or a number")


def enqueue(
    task: str,
    *,
    now: datetime,
    key: str | None = None,
    run_at: datetime | None = None,
    priority: int = _PRIORITY,
    max_attempts: int = _ATTEMPTS,
    **args: object,
) -> None:
    """Ask for work in this transaction. With a ``key`` already asked for, nothing is added."""
    job = Job(
        task=task,
        args=args,
        key=key,
        priority=priority,
        run_at=run_at or now,
        max_attempts=max_attempts,
    )
    insert([job], unless_there=key is not None)


def spend(key: str, *, limit: int, window: timedelta, now: datetime, sliding: bool = False) -> bool:
    """Use one of ``limit`` allowances of ``key`` in the current window; False when used up.

    The window begins with the first use; a ``sliding`` one goes on until nothing was used for its
    whole length, so that no stretch of that length ever holds more than ``limit`` uses. Exact under
    parallel use on both engines: each use is one conditional UPDATE. What is used up is one
    statement more, a first use two.
    """
    ends = now + window
    for _ in range(3):
        if _LEFT.make(key, now, limit, ends if sliding else None):
            return True
        known = _SPENT.rows(key)
        if known and known[0][0] > now:
            return False
        if known:
            if _OVER.make(key, now, ends):
                return limit > 0
        elif insert([Allowance(key=key, window_ends=ends, count=1)], unless_there=True):
            return limit > 0
    return False


_SPENT = Statement(lambda key: Allowance.objects.filter(key=key).values_list("window_ends"), str)
_LEFT = Change(
    lambda key, now, limit, ends: (
        Allowance.objects.filter(key=key, window_ends__gt=now, count__lt=limit),
        {"count": F("count") + 1, "window_ends": Coalesce(ends, "window_ends")},
    ),
    *(str, datetime, int, datetime),
)
_OVER = Change(
    lambda key, now, ends: (
        Allowance.objects.filter(key=key, window_ends__lte=now),
        {"count": 1, "window_ends": ends},
    ),
    *(str, datetime, datetime),
)


def refund(key: str) -> None:
    """Give the allowances of ``key`` back (a sign-in that succeeded after some misses)."""
    Allowance.objects.filter(key=key).update(count=0)


def give_back(key: str) -> None:
    """Give one allowance back: what was counted turned out to be honest."""
    Allowance.objects.filter(key=key, count__gt=0).update(count=F("count") - 1)


def sweep(now: datetime, *, keep_done: timedelta) -> None:
    """Forget allowances whose window ended and jobs done longer ago than ``keep_done``."""
    Allowance.objects.filter(window_ends__lt=now).delete()
    Job.objects.filter(state=JobState.DONE, done_at__lt=now - keep_done).delete()
