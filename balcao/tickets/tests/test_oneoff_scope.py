"""What a one-off covers, and asking sales about it (S34-S36, R18)."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from balcao.entitlements.models import LedgerEntry
from balcao.events.models import Event
from balcao.policy.lifecycle import Verb
from balcao.tickets import actions
from balcao.tickets.models import Message, ScopeQuestion, Ticket
from tests.cast import (
    NOW,
    a_customer,
    a_supervisor,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)
from tests.sales import a_seller, a_sold_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("installation")]

HOUR = timedelta(hours=1)
LATER = NOW + 30 * timedelta(days=1)
# Bought on 13 November 2026: good until the end of the 13th of the year after, in Recife.
OVER = datetime(2027, 11, 14, 3, tzinfo=UTC)


def _describe(
    ticket: Ticket,
    *,
    body: str = "O gravador parou de gravar.",
    now: datetime = LATER,
    subject: str = "Gravador parado",
    service: str = "",
) -> Message:
    return actions.customer_message(
        actor=acting(ticket.opener, now=now),
        now=now,
        ticket_id=ticket.pk,
        body=body,
        key=secrets.token_hex(8),
        subject=subject,
        service=service,
    )


def _ledger(ticket: Ticket) -> list[str]:
    rows = LedgerEntry.objects.filter(prepaid=ticket.prepaid_id).order_by("place")
    return [row.entry for row in rows]


def _fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_related("prepaid").get(pk=ticket.pk)


# ------------------------------------------------------------------------------ what it covers

EXCLUDED = ["licence_upgrade", "tariff_update", "driver_change", "register_update", "custom_report"]


@pytest.mark.parametrize("service", EXCLUDED)
def test_s34_n2_an_excluded_service_is_refused_and_nothing_is_used(service: str) -> None:
    ticket = a_sold_ticket()
    with pytest.raises(actions.Refused) as refusal:
        _describe(ticket, service=service)
    assert refusal.value.decision.reason == "service_not_covered"
    assert (_fresh(ticket).state, _ledger(ticket)[-1]) == ("sold", "sold")


def test_s35_s36_what_nobody_listed_is_asked_of_sales_within_four_business_hours() -> None:
    ticket = a_sold_ticket(agreed=False)
    monday = datetime(2026, 12, 14, 12, tzinfo=UTC)
    _describe(ticket, now=monday)
    assert _fresh(ticket).state == "asking_sales"
    question = ScopeQuestion.objects.get(ticket=ticket)
    assert question.due_at == monday + 4 * HOUR


def test_r18_what_sales_says_is_not_covered_returns_the_credit() -> None:
    ticket = a_sold_ticket(agreed=False)
    _describe(ticket)
    actions.answer_scope(
        actor=acting(a_seller()),
        now=LATER + HOUR,
        ticket_id=ticket.pk,
        covered=False,
        reason="É um projeto novo.",
    )
    assert _fresh(ticket).state == "sold"
    assert _ledger(ticket)[-2:] == ["submitted", "returned"]
    assert LedgerEntry.objects.get(prepaid=ticket.prepaid_id, place=4).cause == "not_covered"
    question = ScopeQuestion.objects.get(ticket=ticket)
    assert (question.covered, question.reason) == (False, "É um projeto novo.")


def test_r18_what_sales_says_is_covered_goes_on_and_is_not_asked_again() -> None:
    ticket = a_sold_ticket(agreed=False)
    _describe(ticket)
    seller = acting(a_seller())
    actions.answer_scope(
        actor=seller, now=LATER + HOUR, ticket_id=ticket.pk, covered=True, reason=""
    )
    assert _fresh(ticket).state == "open"
    actor = acting(ticket.opener, now=LATER + 2 * HOUR)
    actions.change_state(actor=actor, now=LATER + 2 * HOUR, ticket_id=ticket.pk, verb=Verb.CANCEL)
    _describe(ticket, now=LATER + 3 * HOUR)
    assert _fresh(ticket).state == "open"


def test_s36_only_sales_answers_what_is_covered() -> None:
    ticket = a_sold_ticket(agreed=False)
    _describe(ticket)
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
    _describe(ticket)
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
    assert _fresh(ticket).state == "cancelled"
    assert ScopeQuestion.objects.get(ticket=ticket).asked_by_id == agent.id


def test_r18_what_was_begun_and_is_not_covered_gives_the_credit_back_too() -> None:
    ticket = a_sold_ticket()
    _describe(ticket)
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
    assert _ledger(ticket)[-2:] == ["consumed", "returned"]
    assert _fresh(ticket).assignee_id is None
