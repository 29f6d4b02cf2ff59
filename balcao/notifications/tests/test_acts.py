"""What a customer is told of the team's acts besides replies."""

from datetime import timedelta

import pytest

from balcao.channels.models import Delivery
from balcao.events.queue import run_pending
from balcao.policy.gate import Door
from balcao.policy.numbers import show_number
from balcao.tickets import actions
from tests.cast import NOW, a_customer, a_ticket, acting, an_agent

pytestmark = pytest.mark.usefixtures("installation")

LATER = NOW + timedelta(hours=1)


def test_a_noted_call_is_mailed_to_the_customer_once() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    for _ in range(2):
        actions.log_call(
            actor=acting(agent),
            now=LATER,
            ticket_id=ticket.pk,
            summary="Conferimos o cabo juntos.",
            key="1",
        )
    run_pending(LATER)
    mail = Delivery.objects.get(ticket=ticket, kind="reply")
    assert mail.recipient == customer.address
    assert "Ligação: Conferimos o cabo juntos." in mail.text


def test_r27_a_second_question_is_told_with_its_number_and_the_one_it_came_out_of() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    made = actions.split(
        actor=acting(agent),
        now=LATER,
        ticket_id=ticket.pk,
        question=actions.Question("Como exporto?", "question", None, body="Como exporto?"),
        key="1",
    )
    run_pending(LATER)
    [mail] = Delivery.objects.filter(ticket=made)
    assert mail.recipient == customer.address
    assert mail.subject == f"Sua outra pergunta agora é o chamado {show_number(made.number)}"
    assert show_number(ticket.number) in mail.text
    assert "Começamos até" in mail.text
    [first] = Delivery.objects.filter(ticket=ticket)
    assert first.subject == f"Chamado {show_number(ticket.number)} aberto"


def test_the_end_of_a_remote_access_tells_who_from_when_to_when_and_with_whose_consent() -> None:
    customer, agent = a_customer(), an_agent(name="Carla Souza")
    ticket = a_ticket(customer)
    session = actions.begin_remote(
        actor=acting(agent),
        now=LATER,
        ticket_id=ticket.pk,
        wanted=actions.RemoteAccess("AnyDesk", "123 456 789", "Ana Lima", Door.PHONE),
        key="1",
    )
    run_pending(LATER)
    assert not Delivery.objects.filter(ticket=ticket, kind="remote").exists()
    end = LATER + timedelta(minutes=38)
    actions.end_remote(actor=acting(agent), now=end, session_id=session.pk)
    run_pending(end)
    [mail] = Delivery.objects.filter(ticket=ticket, kind="remote")
    assert mail.recipient == customer.address
    said = "Acesso remoto com Carla Souza por AnyDesk, das 13:00 às 13:38, com o consentimento de"
    assert f"{said} Ana Lima (por telefone)." in " ".join(mail.text.split())
    assert "123 456 789" not in mail.text


def test_another_product_is_told_with_what_stays_the_same() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    assert customer.licence
    actions.change_product(
        actor=acting(agent),
        now=LATER,
        ticket_id=ticket.pk,
        service="question",
        licence_id=customer.licence.pk,
    )
    run_pending(LATER)
    [mail] = Delivery.objects.filter(ticket=ticket, kind="product")
    number = show_number(ticket.number)
    assert mail.subject == f"Trocamos o produto ou o serviço do chamado {number}"
    assert "o lugar na fila continuam os mesmos" in " ".join(mail.text.split())
    assert "Dúvida de uso" in mail.text
    assert "S5" not in mail.text
