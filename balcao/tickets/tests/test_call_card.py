"""The telephone: the number first, guesses that lead nowhere, and the ways out."""

from datetime import timedelta
from typing import Any

import pytest

from balcao.events.actions import refund
from balcao.events.models import Event
from balcao.people import actions as people
from balcao.people.models import User
from balcao.policy.access import SYSTEM, Role
from balcao.policy.calls import COOL_DOWN, LONGEST, MISSES, SEND_AGAIN, NoTicket
from balcao.policy.lifecycle import Verb
from balcao.policy.numbers import make_number
from balcao.tickets import actions, queries
from balcao.tickets.actions import Checked, Conflict, NotAllowed
from balcao.tickets.models import Call, Decision, Message, Objection, TimeSpent
from balcao.tickets.queries import CallFilter, NotFound
from tests.cast import (
    NOW,
    Customer,
    a_colleague,
    a_customer,
    a_member_of_staff,
    a_policy_in_force,
    a_supervisor,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)
from tests.cast_calls import a_call, at_once

pytestmark = pytest.mark.usefixtures("installation")

MINUTE = timedelta(minutes=1)
UNKNOWN = "4827193056"


def check(agent: User, call: Call, number: str, *, now: Any = NOW) -> Checked:
    return actions.check_number(actor=acting(agent), now=now, call_id=call.pk, number=number)


def reason(checked: Checked) -> str | None:
    assert checked.decision
    return checked.decision.reason


def bad_numbers(customer: Customer) -> dict[str, str]:
    """Numbers that are no open ticket of the customer's."""
    closed = a_ticket(customer)
    an_answer(closed, an_agent(), then=Verb.RESOLVE)
    return {
        "unknown": UNKNOWN,
        "mistyped": "1234567890",
        "no number at all": "não sei",
        "foreign": a_ticket(a_customer()).number,
        "resolved": closed.number,
    }


def test_s17_r15_the_number_of_an_open_ticket_of_the_callers_is_good() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    call = a_call(agent, customer)
    typed = f"{ticket.number[:3]} {ticket.number[3:6]}-{ticket.number[6:]}"
    checked = check(agent, call, typed)
    assert (checked.good, checked.call.ticket_id) == (True, ticket.pk)
    decision = Decision.objects.get(ticket=ticket, act="continue")
    assert (decision.door, decision.verdict) == ("phone", "allow")
    assert check(agent, call, UNKNOWN).good is False


def test_r15_where_the_policy_says_so_a_colleagues_number_is_no_number_until_one_is_added() -> None:
    customer = a_customer()
    colleague, ticket = a_colleague(customer), a_ticket(customer)
    agent = an_agent()
    assert check(agent, a_call(agent, colleague), ticket.number).good
    a_policy_in_force({"gate.number_match": "participants"})
    agent = an_agent()
    assert check(agent, a_call(agent, customer), ticket.number).good
    agent = an_agent()
    refused = check(agent, a_call(agent, colleague), ticket.number)
    assert (refused.good, reason(refused)) == (False, "no_ticket")
    ticket.participants.add(colleague.user)
    agent = an_agent()
    assert check(agent, a_call(agent, colleague), ticket.number).good


def test_c2_a7_unknown_foreign_closed_and_mistyped_numbers_are_one_refusal() -> None:
    customer = a_customer()
    answers = []
    for number in bad_numbers(customer).values():
        agent = an_agent()
        checked = check(agent, a_call(agent, guessed_nothing(customer)), number)
        assert checked.decision
        answers.append((checked.decision.reason, checked.decision.rules, checked.call.misses))
    assert answers == [("no_ticket", ("R15",), 1)] * 5


def guessed_nothing(customer: Customer) -> Customer:
    """The customer again, with every guess of before forgotten."""
    refund(f"call.miss.person:{customer.user.pk}")
    return customer


def test_c2_after_five_misses_no_number_is_looked_at_for_a_while() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    call = a_call(agent, customer, phone="+5581987654321")
    for _ in range(MISSES):
        assert reason(check(agent, call, UNKNOWN)) == "no_ticket"
    assert check(agent, call, ticket.number).decision is None
    actions.end_without_ticket(
        actor=acting(agent), now=NOW, call_id=call.pk, reason=NoTicket.NO_NUMBER
    )
    other = an_agent()
    again = a_call(other, customer)
    assert check(other, again, ticket.number).decision is None
    later = NOW + COOL_DOWN
    assert check(other, again, ticket.number, now=later).good
    call.refresh_from_db()
    assert call.misses == MISSES


def test_c2_of_sixty_guesses_at_once_five_are_looked_at() -> None:
    customer, agent = a_customer(), an_agent()
    a_ticket(customer)
    call = a_call(agent, customer)
    guesses = [f"{place:09d}" for place in range(60)]
    answers = [check(agent, call, make_number(guess)) for guess in guesses]
    assert sum(one.decision is not None for one in answers) == MISSES
    assert not any(one.good for one in answers)
    assert Decision.objects.filter(organisation=customer.organisation, act="continue").count() == (
        MISSES
    )


def test_a_call_forgotten_on_the_line_is_no_work_on_the_ticket() -> None:
    customer, agent = a_customer(), an_agent()
    for after, noted in ((LONGEST, True), (LONGEST + MINUTE, False)):
        ticket = a_ticket(customer)
        call = a_call(agent, customer)
        check(agent, call, ticket.number)
        actions.end_served(actor=acting(agent), now=NOW + after, call_id=call.pk, summary="Ok.")
        assert TimeSpent.objects.filter(ticket=ticket).exists() is noted


@pytest.mark.django_db(transaction=True)
def test_two_calls_begun_at_once_are_one() -> None:
    agent = an_agent()
    begun = at_once(lambda: a_call(agent).pk)
    assert len(set(begun)) == 1
    assert Call.objects.filter(agent=agent).count() == 1


def test_c2_good_numbers_use_up_no_guess() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    call = a_call(agent, customer)
    assert all(check(agent, call, ticket.number).good for _ in range(3 * MISSES))


def test_r15_nobody_is_served_before_it_is_known_who_calls() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    call = a_call(agent, phone="+5581987654321")
    answers = [check(agent, call, number) for number in (ticket.number, UNKNOWN)]
    assert [reason(one) for one in answers] == ["caller_unknown"] * 2
    assert not any(one.good for one in answers)


def test_r15_whoever_acts_for_two_companies_gives_a_number_of_either() -> None:
    first, second, agent = a_customer(), a_customer(), an_agent()
    people.join(actor=SYSTEM, now=NOW, user=first.user, organisation=second.organisation)
    ticket = a_ticket(second)
    assert check(agent, a_call(agent, first), ticket.number).good


def test_r36_without_a_number_the_mode_of_s16_and_s17_decides() -> None:
    customer, agent = a_customer(), an_agent()
    call = a_call(agent, customer)
    assert reason(check(agent, call, "")) == "number_missing"
    assert Objection.objects.get(organisation=customer.organisation).rule == "S17"
    a_policy_in_force({"rules.S16": "observe", "rules.S17": "warn"})
    checked = check(agent, call, " ")
    assert checked.decision
    assert checked.decision.allowed
    assert not checked.good
    assert [one.rule for one in checked.decision.warnings] == ["S17"]
    assert reason(check(agent, call, UNKNOWN)) == "no_ticket"


def test_a_number_given_before_another_person_took_the_telephone_is_let_go_of() -> None:
    customer, agent = a_customer(), an_agent()
    call = a_call(agent, customer)
    assert check(agent, call, a_ticket(customer).number).good
    again = a_call(agent, a_customer())
    assert (again.pk, again.ticket_id) == (call.pk, None)


def test_a_served_call_stands_on_its_ticket_and_is_measured() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    call = a_call(agent, customer)
    with pytest.raises(Conflict, match="no_number"):
        actions.end_served(actor=acting(agent), now=NOW, call_id=call.pk, summary="Nada.")
    check(agent, call, ticket.number)
    later = NOW + 12 * MINUTE
    actions.end_served(
        actor=acting(agent), now=later, call_id=call.pk, summary="Trocamos o cabo juntos."
    )
    message = Message.objects.get(ticket=ticket, kind="reply")
    assert (message.door, message.body) == ("phone", "Ligação: Trocamos o cabo juntos.")
    row = queries.call_for(acting(agent), call.pk)
    assert (row.outcome, row.minutes, row.number) == ("served", 12, ticket.number)
    with pytest.raises(Conflict, match="call_ended"):
        actions.pass_to_sales(actor=acting(agent), now=later, call_id=call.pk)
    assert Event.objects.get(verb="call.ended", subject_id=call.pk).data["minutes"] == 12


def test_s22_a_call_without_ticket_keeps_a_reason_and_no_note() -> None:
    agent = an_agent()
    call = a_call(agent)
    with pytest.raises(Conflict, match="how_it_ended"):
        actions.end_call(actor=acting(agent), now=NOW, call_id=call.pk)
    actions.end_without_ticket(
        actor=acting(agent), now=NOW + MINUTE, call_id=call.pk, reason=NoTicket.TO_OPEN
    )
    row = queries.call_for(acting(agent), call.pk)
    assert (row.outcome, row.reason, row.number) == ("without_ticket", "to_open", "")
    counts = queries.call_counts(acting(agent), CallFilter())
    assert (counts.calls, counts.without_ticket) == (1, 1)


def test_sales_take_calls_and_pass_them_on_without_any_service() -> None:
    seller, customer = a_member_of_staff(Role.SALES), a_customer()
    call, ticket = a_call(seller, customer), a_ticket(customer)
    assert check(seller, call, ticket.number).good
    with pytest.raises(NotAllowed):
        actions.end_served(actor=acting(seller), now=NOW, call_id=call.pk, summary="Configurei.")
    assert not Message.objects.filter(ticket=ticket, kind="reply").exists()
    actions.pass_to_sales(actor=acting(seller), now=NOW, call_id=call.pk)
    assert queries.call_for(acting(seller), call.pk).outcome == "to_sales"


def test_one_person_is_on_one_call_at_a_time() -> None:
    agent = an_agent()
    assert a_call(agent).pk == a_call(agent, a_customer()).pk
    assert Call.objects.filter(agent=agent).count() == 1


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_takes_no_calls_writes_none(role: Role) -> None:
    customer, other = a_customer(), an_agent()
    call = a_call(other, customer)
    who = acting(a_member_of_staff(role))
    for act in (
        lambda: actions.note_caller(actor=who, now=NOW),
        lambda: actions.check_number(actor=who, now=NOW, call_id=call.pk, number=UNKNOWN),
        lambda: actions.send_numbers(actor=who, now=NOW, person_id=customer.user.pk),
        lambda: actions.pass_to_sales(actor=who, now=NOW, call_id=call.pk),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert check(other, call, "").call.pk == call.pk


def test_calls_are_read_by_who_took_them_and_who_watches_over_them() -> None:
    agent, other = an_agent(), an_agent()
    call = a_call(agent, a_customer())
    for watcher in (agent, a_supervisor(), a_member_of_staff(Role.AUDITOR)):
        assert queries.call_for(acting(watcher), call.pk).id == call.pk
        assert call.pk in {row.id for row in queries.call_list(acting(watcher), CallFilter())[0]}
    for stranger in (other, a_member_of_staff(Role.ADMINISTRATOR), a_customer().user):
        with pytest.raises(NotFound):
            queries.call_for(acting(stranger), call.pk)
        assert queries.call_list(acting(stranger), CallFilter())[0] == ()


def send(agent: User, customer: Customer, call: Call | None = None, *, now: Any = NOW) -> str:
    return actions.send_numbers(
        actor=acting(agent),
        now=now,
        person_id=customer.user.pk,
        call_id=call.pk if call else None,
    )


def test_r14_the_agent_learns_only_that_it_was_sent_and_a_masked_address() -> None:
    customer, agent = a_customer(), an_agent()
    a_ticket(customer)
    call = a_call(agent, customer)
    assert send(agent, customer, call) == f"c…@{customer.address.partition('@')[2]}"
    call.refresh_from_db()
    assert call.outcome == "number_sent"
    event = Event.objects.get(verb="person.numbers_sent", subject_id=customer.user.pk)
    assert event.data == {"call": call.pk}
    actions.end_call(actor=acting(agent), now=NOW, call_id=call.pk)


def test_r14_the_numbers_go_out_once_in_a_while() -> None:
    customer, agent = a_customer(), an_agent()
    send(agent, customer)
    with pytest.raises(Conflict, match="sent_lately"):
        send(an_agent(), customer, now=NOW + SEND_AGAIN - MINUTE)
    assert send(agent, customer, now=NOW + SEND_AGAIN)


def test_r14_nobody_without_a_registered_address_gets_numbers() -> None:
    customer, agent = a_customer(), an_agent()
    people.retire_address(actor=SYSTEM, now=NOW, user=customer.user, address=customer.address)
    with pytest.raises(Conflict, match="no_address"):
        send(agent, customer)
    with pytest.raises(NotAllowed):
        actions.send_numbers(actor=acting(agent), now=NOW, person_id=an_agent().pk)
