"""The types of the policy. Fields are the settings of the table of decisions (R1-R36)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Literal


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
class SlaRules:
    """Deadlines (S11-S13, R1-R4). ``pause_states`` are lifecycle state values."""

    clock: Clock
    clock_by_kind: Mapping[str, Clock]
    start: timedelta
    resolution: timedelta
    resolution_anchor: Literal["opened", "started"]
    pause_states: frozenset[str]
    due_when_closed: Literal["keep", "next_opening"]


@dataclass(frozen=True, slots=True)
class Company:
    """Who gives the support, as texts name it (S15, S24, S44)."""

    name: str
    portal_url: str
    support_address: str
    support_phone: str
    sales_phone: str


@dataclass(frozen=True, slots=True)
class EntitlementRules:
    """What opens a ticket (R6), and what a lapse does to open ones (R7)."""

    require: Literal["both", "licence", "contract"]
    on_lapse: Literal["finish", "freeze"]


@dataclass(frozen=True, slots=True)
class TicketRules:
    """Reopening and silence in days (R5); how long "next ticket" holds a ticket, in minutes."""

    reopen_days: int
    silence_days: tuple[int, ...]
    claim_minutes: int


@dataclass(frozen=True, slots=True)
class EmailRules:
    """Who may reply by e-mail and what happens to other mail (R8, R9, R11, R12)."""

    allowed: Literal["participants", "organisation"]
    unregistered: Literal["notify", "silent", "bounce"]
    require_auth: Literal["aligned_or_token", "aligned", "off"]
    new: Literal["draft_notice", "quarantine"]


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the policy. ``scope``: entitlement kind -> service slug ("*": any) -> cell."""

    version: int
    company: Company
    timezone: str
    calendar: Calendar
    sla: SlaRules
    entitlement: EntitlementRules
    ticket: TicketRules
    email: EmailRules
    modes: Mapping[str, Mode]
    scope: Mapping[str, Mapping[str, Verdict]]
    scope_default: Verdict
    retention: Mapping[str, int]


class PolicyError(ValueError):
    """The document cannot be enforced. ``problems`` names every fault with its path."""

    def __init__(self, problems: tuple[str, ...]) -> None:
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
