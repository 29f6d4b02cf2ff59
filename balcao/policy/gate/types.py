"""What the gate is asked, on which facts, and what it answers."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from balcao.policy.book import Verdict
from balcao.policy.entitlement import ContractFacts, Coverage, LicenceFacts
from balcao.policy.lifecycle import State


class Door(StrEnum):
    """Where somebody came in."""

    PORTAL = "portal"
    EMAIL = "email"
    CHAT = "chat"
    WHATSAPP = "whatsapp"
    PHONE = "phone"
    API = "api"


class Act(StrEnum):
    """Open a ticket, go on with one as its customer, or serve one as staff."""

    OPEN = "open"
    CONTINUE = "continue"
    SERVE = "serve"


class Auth(StrEnum):
    """What proves the sender of a mail (R11); NOT_NEEDED: a signed-in session, never a mail.

    CONFIRMED: who the address belongs to, or the administrator of their organisation, said so
    afterwards (R9).
    """

    ALIGNED = "aligned"
    TOKEN = "token"
    CONFIRMED = "confirmed"
    NONE = "none"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class Request:
    """The question. ``service``: slug of the catalogue; ``licence``: id of the one chosen.

    ``assisted``: staff typed it and the customer confirmed it, which counts as the portal (R13).
    ``taken_down``: what a caller says is written down for the next opening, and nobody is served
    now (S27).
    """

    act: Act
    door: Door
    service: str | None = None
    licence: int | None = None
    assisted: bool = False
    taken_down: bool = False


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """The person who wants something: on file for ``organisation``, and not deactivated.

    On the telephone and WhatsApp on file means: the phone is registered, or name or code were
    confirmed (R15). ``unit``: the only unit of the organisation they act for, if any.
    """

    registered: bool
    active: bool
    organisation: int | None
    unit: int | None = None


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """The ticket spoken of. ``exists`` is false for a number that names none.

    ``available_until``: of a one-off, the last local day on which it can be submitted (S28), from
    its ledger; None: it is good for nothing any more. ``agreed``: slug of the service that sales
    said its one-off covers, which is not asked again (R18). ``opened_at``: what the expiry of a
    contract's ticket counts from (R19). ``own``: a caller opened it or was added to it (R15).
    """

    exists: bool
    state: State | None
    organisation: int | None
    kind: str | None
    resolved_at: datetime | None
    id: int | None = None
    available_until: date | None = None
    agreed: str | None = None
    own: bool = True
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SenderFacts:
    """Who sent a message from outside.

    ``clear``: exactly one sender can be read from it. ``registered``: the address is on file for
    anybody. ``on_ticket``: it belongs to the opener or a participant. ``same_organisation``: it
    belongs to somebody of the ticket's organisation. ``vouched``: one of the team who may says that
    the customer of this very ticket wrote it, whatever the address (R9). ``oneoff``: the address
    is of somebody who holds an available one-off; ``signs_in``: of somebody who can sign in (R12).
    ``free``: it is at a free provider (R10).
    """

    clear: bool
    registered: bool
    on_ticket: bool
    same_organisation: bool
    auth: Auth
    vouched: bool = False
    oneoff: bool = False
    signs_in: bool = True
    free: bool = False


@dataclass(frozen=True, slots=True)
class OverrideFacts:
    """An exception that two people agreed to (R14): ``rules`` are lifted for ``organisation``.

    From ``begins`` until ``ends``, UTC, not at that instant. ``ticket``, ``door`` and ``service``
    narrow it; None: any.
    """

    id: int
    rules: tuple[str, ...]
    organisation: int
    begins: datetime
    ends: datetime
    ticket: int | None = None
    door: Door | None = None
    service: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the gate looks at, but for the policy and the time."""

    person: PersonFacts
    contracts: tuple[ContractFacts, ...] = ()
    licences: tuple[LicenceFacts, ...] = ()
    ticket: TicketFacts | None = None
    sender: SenderFacts | None = None
    overrides: tuple[OverrideFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has against it. ``since``: the last day without the objection, if known."""

    rule: str
    reason: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Lift:
    """An objection that the exception with the id ``override`` took away."""

    override: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer.

    ``rules``: of a refusal the rules that refuse, otherwise all that were judged. ``reason`` and
    ``next_step`` are codes (see policy.reasons). ``warnings`` and ``observed`` hold what rules in
    those modes would have refused, ``lifted`` what an exception allowed. ``back_at``: when the desk
    opens again, of a refusal because it is closed.
    """

    verdict: Verdict
    act: Act
    door: Door
    rules: tuple[str, ...]
    reason: str | None
    next_step: str
    since: date | None
    coverage: Coverage | None
    warnings: tuple[Finding, ...]
    observed: tuple[Finding, ...]
    policy_version: int
    at: datetime
    lifted: tuple[Lift, ...] = ()
    back_at: datetime | None = None

    @property
    def allowed(self) -> bool:
        """It may be done now."""
        return self.verdict is Verdict.ALLOW

    @property
    def refused(self) -> bool:
        """It may not be done. A question to sales (ASK) is neither allowed nor refused."""
        return self.verdict is Verdict.REFUSE
