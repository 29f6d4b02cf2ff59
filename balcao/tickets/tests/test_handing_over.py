"""The opener left the company: a colleague goes on."""

import pytest

from balcao.events import queue
from balcao.events.models import Event
from balcao.people import actions as people
from balcao.policy.access import SYSTEM
from balcao.policy.lifecycle import Verb
from balcao.tickets import actions as tickets
from balcao.tickets.queries import visible_to
from tests.cast import NOW, a_colleague, a_customer, a_ticket, acting, an_agent, an_answer

pytestmark = pytest.mark.usefixtures("installation")


def test_m4_the_tickets_of_somebody_who_left_go_on_with_the_colleague_who_was_named() -> None:
    customer = a_customer()
    colleague = a_colleague(customer)
    other = a_colleague(customer)
    ticket, closed = a_ticket(customer), a_ticket(customer)
    tickets.change_state(actor=customer.actor, now=NOW, ticket_id=closed.pk, verb=Verb.CANCEL)
    theirs = a_ticket(colleague)
    people.leave(
        actor=SYSTEM,
        now=NOW,
        user=customer.user,
        organisation=customer.organisation,
        successor_id=colleague.user.pk,
    )
    queue.run_pending(NOW)
    assert set(visible_to(colleague.actor)) == {ticket, theirs}
    assert not visible_to(customer.actor)
    assert not visible_to(other.actor)
    handed = Event.objects.filter(verb="ticket.handed_over", subject_id=ticket.pk)
    assert [event.data["to"] for event in handed] == [colleague.user.pk]
    assert (
        tickets.hand_over(
            now=NOW,
            organisation_id=customer.organisation.pk,
            from_id=customer.user.pk,
            to_id=colleague.user.pk,
        )
        == []
    )


def test_r8_the_colleague_is_told_and_answers() -> None:
    customer = a_customer()
    colleague = a_colleague(customer)
    ticket = a_ticket(customer)
    people.deactivate(
        actor=SYSTEM,
        now=NOW,
        user=customer.user,
        successors={customer.organisation.pk: colleague.user.pk},
    )
    queue.run_pending(NOW)
    an_answer(ticket, an_agent())
    said = tickets.customer_message(
        actor=acting(colleague.user), now=NOW, ticket_id=ticket.pk, body="Sou o novo.", key="n" * 16
    )
    assert said.author_id == colleague.user.pk
