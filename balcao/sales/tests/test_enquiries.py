"""Questions about coverage that come before a sale (S36, R18)."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from balcao.events.models import Event
from balcao.rulebook.queries import current
from balcao.sales import actions, queries
from balcao.sales.actions import Buyer, Conflict, NotAllowed, Question, Sale
from balcao.sales.models import Enquiry, Order
from balcao.tickets import actions as tickets
from balcao.tickets.models import ScopeQuestion
from tests.cast import NOW, a_customer, a_supervisor, acting, an_agent
from tests.sales import a_seller, a_sold_ticket, an_enquiry

pytestmark = pytest.mark.usefixtures("installation")

RECIFE = ZoneInfo("America/Recife")
ASKED = Question(
    kind="oneoff_problem", service="incident", question="Cobre?", who="Rui", phone="+5581987654321"
)


def test_s36_r18_a_question_without_a_sale_is_a_record_with_a_deadline_of_sales_own() -> None:
    row = an_enquiry(a_customer())
    # Friday noon, and four business hours later.
    assert row.due_at == datetime(2026, 11, 13, 16, 0, tzinfo=RECIFE)
    assert not Order.objects.filter(enquiries=row).exists()


def test_r18_supervisors_are_told_of_a_late_answer_once_and_of_a_given_one_never() -> None:
    late, answered = an_enquiry(a_customer()), an_enquiry(a_customer())
    actions.answer_enquiry(
        actor=acting(a_seller()), now=NOW, enquiry_id=answered.pk, covered=True, reason="Sim."
    )
    for _time in range(2):
        actions.run_enquiries(NOW + timedelta(days=2))
    told = Event.objects.filter(verb="enquiry.overdue", subject_id__in=[late.pk, answered.pk])
    assert [event.subject_id for event in told] == [late.pk]


def test_s36_sales_answers_once_with_a_reason_and_nobody_else_does() -> None:
    row = an_enquiry(a_customer())
    for somebody in (an_agent(), a_supervisor()):
        with pytest.raises(NotAllowed):
            actions.answer_enquiry(
                actor=acting(somebody), now=NOW, enquiry_id=row.pk, covered=True, reason="x"
            )
    seller = acting(a_seller())
    told = actions.answer_enquiry(
        actor=seller, now=NOW, enquiry_id=row.pk, covered=False, reason=" É personalização. "
    )
    assert (told.covered, told.reason) == (False, "É personalização.")
    with pytest.raises(Conflict, match="state_changed"):
        actions.answer_enquiry(
            actor=seller, now=NOW, enquiry_id=row.pk, covered=True, reason="Sim."
        )


def test_a_question_that_is_sent_twice_is_one_and_needs_an_offered_service() -> None:
    seller, key = acting(a_seller()), secrets.token_hex(8)
    rows = {
        actions.ask_enquiry(actor=seller, now=NOW, asked=ASKED, key=key).pk for _time in range(2)
    }
    assert len(rows) == 1
    gone = Question(kind="oneoff_problem", service="gone", question="?", phone="+5581987654321")
    with pytest.raises(Conflict, match="service"):
        actions.ask_enquiry(actor=seller, now=NOW, asked=gone, key="x")
    mine, theirs = a_customer(), a_customer()
    foreign = Question(
        kind="oneoff_problem",
        service="incident",
        question="?",
        organisation=mine.organisation.pk,
        contact=theirs.user.pk,
    )
    with pytest.raises(Conflict, match="contact"):
        actions.ask_enquiry(actor=seller, now=NOW, asked=foreign, key="y")


def test_s36_a_question_has_a_way_for_its_answer_or_says_that_there_is_none() -> None:
    seller = acting(a_seller())

    def ask(**ways: Any) -> Enquiry:
        asked = Question(kind="oneoff_problem", service="incident", question="?", who="Rui", **ways)
        return actions.ask_enquiry(actor=seller, now=NOW, asked=asked, key=secrets.token_hex(8))

    with pytest.raises(Conflict, match="no_way"):
        ask()
    assert ask(address="Rui@Comprador.example").address == "rui@comprador.example"
    assert ask(phone="+5581987654321").phone == "+5581987654321"
    row = ask(calls_again=True)
    assert (row.address, row.phone) == ("", "")


def test_s36_who_left_a_telephone_alone_is_called_and_that_is_noted_once() -> None:
    seller = acting(a_seller())
    row = actions.ask_enquiry(actor=seller, now=NOW, asked=ASKED, key=secrets.token_hex(8))
    with pytest.raises(Conflict, match="state_changed"):
        actions.tell_by_phone(actor=seller, now=NOW, enquiry_id=row.pk)
    actions.answer_enquiry(actor=seller, now=NOW, enquiry_id=row.pk, covered=True, reason="Sim.")

    def to_call() -> list[str]:
        rows, _after = queries.questions(seller, answered=True)
        return [one.call for one in rows if one.id == row.pk and not one.number]

    assert to_call() == ["+5581987654321"]
    with pytest.raises(NotAllowed):
        actions.tell_by_phone(actor=acting(an_agent()), now=NOW, enquiry_id=row.pk)
    for _time in range(2):
        actions.tell_by_phone(actor=seller, now=NOW, enquiry_id=row.pk)
    assert to_call() == [""]
    assert Event.objects.filter(verb="enquiry.told", subject_id=row.pk).count() == 1
    assert queries.enquiry_for(seller, row.pk).told_at == NOW


def test_the_ways_to_who_asked_go_with_the_words() -> None:
    seller = acting(a_seller())
    asked = replace(ASKED, address="rui@comprador.example")
    row = actions.ask_enquiry(actor=seller, now=NOW, asked=asked, key=secrets.token_hex(8))
    actions.answer_enquiry(actor=seller, now=NOW, enquiry_id=row.pk, covered=True, reason="Sim.")
    days = timedelta(days=current().retention["tickets"])
    actions.forget_enquiries(NOW + days - timedelta(days=1))
    row.refresh_from_db()
    assert (row.address, row.phone, row.who) == (asked.address, asked.phone, "Rui")
    actions.forget_enquiries(NOW + days)
    row.refresh_from_db()
    assert (row.address, row.phone, row.who, row.question) == ("", "", "", "")


def test_r18_a_question_leads_to_one_sale_and_one_not_covered_to_none() -> None:
    customer = a_customer(with_contract=False, with_licence=False)
    buyer = Buyer(organisation=customer.organisation.pk, contact=customer.user.pk)
    seller, row = acting(a_seller()), an_enquiry(customer)

    def sell() -> Order:
        sale = Sale("oneoff_problem", "incident", 1, 100, "cash", agreed=True, enquiry=row.pk)
        return actions.place_order(
            actor=seller, now=NOW, buyer=buyer, sale=sale, key=secrets.token_hex(8)
        )

    order = sell()
    row.refresh_from_db()
    assert row.order == order
    with pytest.raises(Conflict, match="enquiry"):
        sell()
    row = an_enquiry(customer)
    actions.answer_enquiry(actor=seller, now=NOW, enquiry_id=row.pk, covered=False, reason="Não.")
    with pytest.raises(Conflict, match="enquiry"):
        sell()


def test_questions_of_tickets_and_those_before_a_sale_stand_in_one_list_by_urgency() -> None:
    seller = acting(a_seller())
    late = an_enquiry(a_customer(), now=NOW - timedelta(days=3), question="Cobre o ramal?")
    ticket = a_sold_ticket(agreed=False)
    holder = ticket.opener
    tickets.customer_message(
        actor=acting(holder), now=NOW, ticket_id=ticket.pk, body="Parou.", key=secrets.token_hex(8)
    )
    assert ScopeQuestion.objects.filter(ticket=ticket, answered_at=None).exists()
    rows, after = queries.questions(seller, answered=False)
    mine = [row for row in rows if row.id == late.pk or row.number == ticket.number]
    assert [bool(row.number) for row in mine] == [False, True]
    assert after is None
    tickets.answer_scope(actor=seller, now=NOW, ticket_id=ticket.pk, covered=True, reason="Sim.")
    answered, _after = queries.questions(seller, answered=True)
    assert answered[0].number == ticket.number
    with pytest.raises(queries.NotFound):
        queries.questions(acting(an_agent()), answered=False)
