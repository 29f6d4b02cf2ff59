"""What the desk's lists can be narrowed to, by name; and the lists that somebody named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from balcao.entitlements.models import Product, Service
from balcao.events.statements import Slot, Statement
from balcao.people.models import Organisation, User
from balcao.policy.access import Actor, Permission, Role, reach
from balcao.tickets.models import Queue, SavedView
from balcao.tickets.queries.lists import TicketFilter, View
from balcao.tickets.queries.lists.views import in_view

MOST_ORGANISATIONS = 500
Named = tuple[int, str]
_OWN, _TEAM = "own view", "view of the team"


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """By field: ids and names, by name. ``organisations`` are those with a ticket in the view."""

    queue: tuple[Named, ...]
    person: tuple[Named, ...]
    service: tuple[Named, ...]
    product: tuple[Named, ...]
    organisation: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A list under its name. ``query``: its address."""

    id: int
    name: str
    query: str
    shared: bool


def filter_choices(
    actor: Actor, view: View, *, now: datetime, timezone: str, english: bool = False
) -> FilterChoices:
    """What ``view`` can be narrowed to; services by their English names with ``english``. Two
    statements.
    """
    reached = reach(actor, Permission.VIEW)
    queues = (
        Queue.objects.all() if reached.everything else Queue.objects.filter(pk__in=reached.queues)
    )
    serving = Q(staff_roles__role__in=[Role.AGENT.value, Role.SUPERVISOR.value])
    found = _names(
        {
            "queue": queues,
            "person": User.objects.filter(serving, is_active=True),
            "service": Service.objects.all(),
            "product": Product.objects.all(),
        },
        english=english,
    )
    theirs = in_view(actor, view, now=now, timezone=timezone).filter(organisation=OuterRef("pk"))
    companies = Organisation.objects.filter(Exists(theirs)).order_by("name", "pk")
    return FilterChoices(
        **{name: tuple(rows) for name, rows in found.items()},
        organisation=tuple(companies.values_list("pk", "name")[:MOST_ORGANISATIONS]),
    )


def names_for(
    actor: Actor, only: TicketFilter, *, english: bool = False
) -> tuple[dict[str, str], list[ViewRow]]:
    """Field -> the name of what a list is narrowed to, for the staff, who read every register; and
    one's own saved lists and the team's, by name. One statement.
    """
    tables: dict[str, tuple[QuerySet[Any], int | None]] = {
        "queue": (Queue.objects.all(), only.queue),
        "person": (User.objects.all(), only.person or None),
        "organisation": (Organisation.objects.all(), only.organisation),
        "service": (Service.objects.all(), only.service),
        "product": (Product.objects.all(), only.product),
    }
    parts = [
        rows.filter(pk=wanted)
        .order_by()
        .values_list(Value(field), "pk", _name(field, english=english), Value(""))
        for field, (rows, wanted) in tables.items()
        if wanted is not None
    ]
    found: list[tuple[str, int, str, str]] = (
        list(_saved(actor.id, *parts)) if parts else _SAVED.rows(actor.id)
    )
    views = [
        ViewRow(pk, name, query, kind == _TEAM)
        for kind, pk, name, query in found
        if kind in (_OWN, _TEAM)
    ]
    names = {kind: name for kind, _pk, name, _query in found if kind not in (_OWN, _TEAM)}
    return names, sorted(views, key=lambda row: (row.name, row.id))


def _saved(person: "int | Slot | None", *more: QuerySet[Any]) -> QuerySet[Any]:
    """The saved lists of a person and of the team, and ``more`` rows of the same four columns."""
    own, teams = (
        rows.order_by().values_list(Value(kind), "pk", "name", "query")
        for kind, rows in (
            (_OWN, SavedView.objects.filter(owner=person)),
            (_TEAM, SavedView.objects.filter(owner=None)),
        )
    )
    return own.union(teams, *more, all=True)


_SAVED = Statement(_saved, int)


def _name(field: str, *, english: bool) -> "F | Coalesce":
    """What a row of this field is called."""
    return (
        Coalesce(NullIf("name_en", Value("")), "name")
        if field == "service" and english
        else F("name")
    )


def _names(asked: "Mapping[str, QuerySet[Any]]", *, english: bool) -> dict[str, list[Named]]:
    """Ids and names of several tables in one statement, by name."""
    found: dict[str, list[Named]] = {field: [] for field in asked}
    first, *rest = [
        rows.order_by().values_list(Value(field), "pk", _name(field, english=english))
        for field, rows in asked.items()
    ]
    for field, pk, name in sorted(set(first.union(*rest, all=True)), key=lambda row: row[1:][::-1]):
        found[field].append((pk, name))
    return found
