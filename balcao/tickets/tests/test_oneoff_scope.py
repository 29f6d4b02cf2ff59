"""What a one-off covers, and asking sales about it (S34-S36, R18)."""

from datetime import UTC, datetime, timedelta

import pytest

from balcao.entitlements.models import LedgerEntry
from balcao.events.models import Event
from balcao.policy.lifecycle import Verb
from balcao.rulebook.queries import current
from balcao.tickets import actions
from balcao.tickets.models import Message, ScopeQuestion
from balcao.tickets.queries import offers_for
from tests.cast import (
    NOW,
    a_customer,
    a_supervisor,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)
from tests.sales import LATER, a_seller, a_sold_ticket, described, ledger_of, read_anew

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("installation")]

HOUR = timedelta(hours=1)


# ------------------------------------------------------------------------------ what it covers

EXCLUDED = ["licence_upgrade", "tariff_update", "driver_change", "register_update", "custom_report"]


@pytest.mark.parametrize("service", EXCLUDED)
def test_s34_n2_an_excluded_service_is_refused_and_nothing_is_used(service: str) -> None:
    ticket = a_sold_ticket()
    with pytest.raises(actions.Refused) as refusal:
        described(ticket, service=service)
    assert refusal.value.decision.reason == "service_not_covered"
    assert (read_anew(ticket).state, ledger_of(ticket)[-1]) == ("sold", "sold")


def test_s35_s36_what_nobody_listed_is_asked_of_sales_within_four_business_hours() -> None:
    ticket = a_sold_ticket(agreed=False)
    monday = datetime(2026, 12, 14, 12, tzinfo=UTC)
    described(ticket, now=monday)
    assert read_anew(ticket).state == "asking_sales"
    question = ScopeQuestion.objects.get(ticket=ticket)
    assert question.due_at == monday + 4 * HOUR


def test_r18_what_sales_says_is_not_covered_returns_the_credit() -> None:
    ticket = a_sold_ticket(agreed=False)
    described(ticket)
    actions.answer_scope(
        actor=acting(a_seller()),
        now=LATER + HOUR,
        ticket_id=ticket.pk,
        covered=False,
        reason="É um projeto novo.",
    )
    assert read_anew(ticket).state == "sold"
    assert ledger_of(ticket)[-2:] == ["submitted", "returned"]
    assert LedgerEntry.objects.get(prepaid=ticket.prepaid_id, place=4).cause == "not_covered"
    question = ScopeQuestion.objects.get(ticket=ticket)
    assert (question.covered, question.reason) == (False, "É um projeto novo.")


@pytest.mark.parametrize("covered", [True, False])
def test_s36_what_sales_answers_is_a_message_and_starts_no_service(covered: bool) -> None:
    ticket, seller = a_ticket(a_customer()), a_seller()
    actions.change_state(
        actor=acting(an_agent()), now=NOW + HOUR, ticket_id=ticket.pk, verb=Verb.ASK_SALES
    )
    actions.answer_scope(
        actor=acting(seller),
        now=NOW + 2 * HOUR,
        ticket_id=ticket.pk,
        covered=covered,
        reason=" Veja a lista. ",
    )
    row = read_anew(ticket)
    message = Message.objects.get(ticket=ticket, kind="reply")
    assert (message.body, message.author_id) == ("Veja a lista.", seller.pk)
    assert (row.state, row.started_at) == ("open" if covered else "cancelled", None)
    assert row.message_count == 2
    event = Event.objects.filter(subject_id=ticket.pk, data__message=message.pk).get()
    assert event.verb == ("ticket.scope_answered" if covered else "ticket.cancelled")


def test_r18_what_sales_says_is_covered_goes_on_and_is_not_asked_again() -> None:
    ticket = a_sold_ticket(agreed=False)
    described(ticket)
    seller = acting(a_seller())
    actions.answer_scope(
        actor=seller, now=LATER + HOUR, ticket_id=ticket.pk, covered=True, reason=""
    )
    assert read_anew(ticket).state == "open"
    actor = acting(ticket.opener, now=LATER + 2 * HOUR)
    actions.change_state(actor=actor, now=LATER + 2 * HOUR, ticket_id=ticket.pk, verb=Verb.CANCEL)
    described(ticket, now=LATER + 3 * HOUR)
    assert read_anew(ticket).state == "open"


def test_s36_only_sales_answers_what_is_covered() -> None:
    ticket = a_sold_ticket(agreed=False)
    described(ticket)
    for other in (an_agent(), a_supervisor(), ticket.opener):
        with pytest.raises(actions.NotAllowed):
            actions.answer_scope(
                actor=acting(other, now=LATER),
                now=LATER + HOUR,
                ticket_id=ticket.pk,
                covered=True,
                reason="",
            )
    assert ScopeQuestion.objects.get(ticket=ticket).covered is None


def test_r18_a_question_that_sales_leaves_unanswered_is_told_once() -> None:
    ticket = a_sold_ticket(agreed=False)
    described(ticket)
    due = ScopeQuestion.objects.get(ticket=ticket).due_at
    assert actions.run_questions(due - timedelta(seconds=1)) == 0
    assert [actions.run_questions(due), actions.run_questions(due)] == [1, 0]
    assert Event.objects.filter(verb="ticket.scope_overdue", subject_id=ticket.pk).count() == 1


def test_r18_a_contract_ticket_that_is_not_covered_is_cancelled() -> None:
    ticket = a_ticket(a_customer())
    agent = acting(an_agent())
    actions.change_state(actor=agent, now=NOW + HOUR, ticket_id=ticket.pk, verb=Verb.ASK_SALES)
    actions.answer_scope(
        actor=acting(a_seller()),
        now=NOW + 2 * HOUR,
        ticket_id=ticket.pk,
        covered=False,
        reason="Não faz parte.",
    )
    assert read_anew(ticket).state == "cancelled"
    assert ScopeQuestion.objects.get(ticket=ticket).asked_by_id == agent.id


def test_r18_what_was_served_before_sales_was_asked_is_called_off_by_nobody() -> None:
    ticket = a_sold_ticket(agreed=False)
    described(ticket)
    an_answer(ticket, an_agent(), now=LATER + HOUR)
    asked = read_anew(ticket)
    assert (asked.state, ledger_of(ticket)[-1]) == ("asking_sales", "consumed")
    actor = acting(ticket.opener, now=LATER + 2 * HOUR)
    assert not offers_for(actor, asked, policy=current(), now=LATER + 2 * HOUR).cancel
    with pytest.raises(actions.Conflict):
        actions.change_state(
            actor=actor, now=LATER + 2 * HOUR, ticket_id=ticket.pk, verb=Verb.CANCEL
        )


def test_r18_what_was_begun_and_is_not_covered_gives_the_credit_back_too() -> None:
    ticket = a_sold_ticket()
    described(ticket)
    agent = an_agent()
    an_answer(ticket, agent, now=LATER + HOUR)
    actions.change_state(
        actor=acting(agent), now=LATER + 2 * HOUR, ticket_id=ticket.pk, verb=Verb.ASK_SALES
    )
    actions.answer_scope(
        actor=acting(a_seller()),
        now=LATER + 3 * HOUR,
        ticket_id=ticket.pk,
        covered=False,
        reason="x",
    )
    assert ledger_of(ticket)[-2:] == ["consumed", "returned"]
    assert read_anew(ticket).assignee_id is None
