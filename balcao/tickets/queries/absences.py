"""Who of the team is away, what they keep meanwhile, and who may take it over."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from balcao.people.models import User
from balcao.policy.access import Actor, Duty, Permission, Role, may
from balcao.policy.lifecycle import OPEN_STATES
from balcao.tickets.models import Absence, Ticket
from balcao.tickets.queries.access import visible_to

_OPEN = sorted(state.value for state in OPEN_STATES)


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """An absence that runs or is to come. ``kept``: numbers and subjects the reader may hand on."""

    id: int
    user_id: int
    name: str
    starts_at: datetime
    ends_at: datetime | None
    began: bool
    kept: tuple[tuple[str, str], ...]


def _now(now: datetime) -> Q:
    runs = Q(starts_at__lte=now, ended_at=None)
    return runs & (Q(ends_at=None) | Q(ends_at__gt=now))


def is_absent(user_id: int | None, *, now: datetime) -> bool:
    """Whether this person is away at ``now``."""
    return Absence.objects.filter(_now(now), user=user_id).exists()


def absences_for(actor: Actor) -> list[AbsenceRow]:
    """Absences that run or are to come, the earliest first. Nothing for who may not see them."""
    if not may(actor, Duty.VIEW_ABSENCES):
        return []
    rows = list(
        Absence.objects.filter(ended_at=None).select_related("user").order_by("starts_at", "pk")
    )
    kept: dict[int, list[tuple[str, str]]] = {row.user_id: [] for row in rows if row.began_at}
    tickets = visible_to(actor, Permission.ASSIGN).filter(assignee__in=kept, state__in=_OPEN)
    for number, subject, owner in tickets.order_by("submitted_at", "pk").values_list(
        "number", "subject", "assignee_id"
    ):
        kept[owner].append((number, subject))
    return [
        AbsenceRow(
            id=row.pk,
            user_id=row.user_id,
            name=row.user.name,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            began=row.began_at is not None,
            kept=tuple(kept.get(row.user_id, ())) if row.began_at else (),
        )
        for row in rows
    ]


def team() -> list[tuple[int, str]]:
    """Everybody who serves tickets, by name: id and name."""
    roles = [Role.AGENT.value, Role.SUPERVISOR.value]
    rows = User.objects.filter(is_active=True, staff_roles__role__in=roles).distinct()
    return list(rows.order_by("name", "pk").values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may take a ticket over, and how many open ones they have."""

    id: int
    name: str
    tickets: int


def colleagues_for(ticket: Ticket, *, now: datetime) -> list[Colleague]:
    """Who serves the ticket's queue and is not away, those with the fewest open tickets first."""
    agents = Q(staff_roles__role=Role.AGENT.value, queues=ticket.queue_id)
    rows = (
        User.objects.filter(agents | Q(staff_roles__role=Role.SUPERVISOR.value), is_active=True)
        .exclude(pk__in=Absence.objects.filter(_now(now)).values("user"))
        .exclude(pk=ticket.assignee_id or 0)
        .values("pk", "name")
        .annotate(
            open=Count(
                "assigned_tickets", filter=Q(assigned_tickets__state__in=_OPEN), distinct=True
            )
        )
    )
    found = [Colleague(row["pk"], row["name"], row["open"]) for row in rows]
    return sorted(found, key=lambda one: (one.tickets, one.name))
