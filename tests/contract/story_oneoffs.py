"""The story's part about one-offs: sold, submitted, asked about, returned, used, extended."""

from datetime import timedelta

from django.db import transaction

from balcao.entitlements import actions as entitlements
from balcao.entitlements.models import PrepaidTicket, Service
from balcao.policy.access import Role
from balcao.policy.override import Wanted
from balcao.rulebook.queries import current
from balcao.tickets import actions as tickets
from balcao.tickets.models import ScopeQuestion, Ticket
from tests import cast, cast_calls, sales
from tests import cast_appointments as made
from tests.cast import NOW, acting

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def tell_of_oneoffs(word: str) -> None:
    """Three one-offs: one is asked about, returned and used; one is given up; one runs out."""
    seller = acting(cast.a_member_of_staff(Role.SALES, name=word))
    asked = sales.a_sold_ticket(agreed=False)
    _describe(asked, word, key="1")
    due = ScopeQuestion.objects.get(ticket=asked).due_at
    tickets.run_questions(due)
    tickets.answer_scope(actor=seller, now=due, ticket_id=asked.pk, covered=False, reason=word)
    _describe(asked, word, key="no", goes_on=True)
    _describe(asked, word, key="2")
    tickets.answer_scope(actor=seller, now=due, ticket_id=asked.pk, covered=True, reason=word)
    cast.an_answer(asked, cast.an_agent(), now=due + HOUR, body=word)
    _look(asked)
    training = sales.a_sold_ticket(kind="oneoff_training", service="remote_training")
    _describe(training, word, key="3")
    made.a_booking(training, made.with_hours(cast.an_agent(name=word)))
    _by_phone(word)
    _give_up()
    _run_out(word)


def _describe(ticket: Ticket, word: str, *, key: str, goes_on: bool = False) -> None:
    tickets.customer_message(
        actor=acting(ticket.opener),
        now=NOW + HOUR,
        ticket_id=ticket.pk,
        body=f"{word} {key}",
        key=f"{word}{key}",
        subject=word,
        goes_on=goes_on,
    )


def _by_phone(word: str) -> None:
    """Its holder tells an agent what it is for."""
    customer, agent = cast.a_customer(name=word), cast.an_agent(name=word)
    ticket, who = sales.a_sold_ticket(customer), acting(agent)
    call = cast_calls.a_call(agent, customer)
    tickets.check_number(actor=who, now=NOW, call_id=call.pk, number=ticket.number)
    tickets.end_served(actor=who, now=NOW + HOUR, call_id=call.pk, summary=word)


def _look(ticket: Ticket) -> None:
    """Its holder has no password: a code opens the statement."""
    browser = "ab" * 32
    tickets.send_code(now=NOW + HOUR, number=ticket.number, browser=browser)
    row = PrepaidTicket.objects.get(ticket=ticket)
    code = tickets.make_code(row, browser=browser, now=NOW + HOUR)
    tickets.open_statement(now=NOW + HOUR, number=ticket.number, code=code, browser=browser)


def _give_up() -> None:
    customer = cast.a_customer()
    seller = acting(sales.a_seller())
    with transaction.atomic():
        prepaid = entitlements.order_prepaid(
            actor=seller,
            now=NOW,
            organisation_id=customer.organisation.pk,
            holder_id=customer.user.pk,
            kind="oneoff_training",
            service_id=Service.objects.get(slug="remote_training").pk,
            agreed=False,
        )
        entitlements.drop_prepaid(prepaid, policy_now=current(), actor=seller, now=NOW)
    sold = sales.a_sold_ticket()
    for registered in sold.opener.addresses.all():
        tickets.send_oneoffs(now=NOW + HOUR, address=registered.address)
    with transaction.atomic():
        tickets.refund_oneoff(actor=seller, now=NOW + HOUR, ticket_id=sold.pk)


def _run_out(word: str) -> None:
    sold = sales.a_sold_ticket()
    last = PrepaidTicket.objects.get(ticket=sold)
    assert last.next_at is not None
    entitlements.run_prepaid(last.next_at)
    over = NOW + 366 * DAY
    entitlements.run_prepaid(over)
    asker, boss = (cast.a_supervisor(name=word) for _ in range(2))
    wanted = Wanted(rules=("S28",), begins=over, ends=over + 5 * DAY, reason=word)
    exception = tickets.ask_override(
        actor=acting(asker),
        now=over,
        organisation_id=sold.organisation_id,
        ticket_id=sold.pk,
        wanted=wanted,
        key=word,
    )
    tickets.answer_override(
        actor=acting(boss), now=over + HOUR, override_id=exception.pk, approve=True
    )
