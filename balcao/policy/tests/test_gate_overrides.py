"""The gate and exceptions by two people (R14)."""

from dataclasses import replace

import pytest

from balcao.policy import reasons
from balcao.policy.book import Verdict
from balcao.policy.gate import (
    Auth,
    Door,
    Facts,
    Finding,
    Lift,
    OverrideFacts,
    Request,
    decision_as_data,
    facts_as_data,
    facts_from_data,
    lifted_until,
)
from balcao.policy.lifecycle import State
from balcao.policy.override import LIFTABLE
from balcao.policy.tests.builders import (
    DAY,
    HOUR,
    NO_SUCH_TICKET,
    NOW,
    THEM,
    a_contract,
    a_oneoff,
    a_person,
    a_sender,
    a_ticket,
    an_override,
    going_on,
    opening,
    recife,
    serving,
    some_facts,
)
from balcao.policy.tests.gate_questions import ENDED, EXPIRED, LAST_WEEK, ask, ask_at

NIGHT = recife("2026-01-16 21:00")
LAPSED = some_facts(licences=EXPIRED)
SCOPE: dict[str, object] = {"scope__licensing": {"a": "refuse", "b": "ask"}}


def lifting(facts: Facts, *rows: OverrideFacts) -> Facts:
    return replace(facts, overrides=rows)


def test_r14_an_exception_lets_in_what_its_rule_refuses_and_is_named() -> None:
    assert ask(opening(), LAPSED).refused
    decision = ask(opening(), lifting(LAPSED, an_override("S5")))
    assert decision.allowed
    assert decision.lifted == (Lift(31, Finding("S5", "licence_expired", LAST_WEEK)),)
    assert (decision.warnings, decision.observed) == ((), ())


@pytest.mark.parametrize("contracts", [ENDED, (), (a_contract(suspended=True),)])
def test_r14_contract_and_licence_are_one_question_also_for_an_exception(
    contracts: tuple[object, ...],
) -> None:
    facts = some_facts(contracts=contracts)  # type: ignore[arg-type]
    assert ask(opening(), lifting(facts, an_override("S5"))).allowed


@pytest.mark.parametrize(
    "row",
    [
        an_override("S34"),
        an_override("S5", organisation=THEM),
        an_override("S5", begins=NOW + HOUR),
        an_override("S5", ends=NOW),
        an_override("S5", ticket=21),
        an_override("S5", door=Door.API),
        an_override("S5", service="moving"),
        an_override(),
    ],
)
def test_r14_an_exception_lifts_nothing_outside_its_rules_scope_and_time(
    row: OverrideFacts,
) -> None:
    assert ask(opening(), lifting(LAPSED, row)).refused


@pytest.mark.parametrize(
    "row",
    [
        an_override("S5", begins=NOW),
        an_override("S5", door=Door.PORTAL, service="incident"),
        an_override("S22", "S5"),
    ],
)
def test_r14_an_exception_holds_within_its_scope_and_from_its_beginning(row: OverrideFacts) -> None:
    assert ask(opening(), lifting(LAPSED, row)).allowed


def test_r14_an_exception_for_one_ticket_holds_for_that_ticket() -> None:
    closed = some_facts(ticket=a_ticket(State.CLOSED))
    assert ask(serving(), lifting(closed, an_override("S22", ticket=21))).allowed
    assert ask(serving(), lifting(closed, an_override("S22", ticket=99))).refused


EVERYTHING = an_override(*LIFTABLE, "S3", "S6", "S8", "R5", "R11", "R15", "R25", "S28", "")


@pytest.mark.parametrize(
    ("request_", "facts", "changes"),
    [
        (opening(), LAPSED, {}),
        (opening("a"), some_facts(), SCOPE),
        (opening("b"), some_facts(), SCOPE),
        (serving(), some_facts(), {}),
        (
            serving(),
            some_facts(licences=EXPIRED, ticket=a_ticket()),
            {"entitlement__on_lapse": "freeze"},
        ),
        (going_on(Door.PHONE), some_facts(), {}),
        (going_on(Door.WHATSAPP), some_facts(), {}),
    ],
)
def test_r14_each_settable_rule_can_be_lifted(
    request_: Request, facts: Facts, changes: dict[str, object]
) -> None:
    before = ask(request_, facts, **changes)
    after = ask(request_, lifting(facts, EVERYTHING), **changes)
    assert not before.allowed
    assert (after.verdict, after.reason) == (Verdict.ALLOW, None)
    assert after.lifted


def test_r14_closed_hours_can_be_lifted() -> None:
    facts = some_facts(ticket=a_oneoff())
    assert ask_at(NIGHT, going_on(Door.PHONE), facts).refused
    row = an_override("S27", ends=NIGHT + DAY)
    assert ask_at(NIGHT, going_on(Door.PHONE), lifting(facts, row)).allowed


@pytest.mark.parametrize(
    ("request_", "facts"),
    [
        (opening(), some_facts(person=a_person(registered=False))),
        (opening(door=Door.EMAIL), some_facts()),
        (going_on(Door.PORTAL), some_facts(ticket=a_ticket(organisation=THEM))),
        (going_on(Door.PORTAL), some_facts(ticket=a_ticket(State.CLOSED))),
        (going_on(), some_facts(ticket=a_ticket(), sender=a_sender(on_ticket=False))),
        (going_on(), some_facts(ticket=a_ticket(), sender=a_sender(auth=Auth.NONE))),
        (going_on(), some_facts(sender=a_sender())),
        (going_on(Door.PHONE), some_facts(ticket=NO_SUCH_TICKET)),
        (going_on(Door.PHONE), some_facts(ticket=a_ticket(organisation=THEM))),
        (going_on(Door.PHONE), some_facts(person=a_person(registered=False), ticket=a_ticket())),
        (going_on(Door.CHAT), some_facts(ticket=a_oneoff())),
        (
            going_on(Door.PORTAL),
            some_facts(ticket=a_oneoff(State.SOLD, available_until=LAST_WEEK)),
        ),
    ],
)
def test_r14_no_exception_touches_identity_isolation_or_the_ledger(
    request_: Request, facts: Facts
) -> None:
    assert ask(request_, lifting(facts, EVERYTHING)) == ask(request_, facts)
    assert ask(request_, facts).refused


def test_r14_what_an_exception_lifted_before_a_refusal_is_kept_with_it() -> None:
    decision = ask(opening("a"), lifting(LAPSED, an_override("S5")), **SCOPE)
    assert decision.reason == reasons.SERVICE_NOT_COVERED
    assert [lift.finding.rule for lift in decision.lifted] == ["S5"]


def test_r14_an_exception_is_not_used_up_by_a_rule_that_only_warns() -> None:
    decision = ask(opening(), lifting(LAPSED, an_override("S5")), rules__S5="warn")
    assert decision.lifted == ()
    assert [finding.rule for finding in decision.warnings] == ["S5"]


def test_r14_a_decision_as_data_names_the_exception_that_allowed_it() -> None:
    facts = lifting(LAPSED, an_override("S5", door=Door.PORTAL))
    assert decision_as_data(ask(opening(), facts))["lifted"] == [
        {"override": 31, "rule": "S5", "reason": "licence_expired", "since": "2026-01-09"}
    ]
    assert facts_from_data(facts_as_data(opening(), facts))[1].overrides == facts.overrides


def test_a_record_from_before_exceptions_is_read_as_it_was() -> None:
    facts = some_facts(ticket=a_ticket(pk=None), sender=a_sender())
    record = facts_as_data(going_on(), facts)
    del record["overrides"]
    ticket = record["ticket"]
    assert isinstance(ticket, dict)
    del ticket["id"], ticket["available_until"]
    request, read = facts_from_data(record)
    assert ask(request, read) == ask(going_on(), facts)
    assert read.overrides == ()


def test_r14_a_page_knows_until_when_an_exception_lets_new_tickets_in() -> None:
    row = an_override("S5")
    assert lifted_until([row], "S5", door=Door.PORTAL, now=NOW) == row.ends
    later = replace(row, ends=row.ends + DAY, service="incident")
    assert lifted_until([later, row], "S5", door=Door.PORTAL, now=NOW) == later.ends
    for other in (
        an_override("S22"),
        replace(row, door=Door.PHONE),
        replace(row, ticket=4),
        replace(row, begins=NOW + HOUR),
        replace(row, ends=NOW),
    ):
        assert lifted_until([other], "S5", door=Door.PORTAL, now=NOW) is None
