"""Who may do what: roles x permissions, roles x duties, and what each area of pages admits."""

from collections.abc import Mapping
from types import MappingProxyType

from balcao.policy.access.types import (
    CUSTOMER_ROLES,
    STAFF_ROLES,
    Area,
    Duty,
    Permission,
    Reach,
    Role,
)
from balcao.policy.lifecycle import Verb


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
    Permission.SKIP,
    Permission.CALL,
    Permission.REMOTE,
    Permission.LOG_TIME,
    Permission.SPLIT,
    Permission.CHANGE_PRODUCT,
    Permission.RENAME,
)

# Roles x verbs (mission 4). Sales sees tickets, not notes, because it answers what they ask about
# coverage. The administrator sees no ticket unless also an agent; the auditor writes nothing.
TABLE: Mapping[Role, Mapping[Permission, Reach]] = MappingProxyType(
    {
        Role.CONTACT: _row(Reach.OWN, *_CUSTOMER),
        Role.ORG_ADMIN: _row(Reach.ORGANISATION, *_CUSTOMER),
        Role.AGENT: _row(Reach.QUEUE, *_SERVICE),
        Role.SALES: _row(Reach.ALL, Permission.VIEW, Permission.ANSWER_SCOPE, Permission.SCHEDULE),
        Role.SUPERVISOR: _row(
            Reach.ALL,
            *_SERVICE,
            Permission.CANCEL,
            Permission.SCHEDULE,
            Permission.VIEW_KEPT_MAIL,
            Permission.RELEASE_MAIL,
        ),
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
        Role.ORG_ADMIN: frozenset({Duty.KEEP_COLLEAGUES, Duty.EXPORT_COMPANY, Duty.CONFIRM_MAIL}),
        Role.AGENT: frozenset(
            {
                Duty.SIMULATE,
                Duty.VIEW_CUSTOMERS,
                Duty.VIEW_ABSENCES,
                Duty.TAKE_CALLS,
                Duty.ASSIST_OPENING,
                Duty.KEEP_OWN_REPLIES,
                Duty.OWN_AGENDA,
            }
        ),
        Role.SALES: frozenset(
            {
                Duty.VIEW_CUSTOMERS,
                Duty.KEEP_CUSTOMERS,
                Duty.ASK_RECOVERY,
                Duty.KEEP_ENTITLEMENTS,
                Duty.VIEW_AGENDA,
                Duty.VIEW_SALES,
                Duty.KEEP_SALES,
                Duty.TAKE_CALLS,
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
                Duty.VIEW_SALES,
                Duty.APPROVE_RECOVERY,
                Duty.VIEW_ABSENCES,
                Duty.KEEP_ABSENCES,
                Duty.TAKE_CALLS,
                Duty.VIEW_CALLS,
                Duty.ASSIST_OPENING,
                Duty.OWN_AGENDA,
                Duty.VIEW_AGENDA,
                Duty.KEEP_AGENDA,
                Duty.VIEW_SKIPS,
                Duty.TAKE_BACK,
                Duty.VIEW_TIMES,
                Duty.KEEP_OWN_REPLIES,
                Duty.KEEP_SAVED_REPLIES,
                Duty.KEEP_NOTICES,
                Duty.VIEW_FEEDBACK,
                Duty.KEEP_FEEDBACK,
                Duty.VIEW_UNDELIVERED,
                Duty.KEEP_UNDELIVERED,
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
                Duty.KEEP_SAVED_REPLIES,
                Duty.KEEP_NOTICES,
                Duty.VIEW_FEEDBACK,
                Duty.KEEP_FEEDBACK,
                Duty.VIEW_UNDELIVERED,
                Duty.KEEP_UNDELIVERED,
                Duty.VIEW_MAIL_ACCOUNTS,
                Duty.KEEP_MAIL_ACCOUNTS,
            }
        ),
        Role.AUDITOR: frozenset(
            {
                Duty.SIMULATE,
                Duty.VIEW_POLICY,
                Duty.VIEW_EXCEPTIONS,
                Duty.VIEW_REFUSALS,
                Duty.VIEW_CUSTOMERS,
                Duty.VIEW_SALES,
                Duty.VIEW_ABSENCES,
                Duty.VIEW_EVENTS,
                Duty.VIEW_ACCESS_LOG,
                Duty.VIEW_CALLS,
                Duty.VIEW_AGENDA,
                Duty.VIEW_SKIPS,
                Duty.VIEW_TIMES,
                Duty.VIEW_FEEDBACK,
                Duty.VIEW_UNDELIVERED,
                Duty.VIEW_MAIL_ACCOUNTS,
            }
        ),
    }
)

# The second pair of eyes, which a deputy lends in the place of whoever named them; nothing else.
DEPUTY_DUTIES = frozenset({Duty.APPROVE_POLICY, Duty.APPROVE_OVERRIDE, Duty.APPROVE_RECOVERY})

# Verbs a person may choose by name. The others follow from something else: submitting, a message,
# a public answer (which starts service, R3, and asks the question of a wait, R4) or the ticker.
BY_HAND: Mapping[Verb, Permission] = MappingProxyType(
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
WITHOUT_TICKET = frozenset({Permission.TAKE_NEXT, Permission.SUBMIT})

AREAS: Mapping[Area, frozenset[Role]] = MappingProxyType(
    {
        "portal": CUSTOMER_ROLES,
        "staff": STAFF_ROLES,
        "desk": frozenset({Role.AGENT, Role.SUPERVISOR, Role.SALES, Role.AUDITOR}),
        "sales": frozenset({Role.SALES}),
        "admin": frozenset({Role.ADMINISTRATOR}),
        "audit": frozenset({Role.AUDITOR}),
    }
)
