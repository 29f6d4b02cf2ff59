"""The gate, rule by rule: going on with a ticket."""

from dataclasses import replace
from datetime import timedelta

import pytest

from balcao.policy.gate import (
    Auth,
    Decision,
    Door,
    SenderFacts,
)
from balcao.policy.lifecycle import OPEN_STATES, State
from balcao.policy.tests.builders import (
    DAY,
    HOUR,
    NOW,
    THEM,
    a_person,
    a_sender,
    a_ticket,
    going_on,
    serving,
    some_facts,
)
from balcao.policy.tests.gate_questions import SIGNED_IN, answer, ask

# ------------------------------------------------------------- continue by mail


@pytest.mark.parametrize(
    "sender",
    [
        a_sender(clear=False),
        a_sender(auth=Auth.NONE),
        a_sender(registered=False, on_ticket=False, same_organisation=False),
    ],
)
def test_r9_what_the_team_vouches_for_passes_identity_and_nothing_else(sender: SenderFacts) -> None:
    vouched = replace(sender, vouched=True)
    assert ask(going_on(), some_facts(ticket=a_ticket(), sender=sender)).refused
    allowed = ask(going_on(), some_facts(ticket=a_ticket(), sender=vouched))
    assert (allowed.allowed, allowed.rules) == (True, ("S7", "R9"))
    closed = a_ticket(state=State.CLOSED)
    assert answer(ask(going_on(), some_facts(ticket=closed, sender=vouched)))[0] == "ticket_closed"
    missing = a_ticket(exists=False, state=None, organisation=None, kind=None)
    for ticket in (missing, None):
        assert ask(going_on(), some_facts(ticket=ticket, sender=vouched)).refused


def test_s07_a_ticket_goes_on_by_mail() -> None:
    decision = ask(going_on(), some_facts(ticket=a_ticket(), sender=a_sender()))
    assert decision.allowed
    assert decision.rules == ("S7", "S8")


def test_s08_a_reply_counts_only_from_an_address_on_file_for_the_ticket() -> None:
    facts = some_facts(ticket=a_ticket(), sender=a_sender())
    assert ask(going_on(), facts).allowed
    facts = some_facts(ticket=a_ticket(), sender=a_sender(on_ticket=False))
    assert answer(ask(going_on(), facts)) == (
        "other_address",
        ("S8", "S9", "S10"),
        "reply_from_registered",
    )


def test_s09_a_reply_from_any_other_address_is_never_added_whatever_the_modes() -> None:
    facts = some_facts(
        ticket=a_ticket(),
        sender=a_sender(on_ticket=False, same_organisation=False, registered=False),
    )
    observe = {
        f"rules__{rule}": "observe" for rule in ("S5", "S16", "S17", "S22", "S27", "S34", "S35")
    }
    assert answer(ask(going_on(), facts, **observe))[0] == "other_address"


def test_s09_who_is_no_longer_on_file_for_the_organisation_is_another_address() -> None:
    for person in (a_person(registered=False), a_person(active=False)):
        facts = some_facts(person=person, ticket=a_ticket(), sender=a_sender())
        assert answer(ask(going_on(), facts))[0] == "other_address"


def test_d1_a_real_customer_who_writes_a_foreign_number_is_not_attached() -> None:
    other = a_sender(on_ticket=False, same_organisation=False, auth=Auth.ALIGNED)
    decision = ask(going_on(), some_facts(ticket=a_ticket(organisation=THEM), sender=other))
    assert answer(decision)[0] == "other_address"


def test_c1_a_number_that_exists_and_one_that_does_not_are_answered_alike() -> None:
    other = a_sender(on_ticket=False, same_organisation=False)
    missing = a_ticket(exists=False, state=None, organisation=None, kind=None)
    real = ask(going_on(), some_facts(ticket=a_ticket(), sender=other))
    assert ask(going_on(), some_facts(ticket=missing, sender=other)) == real
    assert ask(going_on(), some_facts(ticket=missing, sender=a_sender())) == real


def test_r8_the_policy_may_let_the_whole_organisation_reply() -> None:
    colleague = some_facts(ticket=a_ticket(), sender=a_sender(on_ticket=False))
    stranger = some_facts(
        ticket=a_ticket(), sender=a_sender(on_ticket=False, same_organisation=False)
    )
    assert ask(going_on(), colleague).refused
    assert ask(going_on(), colleague, email__allowed="organisation").allowed
    assert ask(going_on(), stranger, email__allowed="organisation").refused


def test_r10_registered_is_enough_whatever_the_domain_unless_the_policy_says_no() -> None:
    def asked(*, free: bool, auth: Auth = Auth.ALIGNED, block: bool = True) -> Decision:
        facts = some_facts(ticket=a_ticket(), sender=a_sender(free=free, auth=auth))
        return ask(going_on(), facts, email__block_freemail=block)

    assert asked(free=True, block=False).allowed
    assert asked(free=False).allowed
    for auth in (Auth.ALIGNED, Auth.TOKEN, Auth.CONFIRMED):
        blocked = answer(asked(free=True, auth=auth))
        assert blocked == ("personal_address", ("S9", "S10", "R10"), "sign_in")
    assert answer(asked(free=True, auth=Auth.NONE))[0] == "not_authenticated"


def test_r10_a_free_provider_opens_nothing_to_strangers_and_closes_nothing_to_the_team() -> None:
    block = {"email__block_freemail": True}
    stranger = a_sender(on_ticket=False, same_organisation=False, free=True)
    decision = ask(going_on(), some_facts(ticket=a_ticket(), sender=stranger), **block)
    assert answer(decision)[0] == "other_address"
    new = ask(going_on(), some_facts(sender=a_sender(free=True)), **block)
    assert answer(new)[0] == "new_mail"
    vouched = replace(a_sender(free=True), vouched=True)
    assert ask(going_on(), some_facts(ticket=a_ticket(), sender=vouched), **block).allowed


def test_d4_a_sender_who_is_not_clear_is_refused_and_told_nothing() -> None:
    for sender in (None, a_sender(clear=False)):
        decision = ask(going_on(), some_facts(ticket=a_ticket(), sender=sender))
        assert answer(decision) == ("identity_unclear", ("S8",), "none")


@pytest.mark.parametrize(
    ("required", "accepted"),
    [
        ("aligned_or_token", {Auth.ALIGNED, Auth.TOKEN, Auth.CONFIRMED}),
        ("aligned", {Auth.ALIGNED, Auth.CONFIRMED}),
        ("off", set(Auth)),
    ],
)
def test_d2_a_sender_without_the_proof_the_policy_asks_for_is_refused(
    required: str, accepted: set[Auth]
) -> None:
    for auth in Auth:
        facts = some_facts(ticket=a_ticket(), sender=a_sender(auth=auth))
        decision = ask(going_on(), facts, email__require_auth=required)
        if auth in accepted:
            assert decision.allowed
        else:
            assert answer(decision) == ("not_authenticated", ("S8", "R11"), "none")


def test_s06_a_new_mail_opens_no_ticket() -> None:
    known = ask(going_on(), some_facts(sender=a_sender()))
    unknown = ask(going_on(), some_facts(sender=a_sender(registered=False)))
    assert answer(known) == ("new_mail", ("S6", "R12"), "open_in_portal")
    assert answer(unknown) == ("new_mail", ("S6", "R12"), "reply_from_registered")


# ---------------------------------------------------- continue: state of the ticket


@pytest.mark.parametrize("door", [Door.EMAIL, *SIGNED_IN])
def test_a_message_reaches_any_open_ticket(door: Door) -> None:
    for state in OPEN_STATES:
        facts = some_facts(ticket=a_ticket(state), sender=a_sender())
        decision = ask(going_on(door), facts)
        assert (decision.allowed, decision.next_step) == (True, "none")


@pytest.mark.parametrize("door", [Door.EMAIL, *SIGNED_IN])
def test_r5_a_message_reaches_a_resolved_ticket_for_seven_days(door: Door) -> None:
    def told(resolved_ago: timedelta) -> Decision:
        ticket = a_ticket(State.RESOLVED, resolved_at=NOW - resolved_ago)
        return ask(going_on(door), some_facts(ticket=ticket, sender=a_sender()))

    assert (told(7 * DAY - HOUR).allowed, told(7 * DAY - HOUR).next_step) == (True, "reopen")
    assert answer(told(7 * DAY)) == ("ticket_closed", ("R5",), "open_linked")


@pytest.mark.parametrize("door", [Door.EMAIL, *SIGNED_IN])
def test_r5_a_message_to_an_ended_ticket_leads_to_a_new_linked_one(door: Door) -> None:
    for state in (State.CLOSED, State.CANCELLED, State.RESOLVED):
        facts = some_facts(ticket=a_ticket(state), sender=a_sender())
        assert answer(ask(going_on(door), facts))[::2] == ("ticket_closed", "open_linked")


# ------------------------------------------------------------ continue signed in


@pytest.mark.parametrize("door", SIGNED_IN)
def test_s03_who_is_signed_in_must_still_be_on_file(door: Door) -> None:
    facts = some_facts(person=a_person(active=False), ticket=a_ticket())
    assert answer(ask(going_on(door), facts)) == ("not_registered", ("S3",), "talk_to_sales")


@pytest.mark.parametrize("door", SIGNED_IN)
def test_b5_a_foreign_ticket_does_not_exist(door: Door) -> None:
    missing = a_ticket(exists=False, state=None)
    answers = [
        ask(going_on(door), some_facts(ticket=ticket))
        for ticket in (missing, a_ticket(organisation=THEM))
    ]
    assert answer(answers[0]) == ("not_found", ("S3",), "none")
    assert answers[0] == answers[1]


@pytest.mark.parametrize("door", [Door.PORTAL, Door.API])
def test_going_on_with_no_ticket_at_all_finds_none(door: Door) -> None:
    assert answer(ask(going_on(door), some_facts())) == ("not_found", ("S3",), "none")


def test_r32_people_talk_in_the_chat_without_a_ticket_and_are_served_with_one() -> None:
    talk = ask(going_on(Door.CHAT), some_facts())
    assert (talk.allowed, talk.rules) == (True, ("S3", "S18", "R32"))
    technical = ask(serving(Door.CHAT), some_facts())
    assert answer(technical) == ("no_ticket", ("S22",), "open_in_portal")
    assert ask(serving(Door.CHAT), some_facts(ticket=a_ticket())).allowed


def test_r32_visitors_of_the_chat_are_led_to_sales() -> None:
    visitor = some_facts(person=a_person(registered=False))
    assert answer(ask(going_on(Door.CHAT), visitor)) == ("not_registered", ("S3",), "talk_to_sales")
