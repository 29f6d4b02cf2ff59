"""Who is told of time: warnings to the team, apologies and reminders to the customer."""

from datetime import date, timedelta

import pytest

from balcao.channels.models import Delivery
from balcao.events.queue import run_pending
from balcao.people import actions as people
from balcao.policy.access import SYSTEM, Role
from balcao.policy.lifecycle import Verb
from balcao.policy.numbers import show_number
from balcao.tickets.actions import (
    announce_absence,
    assign_to_me,
    raise_deadlines,
    run_due,
    wait_third,
)
from balcao.tickets.models import Ticket
from tests.cast import (
    NOW,
    a_customer,
    a_member_of_staff,
    a_queue,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def told(ticket: Ticket, kind: str, *, now: object = NOW + 50 * HOUR) -> list[Delivery]:
    run_pending(now)  # type: ignore[arg-type]
    return list(Delivery.objects.filter(ticket=ticket, kind=kind).order_by("pk"))


def whom(mails: list[Delivery]) -> set[int | None]:
    return {mail.user_id for mail in mails}


def test_s12_the_owner_alone_is_warned_once() -> None:
    queue = a_queue()
    owner, _colleague = an_agent(queue), an_agent(queue)
    ticket = a_ticket(a_customer(), queue=queue)
    assign_to_me(actor=acting(owner), now=NOW, ticket_id=ticket.pk)
    for _ in range(2):
        raise_deadlines(NOW + 18 * HOUR)
    [mail] = told(ticket, "due_soon", now=NOW + 18 * HOUR)
    assert mail.user_id == owner.pk
    assert mail.subject.startswith(f"Chamado {show_number(ticket.number)}: começar até sáb., 14/11")
    assert "Tempo restante: 6 h." in mail.text.replace("\u00a0", " ")
    assert f"/mesa/{ticket.number}" in mail.text


def test_s12_a_ticket_of_nobody_warns_those_who_serve_its_queue_or_the_supervisors() -> None:
    served, empty = a_queue(), a_queue()
    agents = {an_agent(served).pk for _ in range(2)}
    supervisor = a_member_of_staff(Role.SUPERVISOR)
    first, second = (a_ticket(a_customer(), queue=queue) for queue in (served, empty))
    raise_deadlines(NOW + 18 * HOUR)
    assert whom(told(first, "due_soon")) == agents
    assert supervisor.pk in whom(told(second, "due_soon"))


def test_s12_s13_a_breach_is_told_to_supervisors_owner_and_customer_once() -> None:
    queue = a_queue()
    owner, supervisor = an_agent(queue), a_member_of_staff(Role.SUPERVISOR)
    customer = a_customer()
    ticket = a_ticket(customer, queue=queue)
    assign_to_me(actor=acting(owner), now=NOW, ticket_id=ticket.pk)
    for _ in range(2):
        raise_deadlines(NOW + 24 * HOUR)
    assert {owner.pk, supervisor.pk} <= whom(told(ticket, "overdue"))
    assert customer.user.pk not in whom(told(ticket, "overdue"))
    [mail] = told(ticket, "late")
    assert (mail.user_id, mail.recipient) == (customer.user.pk, customer.address)
    number = show_number(ticket.number)
    assert mail.subject == f"Chamado {number}: vamos atrasar, pedimos desculpas"
    assert "Prometemos começar até sáb., 14/11/2026, 12:00" in mail.text
    raise_deadlines(NOW + 40 * HOUR)
    assert len(told(ticket, "late")) == 2
    assert "Prometemos concluir até" in told(ticket, "late")[1].text


def test_no_apology_for_a_promise_that_was_kept_meanwhile() -> None:
    ticket = a_ticket(a_customer())
    an_answer(ticket, an_agent(), now=NOW + 25 * HOUR, then=Verb.RESOLVE)
    assert told(ticket, "late") == []
    warned = a_ticket(a_customer())
    raise_deadlines(NOW + 18 * HOUR)
    an_answer(warned, an_agent(), now=NOW + 18 * HOUR, then=Verb.RESOLVE)
    assert told(warned, "due_soon") == []


def test_r5_the_customer_is_reminded_with_a_date_and_told_at_the_end() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    an_answer(ticket, an_agent(), now=NOW, then=Verb.WAIT_CUSTOMER)
    for day in (2, 5, 7):
        run_due(NOW + day * DAY)
    number = show_number(ticket.number)
    reminders = told(ticket, "reminded", now=NOW + 8 * DAY)
    assert [mail.recipient for mail in reminders] == [customer.address] * 2
    assert reminders[0].subject == f"Ainda precisamos de você no chamado {number}"
    assert "Sem resposta até sex., 20/11/2026, 12:00" in reminders[0].text
    [mail] = told(ticket, "resolved")
    assert mail.subject == f"Chamado {number} resolvido: deu certo?"
    assert "Como não tivemos resposta" in mail.text


def test_r4_the_customer_is_told_whom_we_wait_for_and_the_owner_when_to_ask_again() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    an_answer(ticket, agent, now=NOW)
    wait = wait_third(
        actor=acting(agent),
        now=NOW,
        ticket_id=ticket.pk,
        who="a operadora",
        protocol="2026-77",
        review_on=date(2026, 11, 18),
    )
    [mail] = told(ticket, "waiting_third")
    assert mail.recipient == customer.address
    for words in ("a operadora", "2026-77", "18/11/2026", "O prazo de conclusão não para."):
        assert words in mail.text
    run_due(wait.review_at)
    [mail] = told(ticket, "review_due", now=wait.review_at)
    assert mail.user_id == agent.pk
    assert "2026-77" in mail.text


def test_r24_the_other_supervisors_are_told_who_is_away_and_what_stays_with_them() -> None:
    queue = a_queue()
    agent = a_member_of_staff(Role.AGENT, Role.SUPERVISOR, queues=(queue,), name="Bruno Reis")
    supervisor = a_member_of_staff(Role.SUPERVISOR)
    waiting, answered = (a_ticket(a_customer(), queue=queue) for _ in range(2))
    assign_to_me(actor=acting(agent), now=NOW, ticket_id=waiting.pk)
    an_answer(answered, agent, now=NOW)
    announce_absence(
        actor=acting(agent), now=NOW, user_id=agent.pk, starts_at=NOW, ends_at=NOW + DAY
    )
    run_pending(NOW)
    mails = Delivery.objects.filter(kind="absent")
    assert agent.pk not in whom(list(mails))
    mail = mails.get(user_id=supervisor.pk)
    assert mail.subject == "Bruno Reis está ausente"
    for words in ("sáb., 14/11/2026, 12:00", "no lugar de antes: 1", "com a pessoa: 1"):
        assert words in mail.text


def test_a_member_of_the_team_who_left_is_not_written_to() -> None:
    queue = a_queue()
    agent = an_agent(queue)
    ticket = a_ticket(a_customer(), queue=queue)
    people.deactivate(actor=SYSTEM, now=NOW, user=agent)
    raise_deadlines(NOW + 18 * HOUR)
    assert agent.pk not in whom(told(ticket, "due_soon"))
