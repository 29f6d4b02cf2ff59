"""The questions every read and write asks of the tables."""

from balcao.policy.access.tables import (
    AREAS,
    BY_HAND,
    DEPUTY_DUTIES,
    DUTIES,
    TABLE,
    WITHOUT_TICKET,
)
from balcao.policy.access.types import (
    DEPUTIES,
    Actor,
    Area,
    Duty,
    Permission,
    Reach,
    Reachable,
    Role,
    TicketScope,
)
from balcao.policy.lifecycle import Verb


def reach(actor: Actor, permission: Permission) -> Reachable:
    """Which tickets ``actor`` may do ``permission`` to. Queries build their filter from this."""
    reaches = {TABLE[role].get(permission) for role in actor.roles}
    shared = actor.sees_all_of & actor.organisations if Reach.OWN in reaches else frozenset()
    units = frozenset(pair for pair in actor.units if pair[0] in shared)
    organisations = shared - {organisation for organisation, _unit in units}
    if Reach.ORGANISATION in reaches:
        organisations |= actor.admin_of & actor.organisations
    return Reachable(
        everything=Reach.ALL in reaches,
        organisations=organisations,
        units=units,
        queues=actor.queues if Reach.QUEUE in reaches else frozenset(),
        own=Reach.OWN in reaches and actor.id is not None,
    )


def can(actor: Actor, permission: Permission, scope: TicketScope | None) -> bool:
    """Whether ``actor`` may do ``permission`` to the ticket of ``scope``.

    Without a scope the question is about no ticket in particular: yes for what reaches every
    ticket, and for taking the next ticket or submitting one.
    """
    if scope is None:
        reaches = {TABLE[role].get(permission) for role in actor.roles} - {None}
        return Reach.ALL in reaches or (permission in WITHOUT_TICKET and bool(reaches))
    return covers(reach(actor, permission), actor, scope)


def covers(reachable: Reachable, actor: Actor, scope: TicketScope) -> bool:
    """Whether what ``actor`` reaches includes the ticket of ``scope``."""
    if reachable.everything or scope.queue in reachable.queues:
        return True
    if scope.organisation in reachable.organisations:
        return True
    if any(scope.organisation == of and scope.unit in (unit, None) for of, unit in reachable.units):
        return True
    mine = actor.id == scope.opener or actor.id in scope.participants
    return reachable.own and mine and scope.organisation in actor.organisations


def asks_who_takes_part(actor: Actor, *, organisation: int, opener: int) -> bool:
    """Whether what ``actor`` may do to a ticket can hang on who takes part in it (see ``covers``):
    they act for its organisation, and it is not theirs anyway.
    """
    return organisation in actor.organisations and actor.id != opener


def can_move(actor: Actor, verb: Verb, scope: TicketScope) -> bool:
    """Whether ``actor`` may choose ``verb`` for the ticket; the lifecycle says if it is possible.

    Verbs that only follow from something else (see ``BY_HAND``) are nobody's to choose.
    """
    permission = BY_HAND.get(verb)
    return permission is not None and can(actor, permission, scope)


def can_submit_for(actor: Actor, organisation: int) -> bool:
    """Whether ``actor`` may ask to open a ticket for ``organisation``; the gate then decides."""
    return can(actor, Permission.SUBMIT, None) and organisation in actor.organisations


def may_take_out(actor: Actor, scope: TicketScope, *, person: int, included_by: int | None) -> bool:
    """Whether ``actor`` may end the part that ``person`` takes in the ticket (R8).

    One's own, that of whoever one included; an administrator of the organisation and whoever serves
    the ticket, anybody's.
    """
    if person not in scope.participants or not can(actor, Permission.ADD_PARTICIPANT, scope):
        return False
    if serves_people_of(actor, scope) or scope.organisation in actor.admin_of:
        return True
    return actor.id in (person, included_by)


def serves_people_of(actor: Actor, scope: TicketScope) -> bool:
    """Whether ``actor`` says who takes part in the ticket as one of the team who serve it."""
    reached = reach(actor, Permission.ADD_PARTICIPANT)
    return reached.everything or scope.queue in reached.queues


def can_enter(actor: Actor, area: Area) -> bool:
    """Whether the pages of ``area`` are open to ``actor`` at all. What they show asks ``reach``."""
    return bool(actor.roles & AREAS[area])


def may_announce_absence(actor: Actor, user_id: int) -> bool:
    """Whether ``actor`` may say when this person is away: who serves tickets says it of themselves,
    who keeps absences of everybody.
    """
    own = actor.id == user_id and can(actor, Permission.TAKE_NEXT, None)
    return own or may(actor, Duty.KEEP_ABSENCES)


def may_keep_hours(actor: Actor, user_id: int) -> bool:
    """Whether ``actor`` may say when this person can be booked: their own hours, or everybody's."""
    own = actor.id == user_id and may(actor, Duty.OWN_AGENDA)
    return own or may(actor, Duty.KEEP_AGENDA)


def may(actor: Actor, duty: Duty) -> bool:
    """Whether any of the actor's hats carries ``duty``, or one they are deputy for.

    A deputy approves in the place of the role, and does nothing else of it; the auditor's hat alone
    never approves. That nobody approves their own request is asked by the action that approves.
    """
    if any(duty in DUTIES[role] for role in actor.roles):
        return True
    if duty not in DEPUTY_DUTIES or not actor.roles & DEPUTIES:
        return False
    return any(duty in DUTIES[role] for role in actor.deputy_for)


def may_export(actor: Actor, organisation: int | None) -> bool:
    """Whether ``actor`` may take a copy along: of what is theirs (None), or of an organisation
    that they administer.
    """
    if organisation is None:
        return actor.id is not None and can_enter(actor, "portal")
    return may(actor, Duty.EXPORT_COMPANY) and organisation in actor.admin_of


def as_rows() -> list[tuple[str, str, str]]:
    """The table for the documentation: role, permission, reach, in the order of definition."""
    return [
        (role.value, permission.value, TABLE[role][permission].value)
        for role in Role
        for permission in Permission
        if permission in TABLE[role]
    ]
