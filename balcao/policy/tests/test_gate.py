"""The gate, rule by rule: opening and serving."""

from dataclasses import replace

import pytest

from balcao.policy import reasons
from balcao.policy.book import Verdict
from balcao.policy.entitlement import ContractFacts
from balcao.policy.gate import (
    Act,
    Auth,
    Door,
    Facts,
    Finding,
    PersonFacts,
    Request,
    TicketFacts,
    decide,
)
from balcao.policy.lifecycle import OPEN_STATES, State
from balcao.policy.tests.builders import (
    DAY,
    HOUR,
    NOW,
    POLICY,
    a_contract,
    a_licence,
    a_oneoff,
    a_person,
    a_sender,
    a_ticket,
    going_on,
    opening,
    serving,
    some_facts,
)
from balcao.policy.tests.gate_questions import ENDED, EXPIRED, LAST_WEEK, answer, ask

# ------------------------------------------------------------------------- open


def test_a_covered_customer_opens_a_ticket_in_the_portal() -> None:
    decision = ask(opening(), some_facts())
    assert decision.allowed
    assert not decision.refused
    assert decision.rules == ("S3", "S6", "S5", "S2", "S11")
    assert (decision.reason, decision.next_step) == (None, "none")
    assert decision.coverage is not None
    assert decision.coverage.covered
    assert (decision.policy_version, decision.at) == (1, NOW)
    assert (decision.act, decision.door) == (Act.OPEN, Door.PORTAL)


@pytest.mark.parametrize(
    "person",
    [a_person(registered=False), a_person(active=False), a_person(organisation=None)],
)
def test_s03_only_a_registered_customer_opens_a_ticket(person: PersonFacts) -> None:
    assert ask(opening(), some_facts(person=a_person())).allowed
    facts = some_facts(person=person)
    assert answer(ask(opening(), facts)) == ("not_registered", ("S3",), "talk_to_sales")


def test_s03_who_is_not_on_file_is_refused_before_anything_else_is_said() -> None:
    stranger = a_person(registered=False)
    plain = ask(opening(), some_facts(person=stranger))
    lapsed = ask(opening(door=Door.PHONE), some_facts(person=stranger, contracts=ENDED))
    assert answer(plain) == answer(lapsed)
    assert lapsed.coverage is None


def test_s05_opening_is_refused_without_a_valid_licence() -> None:
    assert ask(opening(), some_facts()).allowed
    decision = ask(opening(), some_facts(licences=EXPIRED))
    assert answer(decision) == ("licence_expired", ("S5",), "renew")
    assert decision.since == LAST_WEEK


def test_s05_having_no_licence_at_all_is_refused_and_leads_to_sales() -> None:
    decision = ask(opening(), some_facts(licences=()))
    assert answer(decision) == ("licence_missing", ("S5",), "talk_to_sales")
    assert decision.since is None


@pytest.mark.parametrize(
    ("contracts", "reason", "way_out"),
    [
        (ENDED, "contract_ended", "buy_oneoff"),
        ((), "contract_missing", "buy_oneoff"),
        ((a_contract(suspended=True),), "contract_suspended", "talk_to_sales"),
    ],
)
def test_s02_opening_is_refused_without_an_active_contract(
    contracts: tuple[ContractFacts, ...], reason: str, way_out: str
) -> None:
    decision = ask(opening(), some_facts(contracts=contracts))
    assert answer(decision) == (reason, ("S2",), way_out)


@pytest.mark.parametrize("door", sorted(set(Door) - {Door.PORTAL, Door.API}))
def test_s06_a_ticket_is_born_in_the_portal_only(door: Door) -> None:
    assert ask(opening(door=Door.PORTAL), some_facts()).allowed
    decision = ask(opening(door=door), some_facts())
    assert answer(decision) == ("not_in_portal", ("S6",), "open_in_portal")


def test_s06_a_program_of_a_signed_in_person_is_the_portal_by_another_way() -> None:
    for facts in (some_facts(), some_facts(licences=EXPIRED), some_facts(contracts=())):
        by_program = ask(opening(door=Door.API), facts)
        assert replace(by_program, door=Door.PORTAL) == ask(opening(), facts)


def test_r13_an_assisted_opening_that_the_customer_confirmed_counts_as_the_portal() -> None:
    assert ask(opening(door=Door.PHONE, assisted=True), some_facts()).allowed
    decision = ask(opening(door=Door.CHAT, assisted=True), some_facts(licences=EXPIRED))
    assert answer(decision) == ("licence_expired", ("S5",), "renew")
    assert ask(opening(door=Door.WHATSAPP, assisted=True), some_facts()).allowed
    by_mail = ask(opening(door=Door.EMAIL, assisted=True), some_facts())
    assert answer(by_mail) == ("not_in_portal", ("S6",), "open_in_portal")


def test_s11_what_is_let_in_is_promised_the_standard_deadlines() -> None:
    assert "S11" in ask(opening(), some_facts()).rules


def test_r6_choosing_an_expired_product_offers_its_renewal_and_refuses_nothing() -> None:
    both = (a_licence(11), a_licence(12, valid_until=LAST_WEEK))
    decision = ask(opening(licence=12), some_facts(licences=both))
    assert (decision.allowed, decision.next_step) == (True, "renew")
    assert ask(opening(licence=11), some_facts(licences=both)).next_step == "none"


def test_r6_only_the_rules_that_the_policy_asks_for_are_judged() -> None:
    licence = ask(opening(), some_facts(contracts=()), entitlement__require="licence")
    contract = ask(opening(), some_facts(licences=()), entitlement__require="contract")
    assert licence.rules == ("S3", "S6", "S5", "S11")
    assert contract.rules == ("S3", "S6", "S2", "S11")


def test_s34_a_service_that_is_not_covered_is_refused() -> None:
    scope = {"*": "allow", "custom_report": "refuse"}
    assert ask(opening("incident"), some_facts(), scope__licensing=scope).allowed
    decision = ask(opening("custom_report"), some_facts(), scope__licensing=scope)
    assert answer(decision) == ("service_not_covered", ("S34",), "talk_to_sales")


def test_s35_s36_a_service_that_nobody_listed_is_asked_of_sales() -> None:
    scope = {"incident": "allow"}
    assert ask(opening("incident"), some_facts(), scope__licensing=scope).allowed
    decision = ask(opening("moving"), some_facts(), scope__licensing=scope)
    assert decision.verdict is Verdict.ASK
    assert not decision.allowed
    assert not decision.refused
    assert (decision.rules, decision.reason) == (("S35", "S36"), None)
    assert decision.next_step == "talk_to_sales"


def test_s35_no_service_named_is_another_matter() -> None:
    request = Request(act=Act.OPEN, door=Door.PORTAL)
    assert ask(request, some_facts()).allowed
    assert ask(request, some_facts(), scope__licensing={"other": "refuse"}).refused


# ------------------------------------------------------------------------ modes


@pytest.mark.parametrize("facts", [some_facts(licences=EXPIRED), some_facts(contracts=ENDED)])
def test_r36_a_lapse_is_only_noted_while_s5_warns_or_observes(facts: Facts) -> None:
    refused = ask(opening(), facts)
    assert refused.refused
    finding = Finding(refused.rules[0], refused.reason or "", LAST_WEEK)
    warned = ask(opening(), facts, rules__S5="warn")
    observed = ask(opening(), facts, rules__S5="observe")
    assert warned.allowed
    assert observed.allowed
    assert (warned.warnings, warned.observed) == ((finding,), ())
    assert (observed.warnings, observed.observed) == ((), (finding,))


def test_r36_scope_rules_have_modes_of_their_own() -> None:
    facts = some_facts(licences=EXPIRED)
    scope: dict[str, object] = {"scope__licensing": {"a": "refuse", "b": "ask"}}
    lenient = {"rules__S5": "warn", "rules__S34": "observe", "rules__S35": "warn"}
    refused = ask(opening("a"), facts, **scope, **lenient)
    asked = ask(opening("b"), facts, **scope, **lenient)
    assert refused.allowed
    assert asked.allowed
    assert [finding.rule for finding in refused.warnings] == ["S5"]
    assert [finding.rule for finding in refused.observed] == ["S34"]
    assert [finding.rule for finding in asked.warnings] == ["S5", "S35"]


def test_r36_what_was_noted_before_a_refusal_is_kept_with_it() -> None:
    decision = ask(
        opening("a"),
        some_facts(licences=EXPIRED),
        rules__S5="warn",
        scope__licensing={"a": "refuse"},
    )
    assert answer(decision)[0] == "service_not_covered"
    assert [finding.rule for finding in decision.warnings] == ["S5"]


def test_r36_a_customer_without_any_contract_skips_the_scope_while_s5_observes() -> None:
    facts = some_facts(contracts=())
    decision = ask(opening("x"), facts, rules__S5="observe", scope__default="refuse")
    assert decision.allowed


# ------------------------------------------------------------------------ serve


def test_s22_technical_service_needs_an_open_ticket_in_any_channel() -> None:
    for door in Door:
        for state in State:
            decision = ask(serving(door), some_facts(ticket=a_ticket(state)))
            assert decision.allowed == (state in OPEN_STATES)
            assert "S22" in decision.rules


@pytest.mark.parametrize("ticket", [None, a_ticket(exists=False), a_ticket(None)])
def test_s22_without_a_ticket_the_way_is_through_the_portal(
    ticket: TicketFacts | None,
) -> None:
    facts = some_facts(ticket=ticket)
    assert answer(ask(serving(), facts)) == ("no_ticket", ("S22",), "open_in_portal")


def test_s22_an_ended_ticket_is_reopened_or_followed_by_a_linked_one() -> None:
    fresh = a_ticket(State.RESOLVED, resolved_at=NOW - HOUR)
    old = a_ticket(State.RESOLVED, resolved_at=NOW - 30 * DAY)
    ways = [
        answer(ask(serving(), some_facts(ticket=ticket)))
        for ticket in (fresh, old, a_ticket(State.CLOSED))
    ]
    assert ways[0] == ("ticket_closed", ("S22",), "reopen")
    assert ways[1] == ways[2] == ("ticket_closed", ("S22",), "open_linked")


def test_r36_service_without_a_ticket_is_only_noted_while_s22_observes() -> None:
    decision = ask(serving(), some_facts(), rules__S22="observe")
    assert decision.allowed
    assert decision.observed == (Finding("S22", "no_ticket", None),)


def test_r7_open_tickets_finish_although_the_licence_ended() -> None:
    lapsed = some_facts(licences=EXPIRED, ticket=a_ticket())
    assert ask(serving(), lapsed).allowed
    frozen = ask(serving(), lapsed, entitlement__on_lapse="freeze")
    assert answer(frozen) == ("entitlement_frozen", ("S5", "R7"), "renew")
    assert frozen.since == LAST_WEEK


def test_r7_freezing_spares_who_is_covered_and_who_paid_for_the_ticket() -> None:
    covered = some_facts(ticket=a_ticket())
    paid = some_facts(licences=EXPIRED, ticket=a_ticket(kind="oneoff_problem"))
    for facts in (covered, paid):
        assert ask(serving(), facts, entitlement__on_lapse="freeze").allowed
    assert ask(serving(), some_facts(), entitlement__on_lapse="freeze", rules__S22="warn").allowed


# --------------------------------------------------------------------- vocabulary


MAIL = going_on()
NARROW = {"scope__licensing": {"incident": "refuse"}}
FREEZE = {"entitlement__on_lapse": "freeze"}
# For each reason a question that is refused with it.
WITNESSES: dict[str, tuple[Request, Facts, dict[str, object]]] = {
    "not_registered": (opening(), some_facts(person=a_person(registered=False)), {}),
    "licence_expired": (opening(), some_facts(licences=EXPIRED), {}),
    "licence_missing": (opening(), some_facts(licences=()), {}),
    "contract_ended": (opening(), some_facts(contracts=ENDED), {}),
    "contract_missing": (opening(), some_facts(contracts=()), {}),
    "contract_suspended": (opening(), some_facts(contracts=(a_contract(suspended=True),)), {}),
    "contract_other_unit": (
        opening(),
        some_facts(
            person=replace(a_person(), unit=1), contracts=(a_contract(units=frozenset({2})),)
        ),
        {},
    ),
    "service_not_covered": (opening(), some_facts(), {**NARROW}),
    "no_ticket": (serving(), some_facts(), {}),
    "ticket_closed": (serving(), some_facts(ticket=a_ticket(State.CLOSED)), {}),
    "not_found": (going_on(Door.PORTAL), some_facts(), {}),
    "other_address": (
        MAIL,
        some_facts(ticket=a_ticket(), sender=a_sender(on_ticket=False)),
        {},
    ),
    "personal_address": (
        MAIL,
        some_facts(ticket=a_ticket(), sender=a_sender(free=True)),
        {"email__block_freemail": True},
    ),
    "not_authenticated": (MAIL, some_facts(sender=a_sender(auth=Auth.NONE)), {}),
    "identity_unclear": (MAIL, some_facts(sender=a_sender(clear=False)), {}),
    "new_mail": (MAIL, some_facts(sender=a_sender()), {}),
    "not_in_portal": (opening(door=Door.EMAIL), some_facts(), {}),
    "entitlement_frozen": (
        serving(),
        some_facts(licences=EXPIRED, ticket=a_ticket()),
        {**FREEZE},
    ),
    "number_missing": (going_on(Door.PHONE), some_facts(), {}),
    "caller_unknown": (
        going_on(Door.PHONE),
        some_facts(person=a_person(registered=False), ticket=a_ticket()),
        {},
    ),
    "closed_hours": (
        going_on(Door.PHONE),
        some_facts(ticket=a_oneoff()),
        {"calendar.week": {}},
    ),
    "oneoff_door": (going_on(Door.CHAT), some_facts(ticket=a_oneoff()), {}),
    "ticket_expired": (
        serving(),
        some_facts(ticket=a_ticket(opened_at=NOW - 400 * DAY)),
        {"ticket.contract_expiry": "12m_from_opening", "oneoff.in_progress": "stop"},
    ),
    "oneoff_expired": (
        going_on(Door.PORTAL),
        some_facts(ticket=a_oneoff(State.SOLD, available_until=LAST_WEEK)),
        {},
    ),
}


@pytest.mark.parametrize("reason", sorted(WITNESSES))
def test_every_reason_of_the_gate_is_given_to_somebody(reason: str) -> None:
    request, facts, changes = WITNESSES[reason]
    assert answer(ask(request, facts, **changes))[0] == reason


def test_every_way_out_is_shown_to_somebody() -> None:
    answers = [ask(request, facts, **changes) for request, facts, changes in WITNESSES.values()]
    answers += [
        ask(going_on(Door.PORTAL), some_facts(ticket=a_oneoff(State.SOLD))),
        ask(serving(), some_facts(ticket=a_ticket(State.RESOLVED, resolved_at=NOW))),
        ask(MAIL, some_facts(sender=a_sender(registered=False))),
    ]
    shown = {decision.next_step for decision in answers}
    assert set(reasons.NEXT_STEPS) == shown


def test_there_is_no_reason_that_the_gate_never_gives() -> None:
    assert set(reasons.REASONS) - set(WITNESSES) == {reasons.NOT_ALLOWED}
    assert len(set(reasons.REASONS)) == len(reasons.REASONS)
    assert len(set(reasons.NEXT_STEPS)) == len(reasons.NEXT_STEPS)


def test_the_shipped_policy_is_the_one_asked() -> None:
    assert decide(opening(), some_facts(), POLICY, NOW) == ask(opening(), some_facts())
