"""How many each view holds, all in one statement."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from balcao.events.statements import Counts, Slot, among
from balcao.policy import sla
from balcao.policy.access import ANONYMOUS, Actor, Permission, reach
from balcao.tickets.models import Ticket
from balcao.tickets.queries.lists.views import View, in_view, viewed

COUNT_CAP = 100


def counts_for(
    actor: Actor,
    *,
    now: datetime,
    timezone: str,
    more: "Mapping[str, QuerySet[Any]] | None" = None,
) -> dict[str, int]:
    """How many tickets each open view holds, counted to COUNT_CAP at most. One statement.

    ``more``: other rows to be counted in it, by a name of the caller's.
    """
    views = [view for view in View if view is not View.DONE]
    reached, queues = reach(actor, Permission.VIEW), tuple(sorted(actor.queues))
    if not more and reached == replace(_NOTHING, queues=actor.queues) and queues:
        # An agent's, which stand on every page of theirs.
        found = _OF_QUEUES.rows(actor.id, sla.day_ends(now, timezone), queues)
        return dict(zip(views, found[0], strict=True))
    asked: dict[str, QuerySet[Any]] = {
        view: in_view(actor, view, now=now, timezone=timezone) for view in views
    }
    return _count(asked | dict(more or {}))


_NOTHING = reach(ANONYMOUS, Permission.VIEW)


def _of_queues(person: Slot, today_ends: Slot, queues: list[Slot]) -> list[QuerySet[Any]]:
    tickets = Ticket.objects.filter(among("queue", queues))
    return [
        viewed(tickets, view, person=person, today_ends=today_ends).values("pk")[:COUNT_CAP]
        for view in View
        if view is not View.DONE
    ]


_OF_QUEUES = Counts(_of_queues, int, datetime, int)


def _count(asked: "Mapping[str, QuerySet[Any]]") -> dict[str, int]:
    parts: list[str] = []
    params: list[Any] = []
    for rows in asked.values():
        try:
            sql, values = rows.order_by().values("pk")[:COUNT_CAP].query.sql_with_params()
        except EmptyResultSet:
            # Django knows without asking: this actor reaches no row at all.
            parts.append("0")
            continue
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608 - compiled SQL
        params.extend(values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        found = cursor.fetchone()
    return dict(zip(asked, found, strict=True))
