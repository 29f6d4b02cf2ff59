"""Hats of the staff and their deputies: who may change them, and what must never happen."""

from datetime import datetime, timedelta

from balcao.policy.access import DEPUTIES, STAFF_ROLES, Actor, Duty, Role, may

DEPUTISED = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
"""Roles that approve, and may therefore name a deputy."""

LONGEST_DEPUTY = timedelta(days=60)


def why_not_hats(
    actor: Actor, *, person: int, before: frozenset[Role], after: frozenset[Role], others: int
) -> str:
    """Why ``actor`` may not change the hats of ``person``; empty when they may.

    Codes: ``not_allowed``, ``own_roles`` (nobody changes their own, M1), ``no_staff_role`` (what
    the customer's side has follows from memberships), ``last_administrator``. ``others``: how many
    active administrators there are besides the person. The system sets up an installation.
    """
    if actor.kind != "system" and not may(actor, Duty.KEEP_TEAM):
        return "not_allowed"
    if actor.kind != "system" and actor.id == person:
        return "own_roles"
    if not after <= STAFF_ROLES:
        return "no_staff_role"
    if Role.ADMINISTRATOR in before - after and others == 0:
        return "last_administrator"
    return ""


def why_not_deputy(
    actor: Actor,
    *,
    role: Role,
    deputy: int,
    hats: frozenset[Role],
    starts: datetime,
    ends: datetime,
    now: datetime,
) -> str:
    """Why ``actor`` may not name ``deputy`` for their ``role``; empty when they may.

    Codes: ``not_allowed`` (names for a role they wear themselves, of those that approve),
    ``oneself``, ``not_staff`` (customers and the auditor approve nothing), ``period`` (it ends
    after it starts, in the future, at most 60 days later).
    """
    if role not in DEPUTISED or role not in actor.roles:
        return "not_allowed"
    if actor.id == deputy:
        return "oneself"
    if not hats & DEPUTIES:
        return "not_staff"
    if not (starts < ends <= starts + LONGEST_DEPUTY and now < ends):
        return "period"
    return ""
