"""The types of the policy. Fields are the settings of the table of decisions (R1-R36)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from balcao.policy.book.reader import Problem


class Mode(StrEnum):
    """How hard a rule is applied (R36): observe records, warn also tells staff, enforce refuses."""

    OBSERVE = "observe"
    WARN = "warn"
    ENFORCE = "enforce"


class Clock(StrEnum):
    """What a deadline counts (R1): every minute, or only the minutes of the calendar."""

    ELAPSED = "elapsed"
    BUSINESS = "business"


class Verdict(StrEnum):
    """The answer of the gate, and a cell of the scope matrix (covered, not covered, ask sales)."""

    ALLOW = "allow"
    REFUSE = "refuse"
    ASK = "ask"


# The four kinds of contract that give support (S2), and the three kinds of one-off ticket (R17).
CONTRACT_KINDS = ("licensing", "rental", "saas", "it_services")
ONEOFF_KINDS = ("oneoff_problem", "oneoff_install", "oneoff_training")
KINDS = CONTRACT_KINDS + ONEOFF_KINDS

# Rules a deployment may switch on step by step (R36). Every other rule is always enforced.
SETTABLE_RULES = ("S5", "S16", "S17", "S22", "S27", "S34", "S35")

# States in which the resolution clock may stand still (R4): values of lifecycle.State.
PAUSABLE_STATES = (
    "open",
    "in_service",
    "asking_sales",
    "waiting_customer",
    "waiting_third",
    "scheduled",
)

# Doors that may serve a one-off (R25): values of gate.Door.
DOORS = ("portal", "email", "chat", "whatsapp", "phone", "api")

# Roles that may be allowed to ask for an exception (R14): values of access.Role.
ASKING_ROLES = ("agent", "supervisor")

# What the public page must say in every language (S44): it would not be the policy without them.
PAGE_PLACEHOLDERS = (
    "company",
    "portal_url",
    "support_address",
    "support_phone",
    "sales_phone",
    "start_hours",
    "resolution_hours",
    "business_hours",
    "oneoff_months",
)

# What is kept how long, in days, and for how long if the document does not say (mission 4).
RETENTION_DAYS = MappingProxyType(
    {
        "kept_mail": 30,
        "drafts": 90,
        "raw_mail": 365,
        "attachments": 1825,
        "third_party_data": 90,
        "decision_facts": 730,
        "access_log": 180,
        "tickets": 1825,
        "done_jobs": 7,
    }
)


@dataclass(frozen=True, slots=True)
class Span:
    """Open from ``start`` to ``end``, minutes from local midnight: 0 <= start < end <= 1440."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """Business hours (R23).

    ``week`` holds the spans of seven days, Monday first, in order and without overlap. ``days``
    replaces the spans of single dates: none means closed, some mean a half day. ``names`` says why.
    All in the local time of ``timezone`` (an IANA name).
    """

    timezone: str
    week: tuple[tuple[Span, ...], ...]
    days: Mapping[date, tuple[Span, ...]]
    names: Mapping[date, str]


@dataclass(frozen=True, slots=True)
class Target:
    """What is promised to one kind instead of the standard: time to start and to conclude."""

    start: timedelta
    resolution: timedelta


@dataclass(frozen=True, slots=True)
class SlaRules:
    """Deadlines (S11-S13, R1-R4). ``pause_states`` are lifecycle state values.

    ``targets`` hold the kinds with promises of their own. ``warn_left``: the part of the whole time
    (0 to 1) that is left when the team is warned.
    """

    clock: Clock
    clock_by_kind: Mapping[str, Clock]
    start: timedelta
    resolution: timedelta
    resolution_anchor: Literal["opened", "started"]
    pause_states: frozenset[str]
    due_when_closed: Literal["keep", "next_opening"]
    targets: Mapping[str, Target]
    warn_left: float


@dataclass(frozen=True, slots=True)
class Suspension:
    """All deadlines stand still from ``begins`` to ``ends``, UTC, for ``reason`` (R4)."""

    begins: datetime
    ends: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Company:
    """Who gives the support, as texts name it (S15, S24, S44) and pages show it.

    ``colour``: `#rrggbb`, empty: the product's own. ``logo``: the fingerprint of a picture that was
    kept, empty: the product's own.
    """

    name: str
    portal_url: str
    support_address: str
    support_phone: str
    sales_phone: str
    colour: str
    logo: str


@dataclass(frozen=True, slots=True)
class EntitlementRules:
    """What opens a ticket (R6), and what a lapse does to open ones (R7).

    ``warn_days``: so many days before a contract or licence ends its customer is told, most first.
    """

    require: Literal["both", "licence", "contract"]
    on_lapse: Literal["finish", "freeze"]
    warn_days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GateRules:
    """Which number a caller may be served with (R15): of a ticket of their organisation, or of one
    that they opened or were added to.
    """

    number_match: Literal["organisation", "participants"]


@dataclass(frozen=True, slots=True)
class OneoffRules:
    """How long a one-off is good (S28, R21), and for how long the same problem is free (R27).

    ``sla_from``: whether its deadlines start when its problem is described or when it is bought
    (R16). ``date_basis``: whether the months count from the confirmation or the order (R22).
    ``in_progress``: what the expiry does to one that is being served (R20). ``portal_invite``: the
    buyer is invited to sign in (R26). ``answer_hours``: business hours in which sales answers
    whether a service is covered (R18). ``remind_days``: days before the expiry, most first.
    ``doors``: where it is served (R25), values of gate.Door.
    """

    months: int
    on_closed_day: Literal["keep", "next_business_day"]
    same_problem_days: int
    sla_from: Literal["submission", "purchase"]
    date_basis: Literal["confirmed", "ordered"]
    in_progress: Literal["finish", "stop"]
    portal_invite: bool
    answer_hours: int
    remind_days: tuple[int, ...]
    doors: frozenset[str]


@dataclass(frozen=True, slots=True)
class TrainingRules:
    """One training (R28): how long in minutes, for how many people.

    It is moved until ``reschedule_hours`` before it begins; who does not come after ``warnings``
    warnings has used it.
    """

    minutes: int
    people: int
    reschedule_hours: int
    warnings: int


@dataclass(frozen=True, slots=True)
class AppointmentRules:
    """Whether an agreed slot is the deadline instead of the standard's (R29)."""

    sla: Literal["replace", "keep"]


@dataclass(frozen=True, slots=True)
class MeetingRules:
    """The names of what a meeting may be held with, as people know them (S39, R30)."""

    providers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaymentRules:
    """Where a PIX is paid to, as lib.pix writes it; without a key no PIX is offered.

    ``remind_days``: so many days before its due date the buyer of an order that is not paid is
    reminded, most first; 0: on the day itself; none: never.
    """

    pix_key: str
    pix_name: str
    pix_city: str
    remind_days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OverrideRules:
    """Exceptions by two people (R14): who asks, how long they wait, how long it lasts.

    ``ask`` are role values; ``approve_hours`` hours without a second person end the question;
    ``max_days`` is the longest an exception may last.
    """

    ask: frozenset[str]
    approve_hours: int
    max_days: int


@dataclass(frozen=True, slots=True)
class ChangeRules:
    """Changing the policy: whether a second person must approve (four eyes)."""

    second_approver: bool


@dataclass(frozen=True, slots=True)
class AccessRules:
    """When one member of staff reads so many tickets in an hour that somebody is told (A9)."""

    reads_per_hour: int


@dataclass(frozen=True, slots=True)
class PageText:
    """The owner's own text of the public page (S44, R33), by language; empty: there is none.

    ``{placeholders}`` are filled from the version in force.
    """

    pt: str
    en: str


@dataclass(frozen=True, slots=True)
class KnowledgeRules:
    """Whether readers of the public page may vote on it and comment (S45, R33)."""

    feedback: bool


@dataclass(frozen=True, slots=True)
class TicketRules:
    """Reopening and silence in days (R5); how long "next ticket" holds a ticket, in minutes.

    ``contract_expiry``: whether the ticket of a contract expires, too (R19).
    """

    reopen_days: int
    silence_days: tuple[int, ...]
    claim_minutes: int
    contract_expiry: Literal["off", "12m_from_opening"] = "off"


QueueOrder = Literal["fifo", "due"]


@dataclass(frozen=True, slots=True)
class QueueRules:
    """Who is next (S30, R24): who was first, or whose first answer is due first."""

    order: QueueOrder


@dataclass(frozen=True, slots=True)
class EmailRules:
    """Who may reply by e-mail and what happens to other mail (R8, R9, R11, R12).

    ``block_freemail``: nobody does from an address at a free provider, registered or not (R10).
    """

    allowed: Literal["participants", "organisation"]
    unregistered: Literal["notify", "silent", "bounce"]
    require_auth: Literal["aligned_or_token", "aligned", "off"]
    new: Literal["draft_notice", "quarantine"]
    block_freemail: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the policy. ``scope``: entitlement kind -> service slug ("*": any) -> cell."""

    version: int
    company: Company
    timezone: str
    calendar: Calendar
    sla: SlaRules
    entitlement: EntitlementRules
    gate: GateRules
    ticket: TicketRules
    queue: QueueRules
    email: EmailRules
    oneoff: OneoffRules
    training: TrainingRules
    appointment: AppointmentRules
    meeting: MeetingRules
    payment: PaymentRules
    override: OverrideRules
    change: ChangeRules
    access: AccessRules
    page: PageText
    kb: KnowledgeRules
    suspensions: tuple[Suspension, ...]
    modes: Mapping[str, Mode]
    scope: Mapping[str, Mapping[str, Verdict]]
    scope_default: Verdict
    retention: Mapping[str, int]


class PolicyError(ValueError):
    """The document cannot be enforced. ``problems`` names every fault with its path."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def mode_of(policy: Policy, rule: str) -> Mode:
    """How hard ``rule`` is applied: rules that are not settable are always enforced (R36)."""
    return policy.modes.get(rule, Mode.ENFORCE) if rule in SETTABLE_RULES else Mode.ENFORCE


def scope_of(policy: Policy, kind: str, service: str) -> Verdict:
    """The cell of the scope matrix: the service's own, else the kind's "*", else the default (R18).

    ``service`` is a slug of the catalogue; "other" is "outro assunto".
    """
    row = policy.scope.get(kind, {})
    return row.get(service, row.get("*", policy.scope_default))
