"""The gate, rule by rule: telephone and WhatsApp, and the one-off that is used there."""

from dataclasses import replace

import pytest

from balcao.policy.book import ONEOFF_KINDS
from balcao.policy.calls import may_take_down
from balcao.policy.gate import Door, Finding, PersonFacts, TicketFacts
from balcao.policy.lifecycle import OPEN_STATES, State
from balcao.policy.tests.builders import (
    DAY,
    NO_SUCH_TICKET,
    NOW,
    THEM,
    TODAY,
    a_oneoff,
    a_person,
    a_sender,
    a_ticket,
    going_on,
    recife,
    serving,
    some_facts,
)
from balcao.policy.tests.gate_questions import LAST_WEEK, OBSERVED, answer, ask, ask_at

VOICE = [Door.PHONE, Door.WHATSAPP]
FRIDAY_NIGHT = recife("2026-01-16 21:00")
MONDAY_MORNING = recife("2026-01-19 08:00")
SOLD = a_oneoff(State.SOLD)
# None of these is an open ticket of the caller's.
BAD_NUMBERS = [
    NO_SUCH_TICKET,
    a_ticket(organisation=THEM),
    a_ticket(State.CLOSED),
    a_ticket(State.RESOLVED, resolved_at=NOW - DAY),
    a_oneoff(State.SOLD, available_until=LAST_WEEK),
    a_oneoff(State.SOLD, available_until=None),
    a_oneoff(State.SOLD, organisation=THEM),
]

# ---------------------------------------------------------------------- the number


@pytest.mark.parametrize("door", VOICE)
def test_s17_no_service_by_voice_or_whatsapp_until_the_number_is_given(door: Door) -> None:
    assert answer(ask(going_on(door), some_facts())) == ("number_missing", ("S17",), "give_number")
    decision = ask(going_on(door), some_facts(ticket=a_ticket()))
    assert (decision.allowed, decision.rules) == (True, ("S16", "S17"))


@pytest.mark.parametrize("door", VOICE)
def test_s16_a_ticket_comes_first_also_where_its_number_is_not_asked_for(door: Door) -> None:
    decision = ask(going_on(door), some_facts(), rules__S17="observe")
    assert answer(decision) == ("number_missing", ("S16",), "give_number")
    assert decision.observed == (Finding("S17", "number_missing", None),)


@pytest.mark.parametrize("door", VOICE)
@pytest.mark.parametrize("ticket", [*(a_ticket(state) for state in OPEN_STATES), SOLD])
def test_r15_the_number_of_an_open_ticket_or_an_available_one_off_is_good(
    door: Door, ticket: TicketFacts
) -> None:
    assert ask(going_on(door), some_facts(ticket=ticket)).allowed


@pytest.mark.parametrize("door", VOICE)
def test_c2_unknown_foreign_and_closed_numbers_are_answered_alike_in_every_mode(
    door: Door,
) -> None:
    enforced = [ask(going_on(door), some_facts(ticket=ticket)) for ticket in BAD_NUMBERS]
    observed = [
        ask(going_on(door), some_facts(ticket=ticket), **OBSERVED) for ticket in BAD_NUMBERS
    ]
    assert answer(enforced[0]) == ("no_ticket", ("R15",), "give_number")
    assert enforced == enforced[:1] * len(BAD_NUMBERS)
    assert observed == enforced


@pytest.mark.parametrize("door", VOICE)
@pytest.mark.parametrize(
    "person", [a_person(registered=False), a_person(active=False), a_person(organisation=None)]
)
def test_r15_an_unknown_caller_confirms_who_they_are_whatever_the_number(
    door: Door, person: PersonFacts
) -> None:
    answers = [
        ask(going_on(door), some_facts(person=person, ticket=ticket))
        for ticket in (a_ticket(), *BAD_NUMBERS)
    ]
    assert answer(answers[0]) == ("caller_unknown", ("S3", "R15"), "confirm_caller")
    assert answers == answers[:1] * len(answers)


def test_r36_a_call_without_a_number_is_only_noted_but_who_calls_is_always_asked() -> None:
    modes = {"rules__S16": "observe", "rules__S17": "warn"}
    known = ask(going_on(Door.PHONE), some_facts(), **modes)
    unknown = ask(going_on(Door.PHONE), some_facts(person=a_person(registered=False)), **modes)
    assert known.allowed
    assert known.warnings == (Finding("S17", "number_missing", None),)
    assert known.observed == (Finding("S16", "number_missing", None),)
    assert answer(unknown) == ("caller_unknown", ("S3", "R15"), "confirm_caller")


# ----------------------------------------------------------------------- one-offs


def test_r16_describing_the_problem_submits_a_sold_one_off() -> None:
    facts = some_facts(ticket=SOLD, sender=a_sender(), contracts=(), licences=())
    for door in (Door.PHONE, Door.WHATSAPP, Door.EMAIL, Door.PORTAL, Door.API):
        decision = ask(going_on(door, "incident"), facts, scope__oneoff_problem={"*": "allow"})
        assert (decision.allowed, decision.next_step) == (True, "describe")
    assert ask(going_on(Door.PORTAL), some_facts(ticket=a_oneoff())).next_step == "none"


def test_s28_a_one_off_is_good_to_the_end_of_its_last_day_in_recife() -> None:
    facts = some_facts(ticket=a_oneoff(State.SOLD, available_until=TODAY), sender=a_sender())
    last, over = recife("2026-01-16 23:59"), recife("2026-01-17 00:00")
    assert not ask_at(last, going_on(), facts).refused
    decision = ask_at(over, going_on(), facts)
    assert answer(decision) == ("oneoff_expired", ("S28",), "talk_to_sales")
    assert decision.since == TODAY
    assert answer(ask_at(over, serving(), facts)) == (
        "oneoff_expired",
        ("S22", "S28"),
        "talk_to_sales",
    )


def test_a_one_off_that_is_not_available_for_another_reason_is_no_open_ticket() -> None:
    facts = some_facts(ticket=a_oneoff(State.SOLD, available_until=None))
    decision = ask(going_on(Door.PORTAL), facts)
    assert answer(decision) == ("no_ticket", ("S28",), "talk_to_sales")


@pytest.mark.parametrize("kind", ONEOFF_KINDS)
def test_s27_whoever_is_on_the_line_is_served_a_one_off_in_business_hours(kind: str) -> None:
    for ticket in (a_oneoff(kind=kind), a_oneoff(State.SOLD, kind=kind)):
        facts = some_facts(ticket=ticket)
        assert not ask(going_on(Door.PHONE), facts).refused
        decision = ask_at(FRIDAY_NIGHT, going_on(Door.PHONE), facts)
        assert answer(decision) == ("closed_hours", ("S27",), "write")
        assert decision.back_at == MONDAY_MORNING


@pytest.mark.parametrize("door", VOICE)
def test_s27_live_service_of_a_one_off_waits_for_the_next_opening(door: Door) -> None:
    facts = some_facts(ticket=a_oneoff())
    assert ask(serving(door), facts).allowed
    assert answer(ask_at(FRIDAY_NIGHT, serving(door), facts))[0] == "closed_hours"


def test_s27_what_is_written_is_taken_at_any_hour() -> None:
    facts = some_facts(ticket=a_oneoff(), sender=a_sender())
    for door in (Door.WHATSAPP, Door.EMAIL, Door.PORTAL, Door.API):
        assert ask_at(FRIDAY_NIGHT, going_on(door), facts).allowed
    for door in (Door.EMAIL, Door.PORTAL, Door.API):
        assert ask_at(FRIDAY_NIGHT, serving(door), facts).allowed


@pytest.mark.parametrize("kind", ONEOFF_KINDS)
def test_s27_r16_the_problem_a_caller_tells_at_night_is_taken_down_and_nobody_is_served(
    kind: str,
) -> None:
    facts = some_facts(ticket=a_oneoff(State.SOLD, kind=kind))
    taken = replace(going_on(Door.PHONE), taken_down=True)
    decision = ask_at(FRIDAY_NIGHT, taken, facts)
    # A training or installation agrees on a time first.
    assert decision.refused is (kind != "oneoff_problem")
    assert may_take_down(State.SOLD, kind) is not decision.refused
    assert ask_at(FRIDAY_NIGHT, replace(serving(Door.PHONE), taken_down=True), facts).refused
    for state in OPEN_STATES:
        waiting = some_facts(ticket=a_oneoff(state, kind=kind))
        assert answer(ask_at(FRIDAY_NIGHT, taken, waiting))[0] == "closed_hours"


def test_r15_s34_what_is_taken_down_at_night_passes_every_other_rule() -> None:
    taken = replace(going_on(Door.PHONE), taken_down=True)
    for ticket in BAD_NUMBERS:
        assert ask_at(FRIDAY_NIGHT, taken, some_facts(ticket=ticket)).reason == "no_ticket"
    unknown = some_facts(ticket=SOLD, person=replace(a_person(), registered=False))
    assert ask_at(FRIDAY_NIGHT, taken, unknown).reason == "caller_unknown"
    drivers = replace(taken, service="driver_change")
    decision = ask_at(FRIDAY_NIGHT, drivers, some_facts(ticket=SOLD))
    assert decision.reason == "service_not_covered"


def test_s27_a_contract_is_served_at_any_hour() -> None:
    facts = some_facts(ticket=a_ticket())
    for door in VOICE:
        assert ask_at(FRIDAY_NIGHT, going_on(door), facts).allowed
        assert ask_at(FRIDAY_NIGHT, serving(door), facts).allowed


def test_s27_a_desk_that_never_opens_names_no_opening() -> None:
    decision = ask(going_on(Door.PHONE), some_facts(ticket=a_oneoff()), calendar__week={})
    assert (decision.reason, decision.back_at) == ("closed_hours", None)


def test_r36_closed_hours_are_only_noted_while_s27_warns() -> None:
    facts = some_facts(ticket=a_oneoff())
    decision = ask_at(FRIDAY_NIGHT, going_on(Door.PHONE), facts, rules__S27="warn")
    assert (decision.allowed, decision.back_at) == (True, None)
    assert decision.warnings == (Finding("S27", "closed_hours", None),)


def test_r25_the_chat_serves_no_one_off() -> None:
    for ticket in (a_oneoff(), SOLD):
        for request in (going_on(Door.CHAT), serving(Door.CHAT)):
            decision = ask(request, some_facts(ticket=ticket), **OBSERVED)
            assert answer(decision) == ("oneoff_door", ("S25", "R25"), "call_or_mail")


def test_s25_r25_the_policy_says_where_a_one_off_is_used_and_served() -> None:
    facts = some_facts(ticket=a_oneoff())
    for door in (Door.PORTAL, Door.PHONE, Door.WHATSAPP, Door.API):
        assert ask(going_on(door), facts).allowed
        assert ask(serving(door), facts).allowed
        for request in (going_on(door), serving(door)):
            decision = ask(request, facts, oneoff__doors=["email", "chat"])
            assert answer(decision) == ("oneoff_door", ("S25", "R25"), "call_or_mail")
    assert ask(going_on(Door.CHAT), facts, oneoff__doors=["email", "chat"]).allowed


def test_s34_n2_an_excluded_service_slips_into_no_one_off() -> None:
    submitted = ask(going_on(Door.PHONE, "custom_report"), some_facts(ticket=SOLD))
    served = ask(serving(Door.PHONE, "custom_report"), some_facts(ticket=a_oneoff()))
    for decision in (submitted, served):
        assert answer(decision) == ("service_not_covered", ("S34",), "talk_to_sales")
    assert ask(serving(Door.PHONE, "incident"), some_facts(ticket=a_oneoff())).allowed


def test_s35_an_unlisted_service_is_asked_of_sales_when_the_problem_is_described() -> None:
    decision = ask(going_on(Door.PHONE, "moving"), some_facts(ticket=SOLD))
    assert (decision.allowed, decision.refused) == (False, False)
    assert decision.rules == ("S35", "S36")
    assert ask(going_on(Door.PHONE, "moving"), some_facts(ticket=a_oneoff())).allowed


def test_r17_each_kind_of_one_off_covers_its_own_services() -> None:
    install, problem = a_oneoff(kind="oneoff_install"), a_oneoff()
    assert ask(serving(Door.PHONE, "licence_upgrade"), some_facts(ticket=install)).allowed
    assert ask(serving(Door.PHONE, "licence_upgrade"), some_facts(ticket=problem)).refused


def test_r18_what_sales_said_is_covered_is_not_asked_again() -> None:
    agreed = replace(SOLD, agreed="moving")
    assert ask(going_on(Door.PHONE, "moving"), some_facts(ticket=agreed)).allowed
    for other, refused in (("training_room", False), ("custom_report", True)):
        decision = ask(going_on(Door.PHONE, other), some_facts(ticket=agreed))
        assert (decision.allowed, decision.refused) == (False, refused)


def test_r20_a_one_off_in_service_outlives_its_last_day_unless_it_is_stopped() -> None:
    facts = some_facts(ticket=a_oneoff(available_until=TODAY))
    last, over = recife("2026-01-16 17:59"), recife("2026-01-19 09:00")
    assert ask_at(over, serving(Door.PHONE), facts).allowed
    assert ask_at(last, serving(Door.PHONE), facts, oneoff__in_progress="stop").allowed
    decision = ask_at(over, serving(Door.PHONE), facts, oneoff__in_progress="stop")
    assert answer(decision) == ("oneoff_expired", ("S28", "R20"), "talk_to_sales")
    contract = some_facts(ticket=a_ticket(available_until=TODAY))
    assert ask_at(over, serving(Door.PHONE), contract, oneoff__in_progress="stop").allowed
    unknown = some_facts(ticket=a_oneoff(available_until=None))
    assert ask_at(over, serving(Door.PHONE), unknown, oneoff__in_progress="stop").allowed


def test_r12_s29_a_buyer_without_sign_in_is_asked_for_the_number_and_not_to_sign_in() -> None:
    buyer = replace(a_sender(on_ticket=False), oneoff=True, signs_in=False)
    decision = ask(going_on(), some_facts(sender=buyer))
    assert answer(decision) == ("number_missing", ("S29", "R12"), "give_number")
    for other in (replace(buyer, signs_in=True), replace(buyer, oneoff=False)):
        decision = ask(going_on(), some_facts(sender=other))
        assert answer(decision) == ("new_mail", ("S6", "R12"), "open_in_portal")


def test_r15_the_policy_may_serve_callers_with_their_own_numbers_only() -> None:
    own, colleagues = a_ticket(), replace(a_ticket(), own=False)
    narrow = {"gate__number_match": "participants"}
    for door in (Door.PHONE, Door.WHATSAPP):
        for ticket in (own, colleagues):
            assert ask(going_on(door), some_facts(ticket=ticket)).allowed
        assert ask(going_on(door), some_facts(ticket=own), **narrow).allowed
        found = ask(going_on(door), some_facts(ticket=colleagues), **narrow)
        missing = ask(going_on(door), some_facts(ticket=NO_SUCH_TICKET), **narrow)
        assert found == missing
        assert answer(found)[0] == "no_ticket"
        foreign = replace(own, organisation=THEM)
        assert ask(going_on(door), some_facts(ticket=foreign), **narrow) == missing
