"""Passing over the next in line (R24), and who reads about it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from balcao.desk.tests.desk import LATER, at, desk_of, page, press, text_of, write
from balcao.policy import routing
from balcao.policy.access import Role
from balcao.tickets.actions import Conflict, NotAllowed, assign_to_me, skip, take_next
from balcao.tickets.models import Skip, Ticket
from balcao.tickets.queries import position_of
from balcao.tickets.queries.lists.line import passed_over
from tests.cast import (
    NOW,
    a_customer,
    a_member_of_staff,
    a_queue,
    a_supervisor,
    a_ticket,
    acting,
    an_agent,
)

pytestmark = pytest.mark.usefixtures("installation")

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RECIFE = "America/Recife"


def test_r24_a_skipped_ticket_keeps_its_place_and_the_next_one_opens() -> None:
    queue, customer = a_queue(), a_customer()
    line = [a_ticket(customer, queue=queue, now=NOW + n * MINUTE) for n in range(3)]
    agent, colleague = an_agent(queue), an_agent(queue)
    browser = desk_of(agent)
    with at():
        browser.post(reverse("desk_next"))
        assert "Skip with a reason" in text_of(page(browser, line[0]))
        empty = press(browser, "desk_skip", line[0], reason=" ")
        assert (empty.status_code, Skip.objects.count()) == (422, 0)
        answer = press(browser, "desk_skip", line[0], reason="Falta o equipamento dele")
        assert answer.status_code == 302
        assert line[1].number in answer.headers["Location"]
        skipped = Ticket.objects.get(pk=line[0].pk)
        assert (skipped.assignee_id, skipped.claimed_until, skipped.next_at) == (None, None, None)
        assert position_of(skipped, order="fifo") == 1
        row = Skip.objects.get()
        assert (row.reason, row.place, row.agent) == ("Falta o equipamento dele", 1, agent)
        taken = desk_of(colleague).post(reverse("desk_next"))
        assert line[0].number in taken.headers["Location"], "a colleague gets the oldest"


def test_r24_it_is_given_again_on_the_next_day_and_not_on_the_same() -> None:
    queue = a_queue()
    ticket = a_ticket(a_customer(), queue=queue)
    agent = acting(an_agent(queue))
    night = NOW.replace(hour=2) + timedelta(days=1)
    for moment in (NOW, night):
        assert take_next(actor=agent, now=moment) is not None or moment == night
        if moment == NOW:
            assert skip(actor=agent, now=moment, ticket_id=ticket.pk, reason="Depois") is None
    morning = night + 6 * HOUR
    for moment, given in ((night, False), (morning, True)):
        skipped_at = Skip.objects.get().at
        assert routing.may_be_given(skipped_at=skipped_at, now=moment, timezone=RECIFE) is given
        listed = ticket.pk in set(passed_over(agent, now=moment, timezone=RECIFE))
        assert listed is not given
    again = take_next(actor=agent, now=morning)
    assert again is not None
    assert again.pk == ticket.pk


def test_r24_only_what_was_handed_over_is_skipped_and_only_by_who_holds_it() -> None:
    queue, customer = a_queue(), a_customer()
    first, second = (a_ticket(customer, queue=queue, now=NOW + n * MINUTE) for n in range(2))
    agent, other = acting(an_agent(queue)), acting(an_agent(queue))
    assign_to_me(actor=agent, now=NOW, ticket_id=second.pk)
    take_next(actor=other, now=NOW + HOUR)
    for actor, ticket, moment in (
        (agent, second, NOW + HOUR),
        (agent, first, NOW + HOUR),
        (other, first, NOW + 2 * HOUR),
    ):
        with pytest.raises(Conflict):
            skip(actor=actor, now=moment, ticket_id=ticket.pk, reason="x")
    with pytest.raises(NotAllowed):
        skip(actor=customer.actor, now=NOW + HOUR, ticket_id=first.pk, reason="x")
    assert not Skip.objects.exists()


def test_what_cannot_be_skipped_any_more_is_said_and_nothing_is_lost() -> None:
    queue = a_queue()
    ticket = a_ticket(a_customer(), queue=queue)
    browser = desk_of(an_agent(queue))
    with at():
        assert browser.get(reverse("desk_skip", args=[ticket.number])).status_code == 200
        answer = press(browser, "desk_skip", ticket, reason="Sem acesso")
    assert answer.status_code == 409
    assert "Nothing was passed over" in text_of(answer)


def test_take_next_does_not_say_that_nobody_waits_when_i_passed_over_what_does() -> None:
    queue = a_queue()
    ticket = a_ticket(a_customer(), queue=queue)
    browser = desk_of(an_agent(queue))
    with at():
        browser.post(reverse("desk_next"))
        shown = text_of(
            browser.post(reverse("desk_skip", args=[ticket.number]), {"reason": "x"}, follow=True)
        )
    assert "Nothing to hand over now" in shown
    assert "Nobody is waiting" not in shown


def test_s30_supervisor_and_auditor_read_skips_and_turns_and_agents_do_not() -> None:
    queue, customer = a_queue(), a_customer()
    line = [a_ticket(customer, queue=queue, now=NOW + n * MINUTE) for n in range(3)]
    agent = an_agent(queue, name="Caio Dias")
    take_next(actor=acting(agent), now=LATER)
    skip(actor=acting(agent), now=LATER, ticket_id=line[0].pk, reason="Falta a senha do PABX")
    assign_to_me(actor=acting(agent), now=LATER, ticket_id=line[2].pk)
    for reader in (a_supervisor(), a_member_of_staff(Role.AUDITOR)):
        browser = desk_of(reader)
        with at():
            passed = text_of(browser.get(reverse("desk_skips")))
            turns = text_of(browser.get(reverse("desk_skips"), {"v": "fora-da-vez"}))
        assert "Falta a senha do PABX" in passed
        assert "Caio Dias" in passed
        assert line[2].subject in turns
        assert "Falta a senha do PABX" not in turns
    assert desk_of(agent).get(reverse("desk_skips")).status_code == 403
    assert desk_of(a_supervisor()).get(reverse("desk_skips"), {"depois": "9-1"}).status_code == 200


def test_b8_the_customer_reads_nothing_of_a_skip() -> None:
    queue, customer = a_queue(), a_customer()
    ticket = a_ticket(customer, queue=queue)
    agent = an_agent(queue)
    take_next(actor=acting(agent), now=LATER)
    skip(actor=acting(agent), now=LATER, ticket_id=ticket.pk, reason="canarinho")
    browser = desk_of(customer.user)
    with at():
        shown = text_of(browser.get(reverse("ticket", args=[ticket.number])))
        assert "canarinho" not in shown
        assert write(desk_of(agent), ticket, "Oi").status_code == 302
        assert "canarinho" not in text_of(browser.get(reverse("ticket", args=[ticket.number])))
