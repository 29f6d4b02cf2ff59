"""Facts and policies with sensible values, so that a test names only what it is about."""

import tomllib
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import settings

from balcao.policy.book import Calendar, Policy, Span, parse
from balcao.policy.entitlement import ContractFacts, LicenceFacts
from balcao.policy.gate import (
    Act,
    Auth,
    Door,
    Facts,
    OverrideFacts,
    PersonFacts,
    Request,
    SenderFacts,
    TicketFacts,
)
from balcao.policy.lifecycle import State

SHIPPED = Path(__file__).parents[2] / "rulebook" / "default.toml"
RECIFE = ZoneInfo("America/Recife")
# A Friday, 17:00 in Recife.
NOW = datetime(2026, 1, 16, 20, 0, tzinfo=UTC)
TODAY = date(2026, 1, 16)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
US = 7
THEM = 8

# Properties run on a shared machine: an example may be slow without being wrong.
thorough = settings(deadline=None, max_examples=200)
brief = settings(deadline=None, max_examples=60)


def shipped_document() -> dict[str, Any]:
    """The document of the shipped policy, read afresh so that a test may change it."""
    return tomllib.loads(SHIPPED.read_text(encoding="utf-8"))


def a_document(changes: Mapping[str, object] | None = None) -> dict[str, Any]:
    """The shipped document with fields replaced: ``{"sla.clock": "business"}``."""
    document = deepcopy(shipped_document())
    for path, value in (changes or {}).items():
        *tables, key = path.split(".")
        table = document
        for name in tables:
            table = table.setdefault(name, {})
        table[key] = value
    return document


def a_policy(changes: Mapping[str, object] | None = None) -> Policy:
    """The shipped policy with fields replaced."""
    return parse(a_document(changes), version=1)


POLICY = a_policy()


def a_calendar(
    *hours: tuple[int, int],
    timezone: str = "America/Recife",
    days: Mapping[date, tuple[Span, ...]] | None = None,
    weekend: bool = False,
) -> Calendar:
    """Open at ``hours`` (minutes from midnight) from Monday to Friday, or every day."""
    open_day = tuple(Span(start, end) for start, end in hours)
    rest = open_day if weekend else ()
    return Calendar(
        timezone=timezone,
        week=(open_day,) * 5 + (rest,) * 2,
        days=days or {},
        names=dict.fromkeys(days or {}, "Feriado"),
    )


def recife(text: str) -> datetime:
    """A local moment in Recife: ``"2026-01-16 17:00"``."""
    return datetime.fromisoformat(text).replace(tzinfo=RECIFE)


def a_contract(
    pk: int = 1,
    kind: str = "licensing",
    starts: date = TODAY - 100 * DAY,
    ends: date | None = TODAY + 100 * DAY,
    suspended: bool = False,
    suspended_from: date | None = None,
    suspended_until: date | None = None,
    units: frozenset[int] | None = None,
) -> ContractFacts:
    return ContractFacts(
        id=pk,
        kind=kind,
        starts=starts,
        ends=ends,
        suspended=suspended,
        suspended_from=suspended_from,
        suspended_until=suspended_until,
        units=units,
    )


def a_licence(
    pk: int = 11,
    valid_from: date = TODAY - 100 * DAY,
    valid_until: date | None = TODAY + 100 * DAY,
    contract: int | None = 1,
    unit: int | None = None,
) -> LicenceFacts:
    return LicenceFacts(
        id=pk,
        product="PABX",
        valid_from=valid_from,
        valid_until=valid_until,
        contract=contract,
        unit=unit,
    )


def a_person(
    registered: bool = True, active: bool = True, organisation: int | None = US
) -> PersonFacts:
    return PersonFacts(registered=registered, active=active, organisation=organisation)


def a_ticket(
    state: State | None = State.IN_SERVICE,
    exists: bool = True,
    organisation: int | None = US,
    kind: str | None = "licensing",
    resolved_at: datetime | None = None,
    pk: int | None = 21,
    available_until: date | None = None,
    opened_at: datetime | None = None,
) -> TicketFacts:
    return TicketFacts(
        exists=exists,
        state=state,
        organisation=organisation,
        kind=kind,
        resolved_at=resolved_at,
        id=pk,
        available_until=available_until,
        opened_at=opened_at,
    )


def a_oneoff(
    state: State = State.IN_SERVICE,
    kind: str = "oneoff_problem",
    available_until: date | None = TODAY + 100 * DAY,
    organisation: int | None = US,
) -> TicketFacts:
    """A one-off, in service unless told otherwise; a sold one is good until ``available_until``."""
    return a_ticket(
        state, kind=kind, organisation=organisation, pk=22, available_until=available_until
    )


NO_SUCH_TICKET = TicketFacts(
    exists=False, state=None, organisation=None, kind=None, resolved_at=None
)


def an_override(
    *rules: str,
    pk: int = 31,
    organisation: int = US,
    begins: datetime = NOW - DAY,
    ends: datetime = NOW + DAY,
    ticket: int | None = None,
    door: Door | None = None,
    service: str | None = None,
) -> OverrideFacts:
    """An exception in force for us, anywhere and for anything, unless told otherwise."""
    return OverrideFacts(
        id=pk,
        rules=rules,
        organisation=organisation,
        begins=begins,
        ends=ends,
        ticket=ticket,
        door=door,
        service=service,
    )


def a_sender(
    clear: bool = True,
    registered: bool = True,
    on_ticket: bool = True,
    same_organisation: bool = True,
    auth: Auth = Auth.ALIGNED,
    free: bool = False,
) -> SenderFacts:
    return SenderFacts(
        clear=clear,
        registered=registered,
        on_ticket=on_ticket,
        same_organisation=same_organisation,
        auth=auth,
        free=free,
    )


def some_facts(
    person: PersonFacts | None = None,
    contracts: tuple[ContractFacts, ...] | None = None,
    licences: tuple[LicenceFacts, ...] | None = None,
    ticket: TicketFacts | None = None,
    sender: SenderFacts | None = None,
    overrides: tuple[OverrideFacts, ...] = (),
) -> Facts:
    """A covered customer, unless told otherwise."""
    return Facts(
        person=a_person() if person is None else person,
        contracts=(a_contract(),) if contracts is None else contracts,
        licences=(a_licence(),) if licences is None else licences,
        ticket=ticket,
        sender=sender,
        overrides=overrides,
    )


def opening(
    service: str = "incident",
    licence: int | None = None,
    door: Door = Door.PORTAL,
    assisted: bool = False,
) -> Request:
    return Request(act=Act.OPEN, door=door, service=service, licence=licence, assisted=assisted)


def going_on(door: Door = Door.EMAIL, service: str | None = None) -> Request:
    return Request(act=Act.CONTINUE, door=door, service=service)


def serving(door: Door = Door.PORTAL, service: str | None = None) -> Request:
    return Request(act=Act.SERVE, door=door, service=service)
