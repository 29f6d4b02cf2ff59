"""The words of access: roles, permissions, duties, and the values that are asked about."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

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
    RELEASE_MAIL = "release_mail"
    SKIP = "skip"
    CALL = "call"
    REMOTE = "remote"
    LOG_TIME = "log_time"
    SPLIT = "split"
    CHANGE_PRODUCT = "change_product"
    RENAME = "rename"


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
    VIEW_SALES = "view_sales"
    KEEP_SALES = "keep_sales"
    KEEP_CATALOGUE = "keep_catalogue"
    KEEP_TEAM = "keep_team"
    VIEW_ABSENCES = "view_absences"
    KEEP_ABSENCES = "keep_absences"
    IMPORT = "import"
    VIEW_EVENTS = "view_events"
    VIEW_ACCESS_LOG = "view_access_log"
    KEEP_COLLEAGUES = "keep_colleagues"
    EXPORT_COMPANY = "export_company"
    TAKE_CALLS = "take_calls"
    VIEW_CALLS = "view_calls"
    ASSIST_OPENING = "assist_opening"
    VIEW_SKIPS = "view_skips"
    TAKE_BACK = "take_back"
    VIEW_TIMES = "view_times"
    KEEP_OWN_REPLIES = "keep_own_replies"
    KEEP_SAVED_REPLIES = "keep_saved_replies"
    KEEP_NOTICES = "keep_notices"
    VIEW_FEEDBACK = "view_feedback"
    KEEP_FEEDBACK = "keep_feedback"
    CONFIRM_MAIL = "confirm_mail"
    VIEW_UNDELIVERED = "view_undelivered"
    KEEP_UNDELIVERED = "keep_undelivered"
    VIEW_MAIL_ACCOUNTS = "view_mail_accounts"
    KEEP_MAIL_ACCOUNTS = "keep_mail_accounts"
    OWN_AGENDA = "own_agenda"
    VIEW_AGENDA = "view_agenda"
    KEEP_AGENDA = "keep_agenda"


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
