"""Who may do what: roles and verbs in one table, and the two questions every read and write asks.

``can`` answers "this ticket?", ``reach`` answers "which tickets?"; both read the same table.
Everything the table does not say is denied.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from balcao.policy.lifecycle import Verb

Area = Literal["portal", "staff", "desk", "sales", "admin", "audit"]


class Role(StrEnum):
    """A hat. One person may wear several, and their rights add up. Anonymous wears none."""

    CONTACT = "contact"
    ORG_ADMIN = "org_admin"
    AGENT = "agent"
    SALES = "sales"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """What can be allowed. REPLY is the customer's message, ANSWER the staff's public one."""

    VIEW = "view"
    VIEW_NOTES = "view_notes"
    SUBMIT = "submit"
    REPLY = "reply"
    ANSWER = "answer"
    NOTE = "note"
    ASSIGN = "assign"
    TAKE_NEXT = "take_next"
    START = "start"
    WAIT = "wait"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CANCEL = "cancel"
    ASK_SALES = "ask_sales"
    ANSWER_SCOPE = "answer_scope"
    SCHEDULE = "schedule"
    ADD_PARTICIPANT = "add_participant"
    RATE = "rate"
    VIEW_DECISIONS = "view_decisions"
    VIEW_KEPT_MAIL = "view_kept_mail"


class Duty(StrEnum):
    """What can be allowed without a ticket in question: keeping the desk's books and people."""

    SIMULATE = "simulate"
    VIEW_POLICY = "view_policy"
    KEEP_POLICY = "keep_policy"
    APPROVE_POLICY = "approve_policy"
    SUSPEND_DEADLINES = "suspend_deadlines"
    ASK_OVERRIDE = "ask_override"
    APPROVE_OVERRIDE = "approve_override"
    VIEW_EXCEPTIONS = "view_exceptions"
    VIEW_REFUSALS = "view_refusals"
    VIEW_CUSTOMERS = "view_customers"
    KEEP_CUSTOMERS = "keep_customers"
    ASK_RECOVERY = "ask_recovery"
    APPROVE_RECOVERY = "approve_recovery"
    KEEP_ENTITLEMENTS = "keep_entitlements"
    KEEP_CATALOGUE = "keep_catalogue"
    KEEP_TEAM = "keep_team"
    VIEW_ABSENCES = "view_absences"
    KEEP_ABSENCES = "keep_absences"
    IMPORT = "import"
    VIEW_EVENTS = "view_events"
    VIEW_ACCESS_LOG = "view_access_log"
    KEEP_COLLEAGUES = "keep_colleagues"


class Reach(StrEnum):
    """How far a permission goes.

    OWN: tickets the person opened or takes part in, and all tickets of an organisation whose
    administrator lets colleagues see each other's (at a unit: those of it and of no unit);
    always within the organisations the person acts for now. ORGANISATION: all of the organisations
    the person administers. QUEUE: all of the person's queues. ALL: every ticket.
    """

    OWN = "own"
    ORGANISATION = "organisation"
    QUEUE = "queue"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person with all their roles, the system itself, or nobody known.

    ``organisations``: acts for them now (an ended membership is not among them). ``admin_of``:
    administers them. ``sees_all_of``: their administrator lets colleagues see each other's tickets.
    ``units``: (organisation, unit) of each membership that is bound to a unit.
    ``deputy_for``: roles of those who named this person their deputy for now (see ``may``).
    """

    kind: Literal["user", "system", "anonymous"]
    id: int | None
    label: str
    roles: frozenset[Role] = frozenset()
    organisations: frozenset[int] = frozenset()
    admin_of: frozenset[int] = frozenset()
    sees_all_of: frozenset[int] = frozenset()
    units: frozenset[tuple[int, int]] = frozenset()
    queues: frozenset[int] = frozenset()
    deputy_for: frozenset[Role] = frozenset()

    @property
    def is_staff(self) -> bool:
        """Wears a hat of the vendor's side."""
        return bool(self.roles & STAFF_ROLES)

    @property
    def is_contact(self) -> bool:
        """Acts for a customer."""
        return Role.CONTACT in self.roles or Role.ORG_ADMIN in self.roles


CUSTOMER_ROLES = frozenset({Role.CONTACT, Role.ORG_ADMIN})
STAFF_ROLES = frozenset(Role) - CUSTOMER_ROLES
DEPUTIES = STAFF_ROLES - {Role.AUDITOR}
"""Whoever wears one of these may be named a deputy: the auditor writes nothing."""
ANONYMOUS = Actor(kind="anonymous", id=None, label="anonymous")
SYSTEM = Actor(kind="system", id=None, label="system")


@dataclass(frozen=True, slots=True)
class TicketScope:
    """What access asks about a ticket: ids of its organisation, people and queue, and of the unit
    its opener worked at (None: it is the whole organisation's).
    """

    organisation: int
    unit: int | None
    opener: int
    participants: frozenset[int]
    queue: int
    assignee: int | None


@dataclass(frozen=True, slots=True)
class Reachable:
    """The tickets a permission covers: any of the five is enough.

    ``units``: (organisation, unit), with the organisation's tickets that are of no unit.
    ``own``: opened by the actor or with the actor as participant, within ``actor.organisations``.
    """

    everything: bool
    organisations: frozenset[int]
    units: frozenset[tuple[int, int]]
    queues: frozenset[int]
    own: bool


def _row(reach: Reach, *permissions: Permission) -> dict[Permission, Reach]:
    return dict.fromkeys(permissions, reach)


_CUSTOMER = (
    Permission.VIEW,
    Permission.SUBMIT,
    Permission.REPLY,
    Permission.RESOLVE,
    Permission.REOPEN,
    Permission.CANCEL,
    Permission.ADD_PARTICIPANT,
    Permission.RATE,
)
_SERVICE = (
    Permission.VIEW,
    Permission.VIEW_NOTES,
    Permission.ANSWER,
    Permission.NOTE,
    Permission.ASSIGN,
    Permission.TAKE_NEXT,
    Permission.START,
    Permission.WAIT,
    Permission.RESOLVE,
    Permission.REOPEN,
    Permission.ASK_SALES,
    Permission.ADD_PARTICIPANT,
    Permission.VIEW_DECISIONS,
)

# Roles x verbs (mission 4). Sales sees tickets, not notes, because it answers what they ask about
# coverage. The administrator sees no ticket unless also an agent; the auditor writes nothing.
TABLE: Mapping[Role, Mapping[Permission, Reach]] = MappingProxyType(
    {
        Role.CONTACT: _row(Reach.OWN, *_CUSTOMER),
        Role.ORG_ADMIN: _row(Reach.ORGANISATION, *_CUSTOMER),
        Role.AGENT: _row(Reach.QUEUE, *_SERVICE),
        Role.SALES: _row(Reach.ALL, Permission.VIEW, Permission.ANSWER_SCOPE, Permission.SCHEDULE),
        Role.SUPERVISOR: _row(Reach.ALL, *_SERVICE, Permission.CANCEL, Permission.VIEW_KEPT_MAIL),
        Role.ADMINISTRATOR: {},
        Role.AUDITOR: _row(
            Reach.ALL,
            Permission.VIEW,
            Permission.VIEW_NOTES,
            Permission.VIEW_DECISIONS,
            Permission.VIEW_KEPT_MAIL,
        ),
    }
)

# Duties by role. Only sales registers what entitles a customer (M2); who keeps the policy does not
# keep the customers' tickets; the auditor sees every book and writes in none. Whether one person
# may both ask and approve is not said here: the action that approves compares the two.
DUTIES: Mapping[Role, frozenset[Duty]] = MappingProxyType(
    {
        Role.CONTACT: frozenset(),
        Role.ORG_ADMIN: frozenset({Duty.KEEP_COLLEAGUES}),
        Role.AGENT: frozenset({Duty.SIMULATE, Duty.VIEW_CUSTOMERS, Duty.VIEW_ABSENCES}),
        Role.SALES: frozenset(
            {
                Duty.VIEW_CUSTOMERS,
                Duty.KEEP_CUSTOMERS,
                Duty.ASK_RECOVERY,
                Duty.KEEP_ENTITLEMENTS,
            }
        ),
        Role.SUPERVISOR: frozenset(
            {
                Duty.SIMULATE,
                Duty.VIEW_POLICY,
                Duty.SUSPEND_DEADLINES,
                Duty.ASK_OVERRIDE,
                Duty.APPROVE_OVERRIDE,
                Duty.VIEW_EXCEPTIONS,
                Duty.VIEW_REFUSALS,
                Duty.VIEW_CUSTOMERS,
                Duty.APPROVE_RECOVERY,
                Duty.VIEW_ABSENCES,
                Duty.KEEP_ABSENCES,
            }
        ),
        Role.ADMINISTRATOR: frozenset(
            {
                Duty.SIMULATE,
                Duty.VIEW_POLICY,
                Duty.KEEP_POLICY,
                Duty.APPROVE_POLICY,
                Duty.VIEW_CUSTOMERS,
                Duty.KEEP_CUSTOMERS,
                Duty.KEEP_CATALOGUE,
                Duty.KEEP_TEAM,
                Duty.VIEW_ABSENCES,
                Duty.KEEP_ABSENCES,
                Duty.IMPORT,
                Duty.VIEW_EVENTS,
            }
        ),
        Role.AUDITOR: frozenset(
            {
                Duty.SIMULATE,
                Duty.VIEW_POLICY,
                Duty.VIEW_EXCEPTIONS,
                Duty.VIEW_REFUSALS,
                Duty.VIEW_CUSTOMERS,
                Duty.VIEW_ABSENCES,
                Duty.VIEW_EVENTS,
                Duty.VIEW_ACCESS_LOG,
            }
        ),
    }
)

# The second pair of eyes, which a deputy lends in the place of whoever named them; nothing else.
DEPUTY_DUTIES = frozenset({Duty.APPROVE_POLICY, Duty.APPROVE_OVERRIDE, Duty.APPROVE_RECOVERY})

# Verbs a person may choose by name. The others follow from something else: submitting, a message,
# a public answer (which starts service, R3, and asks the question of a wait, R4) or the ticker.
_BY_HAND: Mapping[Verb, Permission] = MappingProxyType(
    {
        Verb.ASK_SALES: Permission.ASK_SALES,
        Verb.ANSWER_SCOPE: Permission.ANSWER_SCOPE,
        Verb.WAIT_THIRD: Permission.WAIT,
        Verb.RESUME: Permission.WAIT,
        Verb.ATTEND: Permission.WAIT,
        Verb.SCHEDULE: Permission.SCHEDULE,
        Verb.RESOLVE: Permission.RESOLVE,
        Verb.REOPEN: Permission.REOPEN,
        Verb.CANCEL: Permission.CANCEL,
    }
)

# Permissions that make sense without a ticket, whatever their reach.
_WITHOUT_TICKET = frozenset({Permission.TAKE_NEXT, Permission.SUBMIT})

_AREAS: Mapping[Area, frozenset[Role]] = MappingProxyType(
    {
        "portal": CUSTOMER_ROLES,
        "staff": STAFF_ROLES,
        "desk": frozenset({Role.AGENT, Role.SUPERVISOR, Role.SALES, Role.AUDITOR}),
        "sales": frozenset({Role.SALES}),
        "admin": frozenset({Role.ADMINISTRATOR}),
        "audit": frozenset({Role.AUDITOR}),
    }
)


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
        return Reach.ALL in reaches or (permission in _WITHOUT_TICKET and bool(reaches))
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


def can_move(actor: Actor, verb: Verb, scope: TicketScope) -> bool:
    """Whether ``actor`` may choose ``verb`` for the ticket; the lifecycle says if it is possible.

    Verbs that only follow from something else (see ``_BY_HAND``) are nobody's to choose.
    """
    permission = _BY_HAND.get(verb)
    return permission is not None and can(actor, permission, scope)


def can_submit_for(actor: Actor, organisation: int) -> bool:
    """Whether ``actor`` may ask to open a ticket for ``organisation``; the gate then decides."""
    return can(actor, Permission.SUBMIT, None) and organisation in actor.organisations


def can_enter(actor: Actor, area: Area) -> bool:
    """Whether the pages of ``area`` are open to ``actor`` at all. What they show asks ``reach``."""
    return bool(actor.roles & _AREAS[area])


def may_announce_absence(actor: Actor, user_id: int) -> bool:
    """Whether ``actor`` may say when this person is away: who serves tickets says it of themselves,
    who keeps absences of everybody.
    """
    own = actor.id == user_id and can(actor, Permission.TAKE_NEXT, None)
    return own or may(actor, Duty.KEEP_ABSENCES)


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


def as_rows() -> list[tuple[str, str, str]]:
    """The table for the documentation: role, permission, reach, in the order of definition."""
    return [
        (role.value, permission.value, TABLE[role][permission].value)
        for role in Role
        for permission in Permission
        if permission in TABLE[role]
    ]
