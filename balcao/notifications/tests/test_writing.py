"""Colleagues called by name, and authors of replies that did not leave, are told by mail."""

from datetime import timedelta

import pytest

from balcao.channels.models import Delivery
from balcao.events import queue
from balcao.policy.lifecycle import Verb
from balcao.tickets import actions
from balcao.tickets.actions import Writing
from tests.cast import NOW, a_customer, a_queue, a_ticket, acting, an_agent, an_answer, mail_text

pytestmark = pytest.mark.usefixtures("installation")


def test_b8_a_colleague_called_in_a_note_is_told_without_what_was_written() -> None:
    line = a_queue()
    ticket, agent = a_ticket(a_customer(), queue=line), an_agent(line)
    there = an_agent(line, name="Bruno Reis")
    actions.note(
        actor=acting(agent),
        now=NOW,
        ticket_id=ticket.pk,
        body="@Bruno Reis, canario-da-nota",
        key="k",
    )
    queue.run_pending(NOW)
    (told,) = Delivery.objects.filter(ticket=ticket, kind="mentioned")
    assert told.user_id == there.pk
    assert "canario-da-nota" not in mail_text(told)
    assert ticket.number in mail_text(told)


def test_b3_who_left_the_queue_after_being_called_is_told_nothing() -> None:
    line = a_queue()
    ticket, agent = a_ticket(a_customer(), queue=line), an_agent(line)
    there = an_agent(line, name="Bruno Reis")
    actions.staff_reply(
        actor=acting(agent), now=NOW, ticket_id=ticket.pk, body="Fala com @Bruno Reis", key="k"
    )
    line.members.remove(there)
    queue.run_pending(NOW)
    assert not Delivery.objects.filter(ticket=ticket, kind="mentioned").exists()
    reply = Delivery.objects.filter(ticket=ticket, kind="reply").first()
    assert reply
    assert "Fala com @Bruno Reis" in mail_text(reply)


def test_the_author_of_a_reply_that_could_not_leave_is_told() -> None:
    line = a_queue()
    ticket, agent = a_ticket(a_customer(), queue=line), an_agent(line)
    an_answer(ticket, agent, now=NOW)
    actions.send_later(
        actor=acting(agent),
        now=NOW,
        ticket_id=ticket.pk,
        writing=Writing(kind="reply", body="canario-da-resposta", key="k"),
        after=timedelta(seconds=15),
    )
    other = acting(an_agent(line))
    actions.change_state(actor=other, now=NOW, ticket_id=ticket.pk, verb=Verb.RESOLVE)
    for _ in range(2):
        queue.run_pending(NOW + timedelta(seconds=15))
    (told,) = Delivery.objects.filter(ticket=ticket, kind="reply_stopped")
    assert told.user_id == agent.pk
    assert "canario-da-resposta" not in mail_text(told)
