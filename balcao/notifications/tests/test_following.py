"""Colleagues who are included are told; the mail that says resolved carries a rating's link."""

import re
from datetime import timedelta

import pytest

from balcao.channels.models import Delivery
from balcao.events.queue import run_pending
from balcao.policy.lifecycle import Verb
from balcao.tickets.actions import customer_message, include, take_out
from balcao.tickets.queries import rated_by_link
from tests.cast import (
    NOW,
    a_colleague,
    a_customer,
    a_ticket,
    acting,
    an_agent,
    an_answer,
    mail_text,
)

pytestmark = pytest.mark.usefixtures("installation")


def test_r8_a_colleague_is_told_at_the_registered_address_unless_taken_out_meanwhile() -> None:
    customer = a_customer()
    stays, goes = a_colleague(customer), a_colleague(customer)
    ticket = a_ticket(customer)
    for person in (stays, goes):
        include(actor=customer.actor, now=NOW, ticket_id=ticket.pk, person_id=person.user.pk)
    take_out(actor=goes.actor, now=NOW, ticket_id=ticket.pk, person_id=goes.user.pk)
    run_pending(NOW)
    [mail] = Delivery.objects.filter(ticket=ticket, kind="included")
    assert mail.recipient == stays.address
    assert "Um colega incluiu você" in mail_text(mail)


def test_r8_who_writes_on_a_colleagues_ticket_is_named_to_the_others_and_gets_the_answers() -> None:
    customer = a_customer()
    administrator = a_colleague(customer, is_admin=True)
    ticket = a_ticket(customer)
    customer_message(
        actor=administrator.actor, now=NOW, ticket_id=ticket.pk, body="Aqui também.", key="k"
    )
    run_pending(NOW)
    [mail] = Delivery.objects.filter(ticket=ticket, kind="joined")
    assert mail.recipient == customer.address
    assert f"{administrator.user.name} escreveu no chamado" in mail.subject
    assert not Delivery.objects.filter(ticket=ticket, kind="included").exists()
    an_answer(ticket, an_agent())
    run_pending(NOW + timedelta(days=1))
    told = {one.recipient for one in Delivery.objects.filter(ticket=ticket, kind="reply")}
    assert told == {customer.address, administrator.address}


def test_r8_whom_our_team_included_is_told_that_we_did() -> None:
    customer = a_customer()
    colleague, ticket = a_colleague(customer), a_ticket(customer)
    include(actor=acting(an_agent()), now=NOW, ticket_id=ticket.pk, person_id=colleague.user.pk)
    run_pending(NOW)
    [mail] = Delivery.objects.filter(ticket=ticket, kind="included")
    assert mail.recipient == colleague.address
    assert "Nossa equipe incluiu você" in mail_text(mail)


def test_each_reader_of_the_mail_that_says_resolved_gets_a_link_of_their_own() -> None:
    customer = a_customer()
    colleague = a_colleague(customer)
    ticket = a_ticket(customer)
    include(actor=customer.actor, now=NOW, ticket_id=ticket.pk, person_id=colleague.user.pk)
    an_answer(ticket, an_agent(), now=NOW, then=Verb.RESOLVE)
    run_pending(NOW + timedelta(days=1))
    found = {}
    for mail in Delivery.objects.filter(ticket=ticket):
        for secret in re.findall(r"/avaliar/(\S+)", mail_text(mail)):
            rated = rated_by_link(secret, now=NOW)
            assert rated
            found[mail.recipient] = rated[0].id
    assert found == {
        customer.address: customer.user.pk,
        colleague.address: colleague.user.pk,
    }
