"""How many each view holds, all in one statement."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from balcao.policy.access import Actor
from balcao.tickets.queries.lists.views import View, in_view

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
    asked: dict[str, QuerySet[Any]] = {
        view: in_view(actor, view, now=now, timezone=timezone)
        for view in View
        if view is not View.DONE
    }
    return _count(asked | dict(more or {}))


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
