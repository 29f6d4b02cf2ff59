"""What the gate may never do, whatever is asked of it: one rule for all doors (N1)."""

from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.book import SETTABLE_RULES, Mode, Policy, Verdict, mode_of
from balcao.policy.entitlement import ContractFacts, LicenceFacts
from balcao.policy.gate import Act, Door, Facts, Request, TicketFacts, decide
from balcao.policy.tests.builders import (
    DAY,
    NO_SUCH_TICKET,
    NOW,
    THEM,
    TODAY,
    a_policy,
    recife,
    some_facts,
    thorough,
)
from balcao.policy.tests.test_entitlement import contracts, licences
from balcao.policy.tests.test_gate_properties import facts, policies, requests, tickets

MOMENTS = st.sampled_from([NOW, recife("2026-01-16 21:00"), recife("2026-01-18 10:00")])
VOICE = (Door.PHONE, Door.WHATSAPP)
NIGHT = recife("2026-01-16 21:00")


@thorough
@given(requests, facts, policies, MOMENTS)
def test_r36_a_rule_that_observes_or_warns_refuses_nobody(
    request: Request, facts: Facts, policy: Policy, now: datetime
) -> None:
    decision = decide(request, facts, policy, now)
    if decision.allowed:
        return
    settable = [rule for rule in decision.rules if rule in SETTABLE_RULES]
    assert all(mode_of(policy, rule) is Mode.ENFORCE for rule in settable)


@thorough
@given(requests, facts, policies, contracts, licences)
def test_n1_more_entitlement_never_turns_yes_into_no(
    request: Request,
    facts: Facts,
    policy: Policy,
    contract: ContractFacts,
    licence: LicenceFacts,
) -> None:
    decision = decide(request, facts, policy, NOW)
    lapse = [*decision.warnings, *decision.observed, *(lift.finding for lift in decision.lifted)]
    # Who is let in without any contract has no kind, and so no scope that could say no (R36).
    if not decision.allowed or any(finding.rule in ("S2", "S5") for finding in lapse):
        return
    more = replace(
        facts,
        # An id of its own, so that no licence is moved to another contract by it.
        contracts=(*facts.contracts, replace(contract, id=99)),
        licences=(*facts.licences, replace(licence, id=98, contract=None)),
    )
    assert decide(request, more, policy, NOW).allowed
    longer = replace(
        facts,
        contracts=tuple(
            replace(row, ends=None, starts=row.starts - DAY, suspended=False)
            for row in facts.contracts
        ),
        licences=tuple(replace(row, valid_until=None) for row in facts.licences),
    )
    assert decide(request, longer, policy, NOW).allowed


@thorough
@given(requests, facts, policies)
def test_r14_one_exception_more_never_turns_yes_into_no(
    request: Request, facts: Facts, policy: Policy
) -> None:
    if decide(request, replace(facts, overrides=()), policy, NOW).allowed:
        assert decide(request, facts, policy, NOW).allowed


@thorough
@given(requests, facts, policies)
def test_r14_what_an_exception_lifted_it_may_lift_and_only_settable_rules(
    request: Request, facts: Facts, policy: Policy
) -> None:
    used = {row.id: row for row in facts.overrides}
    for lift in decide(request, facts, policy, NOW).lifted:
        row = used[lift.override]
        # Of several exceptions with one id the first fitting one counts; all of them are ours.
        rows = [one for one in facts.overrides if one.id == row.id]
        asked = "S5" if lift.finding.rule == "S2" else lift.finding.rule
        assert asked in SETTABLE_RULES
        assert any(
            asked in one.rules
            and one.organisation == facts.person.organisation
            and one.begins <= NOW < one.ends
            for one in rows
        )


@thorough
@given(requests, facts, policies, st.sampled_from(VOICE), st.lists(tickets, max_size=2))
def test_c2_a_bad_number_says_the_same_whatever_it_names(
    request: Request, facts: Facts, policy: Policy, door: Door, others: list[TicketFacts]
) -> None:
    call = replace(request, act=Act.CONTINUE, door=door)
    unknown = decide(call, replace(facts, ticket=NO_SUCH_TICKET), policy, NOW)
    assert unknown.refused
    for other in others:
        foreign = replace(other, organisation=THEM if facts.person.organisation != THEM else 1)
        assert decide(call, replace(facts, ticket=foreign), policy, NOW) == unknown


@thorough
@given(requests, facts, policies, MOMENTS)
def test_n1_a_program_is_answered_as_the_portal_is(
    request: Request, facts: Facts, policy: Policy, now: datetime
) -> None:
    unbound = replace(facts, overrides=tuple(replace(row, door=None) for row in facts.overrides))
    answers = [
        decide(replace(request, door=door), unbound, policy, now)
        for door in (Door.PORTAL, Door.API)
    ]
    assert answers[0] == replace(answers[1], door=Door.PORTAL)


@thorough
@given(requests, facts, policies)
def test_n1_the_door_makes_no_difference_to_serving_a_contract(
    request: Request, facts: Facts, policy: Policy
) -> None:
    """S25, S27 and R25 are about one-offs; nothing else looks at the door."""
    ticket = facts.ticket and replace(facts.ticket, kind="licensing")
    unbound = replace(
        facts,
        ticket=ticket,
        overrides=tuple(replace(row, door=None) for row in facts.overrides),
    )
    answers = [
        decide(replace(request, act=Act.SERVE, door=door), unbound, policy, NIGHT) for door in Door
    ]
    assert {one.verdict for one in answers} == {answers[0].verdict}
    assert {(one.rules, one.reason) for one in answers} == {(answers[0].rules, answers[0].reason)}


@thorough
@given(requests, facts, policies)
def test_n1_what_the_customer_confirmed_opens_as_the_portal_does_by_any_live_door(
    request: Request, facts: Facts, policy: Policy
) -> None:
    unbound = replace(facts, overrides=tuple(replace(row, door=None) for row in facts.overrides))
    assisted = replace(request, act=Act.OPEN, assisted=True)
    answers = [
        decide(replace(assisted, door=door), unbound, policy, NOW)
        for door in (Door.PORTAL, Door.CHAT, *VOICE)
    ]
    assert {(one.verdict, one.rules, one.reason) for one in answers} == {
        (answers[0].verdict, answers[0].rules, answers[0].reason)
    }


@thorough
@given(facts, policies, MOMENTS)
def test_s22_nothing_technical_without_an_open_ticket_while_the_rule_is_enforced(
    facts: Facts, policy: Policy, now: datetime
) -> None:
    strict = replace(policy, modes={**policy.modes, "S22": Mode.ENFORCE})
    alone = replace(facts, ticket=None, overrides=())
    for door in Door:
        decision = decide(Request(Act.SERVE, door), alone, strict, now)
        assert (decision.verdict, decision.rules) == (Verdict.REFUSE, ("S22",))


def test_r6_the_contract_that_covers_the_service_counts_among_several() -> None:
    policy = a_policy(
        {"scope.saas": {"*": "refuse"}, "scope.licensing": {"*": "ask"}, "scope.rental": {}}
    )
    rows = tuple(
        ContractFacts(id=pk, kind=kind, starts=TODAY, ends=TODAY + days * DAY, suspended=False)
        for pk, kind, days in ((1, "saas", 300), (2, "licensing", 200), (3, "it_services", 100))
    )
    licence = LicenceFacts(id=11, product="", valid_from=TODAY, valid_until=None, contract=1)
    customer = some_facts(contracts=rows, licences=(licence,))
    kinds = []
    for count in (1, 2, 3):
        decision = decide(
            Request(Act.OPEN, Door.PORTAL, "moving"),
            replace(customer, contracts=rows[:count]),
            policy,
            NOW,
        )
        assert decision.coverage is not None
        kinds.append((decision.verdict, decision.coverage.kind))
    assert kinds == [
        (Verdict.REFUSE, "saas"),
        (Verdict.ASK, "licensing"),
        (Verdict.ALLOW, "it_services"),
    ]
