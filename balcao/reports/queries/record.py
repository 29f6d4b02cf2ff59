"""What a ticket's page tells beside its messages: events, refusals, and how mails stand."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet, Value

from balcao.channels.models import Delivery, DeliveryState
from balcao.events.models import Event
from balcao.events.statements import Slot, Statement, among
from balcao.policy.access import Actor, Permission, can
from balcao.policy.book import Verdict
from balcao.tickets.models import Decision, Message, MessageKind, Ticket
from balcao.tickets.queries import Line, Thread, line_of, scope_of

MOST = 600
"""The last lines and mails of one stretch of a conversation; more would be no page."""

_EVENT, _DECISION, _MAIL = range(3)
_EVER = datetime(1, 1, 2, tzinfo=UTC)  # before anything happened
_NONE = (0,)  # an id that nothing has


@dataclass(frozen=True, slots=True)
class Sent:
    """How the mails of one answer stand: the state of the one that stands worst.

    ``people``: how many it goes to. ``answer``: the mail server's last words when one failed.
    """

    state: str
    people: int
    answer: str


@dataclass(frozen=True, slots=True)
class Record:
    """``lines``: oldest first. ``sent``: by the id of the message."""

    lines: list[Line]
    sent: dict[int, Sent]


def record_of(actor: Actor, ticket: Ticket, thread: Thread, *, lines: bool = True) -> Record:
    """What happened during a stretch of the conversation, for those who may see decisions.

    A decision that did not simply allow is a line "ticket.refused". One statement, whatever the
    ticket's length; none for those who may not see it.
    """
    if not can(actor, Permission.VIEW_DECISIONS, scope_of(ticket)):
        return Record([], {})
    answers = tuple(row.id for row in thread.rows if row.kind == MessageKind.REPLY)
    if not lines:
        return Record([], _sent(_MAILS.rows(answers)))
    since = thread.rows[0].created_at if thread.more and thread.rows else _EVER
    asked = (ticket.pk, since, answers or _NONE)
    rows = _NEWEST.rows(*asked) if thread.before is None else _OLDER.rows(*asked, thread.before)
    return Record(
        [_line(*row) for row in reversed(rows) if row[0] != _MAIL],
        _sent(row for row in rows if row[0] == _MAIL),
    )


def _mails(answers: list[Slot]) -> QuerySet[Any, Any]:
    return (
        Delivery.objects.filter(among("message", answers))
        .annotate(source=Value(_MAIL))
        .values_list(
            *("source", "message_id", "created_at", "state", "attempts", "answer", "headers")
        )
    )


def _happened(
    ticket: Slot, since: Slot, answers: list[Slot], before: Slot | None = None
) -> QuerySet[Any, Any]:
    """From the first message of a stretch on; each line belongs to one stretch."""
    when = Q(at__gte=since)
    if before is not None:
        when &= Q(at__lt=Message.objects.filter(pk=before).values("created_at"))
    events = (
        Event.objects.filter(when, subject_kind=Ticket._meta.label_lower, subject_id=ticket)
        .annotate(source=Value(_EVENT))
        .values_list("source", "pk", "at", "verb", "actor_id", "actor_label", "data")
    )
    decisions = (
        Decision.objects.filter(when, ticket=ticket)
        .exclude(verdict=Verdict.ALLOW.value)
        .annotate(source=Value(_DECISION))
        .values_list("source", "pk", "at", "verdict", "actor_id", "reason", "rules")
    )
    return events.union(decisions, _mails(answers), all=True).order_by("-at", "-pk")[:MOST]


_MAILS = Statement(_mails, int)
_NEWEST = Statement(_happened, int, datetime, int)
_OLDER = Statement(_happened, int, datetime, int, int)


def _line(
    source: int, pk: int, at: datetime, word: str, actor: int | None, label: str, data: Any
) -> Line:
    if source == _EVENT:
        return line_of(pk, at, word, actor, label, data)
    told = {"verdict": word, "reason": label, "rules": data}
    return Line(id=pk, at=at, verb="ticket.refused", actor=actor, by_staff=False, data=told)


def _sent(rows: Collection[tuple[Any, ...]] | Any) -> dict[int, Sent]:
    """Each answer's mails as one: failed before waiting, waiting before sent."""
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for _source, message, _at, state, _attempts, answer, _headers in rows:
        found[message].append((state, answer))
    worst = (DeliveryState.FAILED.value, DeliveryState.QUEUED.value, DeliveryState.SENT.value)
    return {
        message: Sent(
            state=min((state for state, _answer in mails), key=worst.index),
            people=len(mails),
            answer=next((said for state, said in mails if said and state != worst[-1]), ""),
        )
        for message, mails in found.items()
    }
