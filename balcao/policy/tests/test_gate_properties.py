"""What holds for every request, whatever the facts and the policy."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from balcao.policy import reasons
from balcao.policy.book import SETTABLE_RULES, Mode, Policy, Verdict
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
    decide,
    decision_as_data,
    facts_as_data,
    facts_from_data,
)
from balcao.policy.lifecycle import State
from balcao.policy.tests.builders import (
    DAY,
    NOW,
    THEM,
    TODAY,
    US,
    a_licence,
    a_policy,
    a_sender,
    some_facts,
    thorough,
)
from balcao.policy.tests.test_entitlement import contracts, licences

organisations = st.sampled_from([US, THEM, None])
requests = st.builds(
    Request,
    act=st.sampled_from(Act),
    door=st.sampled_from(Door),
    service=st.sampled_from([None, "incident", "custom_report", "other"]),
    licence=st.sampled_from([None, 11, 12]),
    assisted=st.booleans(),
)
units = st.sampled_from([None, 1, 2])
persons = st.builds(
    PersonFacts,
    registered=st.booleans(),
    active=st.booleans(),
    organisation=organisations,
    unit=units,
)
for_units = st.one_of(st.none(), st.frozensets(st.integers(1, 2), min_size=1))
contracts_of_units = st.builds(lambda row, units: replace(row, units=units), contracts, for_units)
licences_of_units = st.builds(lambda row, unit: replace(row, unit=unit), licences, units)
tickets = st.builds(
    TicketFacts,
    exists=st.booleans(),
    state=st.sampled_from([*State, None]),
    organisation=organisations,
    kind=st.sampled_from(["licensing", "oneoff_problem", "oneoff_training", None]),
    resolved_at=st.sampled_from([None, NOW - DAY, NOW - 30 * DAY]),
    id=st.sampled_from([None, 21, 22]),
    available_until=st.sampled_from([None, TODAY - DAY, TODAY, TODAY + DAY]),
)
senders = st.builds(
    SenderFacts,
    clear=st.booleans(),
    registered=st.booleans(),
    on_ticket=st.booleans(),
    same_organisation=st.booleans(),
    auth=st.sampled_from(Auth),
    vouched=st.booleans(),
)
overrides = st.builds(
    OverrideFacts,
    id=st.integers(31, 33),
    rules=st.lists(st.sampled_from([*SETTABLE_RULES, "S3", "S8", "R15"]), max_size=4).map(tuple),
    organisation=st.sampled_from([US, THEM]),
    begins=st.sampled_from([NOW - DAY, NOW, NOW + DAY]),
    ends=st.sampled_from([NOW, NOW + DAY, NOW + 2 * DAY]),
    ticket=st.sampled_from([None, 21]),
    door=st.none() | st.sampled_from(Door),
    service=st.sampled_from([None, "incident"]),
)
facts = st.builds(
    Facts,
    person=persons,
    contracts=st.lists(contracts_of_units, max_size=2, unique_by=lambda row: row.id).map(tuple),
    licences=st.lists(licences_of_units, max_size=2, unique_by=lambda row: row.id).map(tuple),
    ticket=st.none() | tickets,
    sender=st.none() | senders,
    overrides=st.lists(overrides, max_size=2).map(tuple),
)
POLICIES = [
    a_policy(
        {
            "entitlement.require": require,
            "entitlement.on_lapse": lapse,
            "email.allowed": allowed,
            "email.require_auth": auth,
            "scope.licensing": {"incident": "allow", "custom_report": "refuse"},
            "scope.saas": {"*": "allow"},
        }
    )
    for require, lapse, allowed, auth in [
        ("both", "finish", "participants", "aligned_or_token"),
        ("licence", "freeze", "organisation", "aligned"),
        ("contract", "finish", "organisation", "off"),
    ]
]
modes = st.fixed_dictionaries({rule: st.sampled_from(Mode) for rule in SETTABLE_RULES})
policies = st.builds(
    lambda policy, modes: replace(policy, modes=modes), st.sampled_from(POLICIES), modes
)


@thorough
@given(requests, facts, policies)
def test_every_refusal_has_a_reason_a_rule_and_a_known_way_out(
    request: Request, facts: Facts, policy: Policy
) -> None:
    decision = decide(request, facts, policy, NOW)
    assert decision.refused == (decision.reason is not None)
    assert decision.rules
    assert decision.next_step in reasons.NEXT_STEPS
    assert decision.reason in {None, *reasons.REASONS} - {reasons.NOT_ALLOWED}
    if decision.verdict is Verdict.ASK:
        sold = facts.ticket is not None and facts.ticket.state is State.SOLD
        assert request.act is Act.OPEN or (request.act is Act.CONTINUE and sold)


@thorough
@given(facts, policies)
def test_d2_an_unproved_sender_learns_nothing(facts: Facts, policy: Policy) -> None:
    request = Request(Act.CONTINUE, Door.EMAIL)
    decision = decide(request, facts, policy, NOW)
    if decision.reason in (reasons.IDENTITY_UNCLEAR, reasons.NOT_AUTHENTICATED):
        assert facts.sender is None or not facts.sender.clear or facts.sender.auth != Auth.ALIGNED
        blank = Facts(person=PersonFacts(False, False, None), sender=facts.sender)
        assert decide(request, blank, policy, NOW) == decision


@thorough
@given(facts, tickets, policies)
def test_c1_a_sender_who_is_not_on_the_ticket_learns_nothing_of_it(
    facts: Facts, other: TicketFacts, policy: Policy
) -> None:
    request = Request(Act.CONTINUE, Door.EMAIL)
    outsider = replace(
        facts,
        ticket=replace(other, exists=True),
        sender=replace(
            facts.sender or a_sender(), on_ticket=False, same_organisation=False, vouched=False
        ),
    )
    decision = decide(request, outsider, policy, NOW)
    assert decision.refused
    unknown = TicketFacts(False, None, None, None, None)
    assert decide(request, replace(outsider, ticket=unknown), policy, NOW) == decision


@thorough
@given(requests, facts, policies)
def test_s09_no_mail_goes_in_unless_clear_proved_and_on_the_ticket(
    request: Request, facts: Facts, policy: Policy
) -> None:
    mail = replace(request, act=Act.CONTINUE, door=Door.EMAIL)
    if not decide(mail, facts, policy, NOW).allowed:
        return
    sender, ticket = facts.sender, facts.ticket
    assert sender is not None
    if sender.vouched:
        assert ticket is not None
        assert ticket.exists
        return
    assert sender.clear
    assert sender.on_ticket or (sender.same_organisation and policy.email.allowed == "organisation")
    proved = (Auth.ALIGNED, Auth.TOKEN, Auth.CONFIRMED)
    assert sender.auth in proved or policy.email.require_auth == "off"
    assert ticket is not None
    assert ticket.exists
    assert facts.person.registered
    assert facts.person.active


@thorough
@given(requests, facts, policies, st.sampled_from(SETTABLE_RULES))
def test_r36_enforcing_one_more_rule_never_lets_more_in(
    request: Request, facts: Facts, policy: Policy, rule: str
) -> None:
    stricter = replace(policy, modes={**policy.modes, rule: Mode.ENFORCE})
    if not decide(request, facts, policy, NOW).allowed:
        assert not decide(request, facts, stricter, NOW).allowed


@thorough
@given(requests, facts, policies)
def test_r36_what_is_noted_belongs_to_rules_in_that_mode(
    request: Request, facts: Facts, policy: Policy
) -> None:
    decision = decide(request, facts, policy, NOW)
    # Contract and licence are one question: the mode of S5 answers for S2 as well.
    mode = {**policy.modes, "S2": policy.modes["S5"]}
    assert all(mode[finding.rule] is Mode.WARN for finding in decision.warnings)
    assert all(mode[finding.rule] is Mode.OBSERVE for finding in decision.observed)


@thorough
@given(requests, facts, policies)
def test_a_recorded_decision_is_replayed_to_the_same_answer(
    request: Request, facts: Facts, policy: Policy
) -> None:
    record = json.loads(json.dumps(facts_as_data(request, facts)))
    again = facts_from_data(record)
    answer = decision_as_data(decide(request, facts, policy, NOW))
    assert again[0] == request
    assert facts_as_data(*again) == record
    assert decision_as_data(decide(*again, policy, NOW)) == answer
    assert json.loads(json.dumps(answer)) == answer


def test_a_decision_as_data_names_what_covers_and_what_was_noted() -> None:
    lapsed = some_facts(licences=(a_licence(12, valid_until=TODAY - DAY),))
    decision = decide(Request(Act.OPEN, Door.PORTAL), lapsed, a_policy({"rules.S5": "warn"}), NOW)
    finding = {"rule": "S5", "reason": "licence_expired", "since": "2026-01-15"}
    assert decision_as_data(decision) == {
        "verdict": "allow",
        "act": "open",
        "door": "portal",
        "rules": ["S3", "S6", "S5", "S2", "S11"],
        "reason": None,
        "next_step": "none",
        "since": None,
        "coverage": {
            "kind": "licensing",
            "contract": 1,
            "licence": 12,
            "covered": False,
            "until": None,
            "reason": "licence_expired",
            "since": "2026-01-15",
            "findings": [],
        },
        "warnings": [finding],
        "observed": [],
        "lifted": [],
        "back_at": None,
        "policy_version": 1,
        "at": "2026-01-16T20:00:00+00:00",
    }


@given(requests)
def test_a_record_holds_no_words_but_codes(request: Request) -> None:
    named = some_facts()
    assert any(row.product for row in named.licences)
    assert not any(
        row.product in json.dumps(facts_as_data(request, named)) for row in named.licences
    )
