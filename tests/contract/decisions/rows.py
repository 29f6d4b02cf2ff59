"""Thousands of questions for the gate: who, what they have, door, ticket, service, hour, rules.

Each is named by the words of the table (table.py) and carries the facts that these words mean.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product

from balcao.policy.book import SETTABLE_RULES, Policy
from balcao.policy.gate import (
    Act,
    Auth,
    Door,
    Facts,
    PersonFacts,
    Request,
    SenderFacts,
    TicketFacts,
)
from balcao.policy.lifecycle import OPEN_STATES, State
from balcao.policy.tests.builders import (
    DAY,
    NO_SUCH_TICKET,
    NOW,
    THEM,
    TODAY,
    a_contract,
    a_licence,
    a_oneoff,
    a_person,
    a_policy,
    a_sender,
    a_ticket,
    an_override,
    recife,
    some_facts,
)
from tests.contract.decisions.table import VOCABULARY

HOURS = {"open": NOW, "closed": recife("2026-01-16 21:30")}
POLICIES: dict[str, Policy] = {
    "shipped": a_policy(),
    "narrow": a_policy({"scope.licensing": {"incident": "allow", "custom_report": "refuse"}}),
    "observe": a_policy({f"rules.{rule}": "observe" for rule in SETTABLE_RULES}),
    "freeze": a_policy({"entitlement.on_lapse": "freeze"}),
    "no_freemail": a_policy({"email.block_freemail": True}),
}
POLICIES["exception"] = POLICIES["shipped"]

_LAST_WEEK = TODAY - 7 * DAY
_LAPSED = a_licence(valid_until=_LAST_WEEK)
_EVERYTHING = an_override(*SETTABLE_RULES, ends=NOW + 9 * DAY)
_HAS = {
    "both": some_facts(),
    "other_expired": some_facts(licences=(a_licence(), replace(_LAPSED, id=12))),
    "licence_expired": some_facts(licences=(_LAPSED,)),
    "no_licence": some_facts(licences=()),
    "contract_ended": some_facts(contracts=(a_contract(ends=_LAST_WEEK),)),
    "no_contract": some_facts(contracts=()),
    "nothing": some_facts(contracts=(), licences=()),
    "suspended": some_facts(contracts=(a_contract(suspended=True),)),
    "-": some_facts(),
}
# The kind of one-off for which a service is what the table calls it, under the shipped scope.
_SERVICES = {"covered": "incident", "excluded": "custom_report", "unlisted": "moving"}
_ONEOFFS = {
    "covered": ("oneoff_install", "remote_install"),
    "excluded": ("oneoff_problem", "custom_report"),
    "unlisted": ("oneoff_problem", "moving"),
    "unnamed": ("oneoff_problem", ""),
}
_SENDERS = {
    "contact": a_sender(),
    "freemail": replace(a_sender(), free=True),
    "nobody": a_sender(registered=False),
    "colleague": a_sender(on_ticket=False),
    "stranger": a_sender(on_ticket=False, same_organisation=False),
    "unlisted": a_sender(registered=False, on_ticket=False, same_organisation=False),
    "unproved": a_sender(auth=Auth.NONE),
    "unclear": a_sender(clear=False),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One question: in the table's words, and as the gate is asked."""

    act: str
    question: dict[str, str]
    request: Request
    facts: Facts
    policy: Policy
    now: datetime


def rows() -> Iterator[Row]:
    """Every question, some of them several times with facts that must make no difference."""
    yield from _openings()
    yield from _goings_on()
    yield from _services()


def _openings() -> Iterator[Row]:
    kinds = [word for word in VOCABULARY["has"] if word != "-"]
    for door, who, has, service, hours, rules in product(
        VOCABULARY["door"],
        ("contact", "nobody"),
        kinds,
        _SERVICES,
        HOURS,
        ("shipped", "narrow", "observe", "exception"),
    ):
        if rules == "narrow" and has != "both":
            continue
        question = _question(door, who, has, "-", service, hours, rules)
        request = Request(
            act=Act.OPEN,
            door=Door(door.rstrip("*")),
            service=_SERVICES[service],
            licence=12 if has == "other_expired" else None,
            assisted=door.endswith("*"),
        )
        yield _row("open", question, request, replace(_HAS[has], person=_person(who)))


def _goings_on() -> Iterator[Row]:
    for door in Door:
        people = _SENDERS if door is Door.EMAIL else ("contact", "nobody")
        for who, ticket, hours, rules in product(
            people, _tickets(), HOURS, ("shipped", "observe", "exception", "no_freemail")
        ):
            if not _asked_of(door, who, ticket, rules):
                continue
            for service, variant in _variants(door, who, ticket):
                question = _question(door.value, who, "-", ticket, service, hours, rules)
                named = _ONEOFFS[service][1] if ticket.startswith("oneoff") else "incident"
                request = Request(act=Act.CONTINUE, door=door, service=named or None)
                facts = some_facts(
                    person=_caller(door, who, variant),
                    ticket=variant,
                    sender=_sender(door, who, ticket),
                )
                yield _row("go_on", question, request, facts)


_BLOCKED = ("none", "unknown", "foreign", "open", "oneoff")


def _asked_of(door: Door, who: str, ticket: str, rules: str) -> bool:
    """Whether the question is worth asking: what other rules change is asked where they matter."""
    if who == "freemail":
        return rules == "no_freemail" or (rules == "shipped" and ticket in _BLOCKED)
    if rules == "no_freemail":
        return door is Door.EMAIL and who == "contact"
    return rules == "shipped" or ticket not in ("oneoff", "oneoff_sold")


def _services() -> Iterator[Row]:
    for door, has, ticket, hours, rules in product(
        Door, ("both", "licence_expired"), _tickets(), HOURS, ("shipped", *_SERVED_BY)
    ):
        if ticket == "foreign" or ticket not in _SERVED_BY.get(rules, _tickets()):
            continue
        for service, variant in _variants(door, "staff", ticket):
            question = _question(door.value, "staff", has, ticket, service, hours, rules)
            named = _ONEOFFS[service][1] if ticket.startswith("oneoff") else "incident"
            request = Request(act=Act.SERVE, door=door, service=named)
            yield _row("serve", question, request, replace(_HAS[has], ticket=variant))


_SERVED_BY = {
    "observe": ("none", "unknown", "resolved_old"),
    "exception": ("none", "unknown", "resolved_old"),
    "freeze": ("none", "open", "oneoff", "closed"),
}
"""Which tickets are asked about under rules other than the shipped ones."""


def _tickets() -> tuple[str, ...]:
    return tuple(word for word in VOCABULARY["ticket"] if word != "-")


def _variants(door: Door, who: str, ticket: str) -> Iterator[tuple[str, TicketFacts | None]]:
    """(service, facts) that a ticket's word stands for. Only a one-off looks at the service."""
    if ticket == "none":
        yield "covered", None
    elif ticket == "unknown":
        yield "covered", NO_SUCH_TICKET
    elif ticket == "foreign":
        yield from (("covered", a_ticket(state, organisation=THEM)) for state in State)
    elif ticket == "open":
        yield from (("covered", a_ticket(state)) for state in sorted(OPEN_STATES))
    elif ticket.startswith("oneoff"):
        yield from _oneoffs(door, who, ticket)
    else:
        yield "covered", _ended(ticket)


def _ended(ticket: str) -> TicketFacts:
    if ticket.startswith("resolved"):
        days = 30 if ticket == "resolved_old" else 1
        return a_ticket(State.RESOLVED, resolved_at=NOW - days * DAY)
    return a_ticket(State(ticket), resolved_at=NOW - DAY)


def _oneoffs(door: Door, who: str, ticket: str) -> Iterator[tuple[str, TicketFacts]]:
    by_number = door in (Door.PHONE, Door.WHATSAPP) and who != "staff"
    for service, (kind, _slug) in _ONEOFFS.items():
        if service == "unnamed" and not (by_number and ticket == "oneoff_sold"):
            continue
        if ticket == "oneoff":
            yield service, a_oneoff(kind=kind)
            continue
        until = _LAST_WEEK if ticket == "oneoff_expired" else TODAY + 100 * DAY
        yield service, a_oneoff(State.SOLD, kind=kind, available_until=until)


def _person(who: str) -> PersonFacts:
    return a_person() if who == "contact" else a_person(registered=False)


def _caller(door: Door, who: str, ticket: TicketFacts | None) -> PersonFacts:
    """Somebody unknown belongs to no company; by mail the ticket says for which one it is asked."""
    if door is not Door.EMAIL:
        return a_person() if who == "contact" else a_person(False, False, None)
    on_file = ("contact", "freemail", "colleague", "unproved", "unclear")
    return a_person(registered=who in on_file)


def _sender(door: Door, who: str, ticket: str) -> SenderFacts | None:
    if door is not Door.EMAIL:
        return None
    stands = ticket not in ("none", "unknown", "foreign")
    sender = _SENDERS[who]
    return replace(
        sender,
        on_ticket=sender.on_ticket and stands,
        same_organisation=sender.same_organisation and stands,
    )


def _question(*words: str) -> dict[str, str]:
    names = ("door", "who", "has", "ticket", "service", "hours", "rules")
    return dict(zip(names, words, strict=True))


def _row(act: str, question: dict[str, str], request: Request, facts: Facts) -> Row:
    if question["rules"] == "exception":
        facts = replace(facts, overrides=(_EVERYTHING,))
    return Row(
        act=act,
        question=question,
        request=request,
        facts=facts,
        policy=POLICIES[question["rules"]],
        now=HOURS[question["hours"]],
    )
