"""The staff: hats, and deputies who lend the second pair of eyes."""

from datetime import datetime

from django.db import transaction

from balcao.events.actions import emit
from balcao.people.actions.persons import hats_of, hold_administrators
from balcao.people.actions.refusal import NotAllowed, forbid, require
from balcao.people.actions.sessions import expire
from balcao.people.models import Deputy, StaffRole, User
from balcao.people.queries import administrators_besides
from balcao.policy.access import Actor, Duty, Role, may
from balcao.policy.team import why_not_deputy, why_not_hats


@transaction.atomic
def set_hats(*, actor: Actor, now: datetime, user_id: int, hats: frozenset[Role]) -> None:
    """The person wears exactly these hats of the staff, and their sessions end (M4, A1).

    Taking the last one away ends what they do at the desk. Raises NotAllowed, Conflict
    (``own_roles``: nobody changes their own, ``last_administrator``, ``no_staff_role``).
    """
    hold_administrators(user_id)
    before = hats_of(user_id)
    others = administrators_besides(user_id)
    forbid(why_not_hats(actor, person=user_id, before=before, after=hats, others=others))
    if before == hats:
        return
    expire(user_id)
    taken, given = sorted(before - hats), sorted(hats - before)
    StaffRole.objects.filter(user=user_id, role__in=taken).delete()
    user = User.objects.get(pk=user_id)
    StaffRole.objects.bulk_create(StaffRole(user=user, role=role.value) for role in given)
    data = {"given": [role.value for role in given], "taken": [role.value for role in taken]}
    emit("person.hats_changed", user, actor=actor, now=now, data=data)


@transaction.atomic
def name_deputy(
    *,
    actor: Actor,
    now: datetime,
    deputy_id: int,
    role: Role,
    starts_at: datetime,
    ends_at: datetime,
) -> Deputy:
    """``deputy_id`` approves in the actor's place for a period, for one role, and nothing else.

    Raises NotAllowed, Conflict (``oneself``, ``not_staff``, ``period``).
    """
    if actor.id is None:
        raise NotAllowed
    deputy = User.objects.get(pk=deputy_id)
    forbid(
        why_not_deputy(
            actor,
            role=role,
            deputy=deputy_id,
            hats=hats_of(deputy_id) if deputy.is_active else frozenset(),
            starts=starts_at,
            ends=ends_at,
            now=now,
        )
    )
    giver = User.objects.get(pk=actor.id)
    row = Deputy.objects.create(
        giver=giver, deputy=deputy, role=role.value, starts_at=starts_at, ends_at=ends_at
    )
    data = {"deputy": deputy_id, "role": role.value}
    emit("person.deputy_named", giver, actor=actor, now=now, data=data)
    return row


@transaction.atomic
def end_deputy(*, actor: Actor, now: datetime, deputy_row: int) -> None:
    """The deputy approves nothing from now on. By whoever named them, or who keeps the team."""
    row = Deputy.objects.select_related("giver").get(pk=deputy_row)
    require(actor.id == row.giver_id or may(actor, Duty.KEEP_TEAM))
    if Deputy.objects.filter(pk=row.pk, ends_at__gt=now).update(ends_at=now):
        data = {"deputy": row.deputy_id, "role": row.role}
        emit("person.deputy_ended", row.giver, actor=actor, now=now, data=data)
