"""The staff and their deputies."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q

from balcao.people.models import Deputy, StaffRole, User
from balcao.people.queries.register import NotFound
from balcao.policy.access import DEPUTIES, Actor, Duty, Role, may


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A member of the staff."""

    user_id: int
    name: str
    code: str
    hats: tuple[str, ...]
    active: bool


@dataclass(frozen=True, slots=True)
class DeputyRow:
    """Who approves in whose place, and when. ``ends``: whether the actor may end it."""

    id: int
    giver: str
    deputy: str
    role: str
    starts_at: datetime
    ends_at: datetime
    ends: bool


def team(actor: Actor) -> list[TeamRow]:
    """Everybody with a hat of the staff, the active first, in two statements.

    Raises NotFound for whoever does not keep the team.
    """
    if not may(actor, Duty.KEEP_TEAM):
        raise NotFound
    hats = Prefetch("staff_roles", StaffRole.objects.order_by("role"), to_attr="hats")
    worn = StaffRole.objects.values("user")
    rows = User.objects.filter(pk__in=worn).prefetch_related(hats)
    return [
        TeamRow(
            user_id=row.pk,
            name=row.name,
            code=row.code,
            hats=tuple(hat.role for hat in getattr(row, "hats")),  # noqa: B009 - by the prefetch
            active=row.is_active,
        )
        for row in rows.order_by("-is_active", "folded", "pk")
    ]


def member_for(actor: Actor, user_id: int) -> User:
    """A member of the staff, for whoever keeps the team. Raises NotFound."""
    keeps = may(actor, Duty.KEEP_TEAM)
    rows = User.objects.filter(pk=user_id, pk__in=StaffRole.objects.values("user"))
    row = rows.first() if keeps else None
    if row is None:
        raise NotFound
    return row


def deputies(actor: Actor, *, now: datetime) -> list[DeputyRow]:
    """Deputies of now and later: all for whoever keeps the team, else those of the actor."""
    rows = Deputy.objects.filter(ends_at__gt=now).select_related("giver", "deputy")
    keeps = may(actor, Duty.KEEP_TEAM)
    if not keeps:
        rows = rows.filter(Q(giver=actor.id) | Q(deputy=actor.id))
    return [
        DeputyRow(
            id=row.pk,
            giver=row.giver.name,
            deputy=row.deputy.name,
            role=row.role,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            ends=keeps or row.giver_id == actor.id,
        )
        for row in rows.order_by("starts_at", "pk")
    ]


def possible_deputies(actor: Actor) -> list[tuple[int, str]]:
    """(id, name) of everybody active who may approve in somebody's place, without the actor."""
    roles = [role.value for role in sorted(DEPUTIES)]
    rows = User.objects.filter(is_active=True, staff_roles__role__in=roles)
    if actor.id is not None:
        rows = rows.exclude(pk=actor.id)
    return list(rows.distinct().order_by("folded", "pk").values_list("pk", "name"))


def deputised_roles(actor: Actor) -> list[Role]:
    """The roles for which the actor may name a deputy."""
    return sorted(actor.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR})
