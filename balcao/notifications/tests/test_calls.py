"""What somebody on the telephone gets at their registered address (R13, R14, R15)."""

import re

import pytest

from balcao.channels.models import Delivery
from balcao.events import queue
from balcao.people import actions as people
from balcao.people.models import User
from balcao.policy.access import SYSTEM, Role
from balcao.tickets import actions
from balcao.tickets.models import Ticket
from balcao.tickets.queries import opening_by_link
from tests.cast import (
    NOW,
    Customer,
    a_colleague,
    a_customer,
    a_ticket,
    acting,
    an_agent,
    mail_text,
)
from tests.cast_calls import a_proposal

pytestmark = pytest.mark.usefixtures("installation")


def send(agent: User, customer: Customer) -> None:
    actions.send_numbers(actor=acting(agent), now=NOW, person_id=customer.user.pk)


def sent(customer: Customer, kind: str) -> list[Delivery]:
    queue.run_pending(NOW)
    return list(Delivery.objects.filter(recipient=customer.address, kind=kind).order_by("pk"))


def shown(ticket: Ticket) -> str:
    return f"{ticket.number[:3]} {ticket.number[3:6]} {ticket.number[6:]}"


def test_r14_the_numbers_of_open_tickets_go_to_the_registered_address() -> None:
    customer, agent = a_customer(), an_agent()
    ticket, colleagues = a_ticket(customer), a_ticket(a_colleague(customer))
    foreign = a_ticket(a_customer())
    send(agent, customer)
    [mail] = sent(customer, "numbers")
    for part in (mail.text, mail.html.replace("\u00a0", " ")):
        assert shown(ticket) in part
        assert shown(colleagues) not in part
        assert shown(foreign) not in part


def test_r15_somebody_without_an_open_ticket_is_written_to_alike() -> None:
    customer = a_customer()
    send(an_agent(), customer)
    [mail] = sent(customer, "numbers")
    assert not re.search(r"\d{3} \d{3} \d{4}", mail.text.replace("81 2121 9700", ""))


def test_a_contact_who_also_works_here_gets_the_numbers_they_have_as_a_customer() -> None:
    customer = a_customer()
    mine, others = a_ticket(customer), a_ticket(a_customer())
    hats = frozenset({Role.SUPERVISOR})
    people.set_hats(actor=SYSTEM, now=NOW, user_id=customer.user.pk, hats=hats)
    send(an_agent(), customer)
    [mail] = sent(customer, "numbers")
    assert shown(mine) in mail.text
    assert shown(others) not in mail.text


def test_r13_the_link_leads_to_what_was_typed_and_stays_in_no_table() -> None:
    customer = a_customer()
    row = a_proposal(an_agent(), customer)
    [mail] = sent(customer, "opening")
    text = mail_text(mail)
    found = re.search(r"/abertura/([\w-]+)", text)
    assert found
    assert row.body in text
    assert found[1] not in mail.text + mail.html
    seen = opening_by_link(found[1], now=NOW)
    assert seen
    assert (seen.id, seen.waits) == (row.pk, True)
    ticket = actions.confirm_opening(
        actor=customer.actor, now=NOW, opening_id=row.pk, secret=found[1]
    )
    [opened] = sent(customer, "opened")
    assert shown(ticket) in opened.text
