"""The request's page: what it shows, what it offers, and that it is nobody else's."""

import secrets
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from balcao.events.queue import run_pending
from balcao.files import forms
from balcao.people import actions as people
from balcao.people.models import User
from balcao.policy.access import SYSTEM, Role
from balcao.policy.lifecycle import Verb
from balcao.portal.tests.helping import at, at_most, refusal_of, text_of, where
from balcao.tickets.actions import change_state, note, run_due, wait_third
from balcao.tickets.models import Draft, Message, Ticket
from tests.cast import (
    NOW,
    Customer,
    a_colleague,
    a_customer,
    a_member_of_staff,
    a_policy_in_force,
    a_ticket,
    a_unit,
    acting,
    an_agent,
    an_answer,
    signed_in,
    the_queue,
)

pytestmark = pytest.mark.usefixtures("installation")
ACTIONS = ("ticket_reply", "ticket_resolve", "ticket_reopen", "ticket_cancel")
PAGES = ("ticket", "ticket_opened", "ticket_why")


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def _see(customer: Customer, ticket: Ticket, route: str = "ticket") -> Any:
    return signed_in(customer.user).get(reverse(route, args=[ticket.number]))


def _press(customer: Customer, ticket: Ticket, route: str, **data: Any) -> Any:
    return signed_in(customer.user).post(reverse(route, args=[ticket.number]), data)


def _write(customer: Customer, ticket: Ticket, body: str, **data: Any) -> Any:
    return _press(
        customer, ticket, "ticket_reply", **{"body": body, "key": secrets.token_hex(16), **data}
    )


def _resolved(customer: Customer, agent: User) -> Ticket:
    ticket = a_ticket(customer)
    an_answer(ticket, agent, now=NOW, then=Verb.RESOLVE)
    return ticket


def test_the_page_shows_number_state_place_deadlines_coverage_and_the_conversation() -> None:
    customer, agent = a_customer(), an_agent(name="Carla Souza")
    ticket = a_ticket(customer)
    text = text_of(_see(customer, ticket))
    assert f"{ticket.number[:3]} {ticket.number[3:6]}" in text
    assert "Aberto (1º da fila)" in text
    assert "em 1 dia · amanhã às 12:00" in text
    assert "Por que este prazo?" in text
    assert "Coberto" in text
    assert "Contrato SaaS · Tarifador Direction" in text
    assert "Desde ontem nenhuma ligação aparece no relatório." in text
    an_answer(ticket, agent, now=NOW, body="Reinicie o coletor.")
    text = text_of(_see(customer, ticket))
    assert "Em atendimento" in text
    assert "Carla Souza" in text
    assert "Reinicie o coletor." in text


def test_b8_a_note_and_its_file_never_reach_a_customer_whatever_other_hat_they_wear() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    note(actor=acting(agent), now=NOW, ticket_id=ticket.pk, body="CANARIO", key="n1")
    assert "CANARIO" not in _see(customer, ticket).content.decode()
    people.join(actor=SYSTEM, now=NOW, user=agent, organisation=customer.organisation)
    page = signed_in(agent).get(reverse("ticket", args=[ticket.number]))
    assert page.status_code == 200
    assert "CANARIO" not in page.content.decode()


def test_a_waiting_request_says_what_is_wanted_and_a_message_ends_the_wait() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    an_answer(ticket, agent, now=NOW, body="Qual é o ramal?", then=Verb.WAIT_CUSTOMER)
    text = text_of(_see(customer, ticket))
    assert "Aguardando você" in text
    assert "Pausado: aguardando você" in text
    assert "Precisamos de você para continuar" in text
    answer = _write(customer, ticket, "Ramal 204.")
    message = Message.objects.get(ticket=ticket, body="Ramal 204.")
    assert (
        where(answer) == reverse("ticket", args=[ticket.number]) + f"?aviso=enviado#m{message.pk}"
    )
    ticket.refresh_from_db()
    assert ticket.state == "in_service"


def test_o2_one_message_sent_three_times_is_one_message() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    key = secrets.token_hex(16)
    answers = [_write(customer, ticket, "Uma vez.", key=key) for _ in range(3)]
    assert len({where(answer) for answer in answers}) == 1
    assert Message.objects.filter(ticket=ticket, body="Uma vez.").count() == 1


def test_a_message_may_be_files_alone_and_an_empty_one_is_said() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    answer = _write(customer, ticket, "", files=SimpleUploadedFile("log.txt", b"erro 17"))
    assert answer.status_code == 302
    assert "log.txt" in text_of(_see(customer, ticket))
    empty = _write(customer, ticket, "  \r\n ")
    assert empty.status_code == 422
    assert "Sua mensagem : Escreva algo ou anexe um arquivo." in text_of(empty)


def test_files_that_are_too_large_are_said_and_the_text_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forms, "file_limit", lambda: 10)
    customer = a_customer()
    ticket = a_ticket(customer)
    answer = _write(customer, ticket, "Segue o log.", files=SimpleUploadedFile("a.log", b"x" * 11))
    assert answer.status_code == 422
    assert "Os arquivos são grandes demais" in text_of(answer)
    assert "Segue o log.</textarea>" in answer.content.decode()
    assert ticket.messages.count() == 1


def test_it_is_solved_and_not_solved_yet_are_offered_when_they_are_possible() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    assert "Já resolvi" in text_of(_see(customer, ticket))
    assert "Ainda não resolveu" not in text_of(_see(customer, ticket))
    done = _press(customer, ticket, "ticket_resolve")
    text = text_of(signed_in(customer.user).get(where(done)))
    assert "Obrigado por avisar. O chamado está resolvido." in text
    assert "Já resolvi" not in text
    assert "Ainda não resolveu" in text
    assert "avise até sex., 20/11 às 12:00" in text
    _press(customer, ticket, "ticket_reopen")
    ticket.refresh_from_db()
    assert ticket.state == "open"


def test_after_seven_days_reopening_is_neither_offered_nor_done() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = _resolved(customer, agent)
    with at(NOW, days=7):
        assert "Ainda não resolveu" not in text_of(_see(customer, ticket))
        answer = _press(customer, ticket, "ticket_reopen")
        text = text_of(signed_in(customer.user).get(where(answer)))
        assert "O chamado mudou enquanto isso." in text
    ticket.refresh_from_db()
    assert ticket.state == "resolved"


def test_a_request_is_cancelled_before_service_only() -> None:
    customer, agent = a_customer(), an_agent()
    ticket, started = a_ticket(customer), a_ticket(customer)
    an_answer(started, agent, now=NOW)
    assert "Cancelar chamado" in text_of(_see(customer, ticket))
    assert "Cancelar chamado" not in text_of(_see(customer, started))
    for row in (ticket, started):
        _press(customer, row, "ticket_cancel")
        row.refresh_from_db()
    assert (ticket.state, started.state) == ("cancelled", "in_service")
    text = text_of(_see(customer, ticket))
    assert "Este chamado foi cancelado" in text
    assert "Atrasado" not in text


def test_a_closed_request_offers_a_new_one_and_keeps_what_is_still_sent_to_it() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = _resolved(customer, agent)
    run_due(NOW + timedelta(days=8))
    with at(NOW, days=8):
        page = _see(customer, ticket)
        assert "Abrir um novo chamado" in text_of(page)
        assert reverse("ticket_reply", args=[ticket.number]) not in page.content.decode()
        files = SimpleUploadedFile("log.txt", b"erro 17")
        answer = _write(customer, ticket, "Voltou a falhar.", files=files)
        assert answer.status_code == 422
        assert "Este chamado está encerrado" in refusal_of(answer)
        assert "Voltou a falhar.</textarea>" in answer.content.decode()
        draft = Draft.objects.get(owner=customer.user)
        assert draft.body == "Voltou a falhar."
        assert draft.files.get().name == "log.txt"
        form = signed_in(customer.user).get(
            reverse("ticket_new"), {"rascunho": draft.key, "de": ticket.number}
        )
        assert "Voltou a falhar.</textarea>" in form.content.decode()
        assert "log.txt" in text_of(form)
    assert ticket.messages.count() == 2


@pytest.mark.parametrize("route", [*PAGES, *ACTIONS])
def test_c1_the_number_alone_opens_nothing(route: str) -> None:
    customer, other = a_customer(), a_customer()
    ticket = a_ticket(customer)
    address = reverse(route, args=[ticket.number])
    method = "get" if route in PAGES else "post"
    data = {} if route in PAGES else {"body": "Oi", "email": customer.address}
    stranger = getattr(Client(), method)(address, data)
    if method == "get":
        assert where(stranger).startswith(reverse("sign_in"))
    else:
        assert stranger.status_code == 401
    foreign = getattr(signed_in(other.user), method)(address, data)
    unknown = getattr(signed_in(other.user), method)(reverse(route, args=["0000000000"]), data)
    assert foreign.status_code == unknown.status_code == 404
    assert text_of(foreign) == text_of(unknown)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.messages.count()) == ("open", 1)
    assert getattr(signed_in(customer.user), method)(address, data).status_code in (200, 302)


def test_b2_a_colleague_sees_a_request_only_when_the_company_lets_them() -> None:
    for shared, expected in ((False, 404), (True, 200)):
        customer = a_customer(members_see_all=shared)
        colleague = a_colleague(customer)
        ticket = a_ticket(customer)
        assert _see(colleague, ticket).status_code == expected
        listed = signed_in(colleague.user).get(reverse("tickets"))
        assert (ticket.number in listed.content.decode()) is shared


def test_b2_a_colleague_of_another_unit_finds_no_such_request() -> None:
    customer = a_customer(members_see_all=True)
    here, there = a_unit(customer), a_unit(customer)
    ticket = a_ticket(a_colleague(customer, unit=here))
    for unit, expected in ((here, 200), (there, 404), (None, 200)):
        reader = a_colleague(customer, unit=unit)
        assert _see(reader, ticket).status_code == expected
        listed = signed_in(reader.user).get(reverse("tickets"))
        assert (ticket.number in listed.content.decode()) is (expected == 200)


def test_m4_a_former_contact_sees_the_request_no_more() -> None:
    customer, second = a_customer(), a_customer()
    ticket = a_ticket(customer)
    people.join(actor=SYSTEM, now=NOW, user=customer.user, organisation=second.organisation)
    client = signed_in(customer.user)
    assert client.get(reverse("ticket", args=[ticket.number])).status_code == 200
    people.leave(actor=SYSTEM, now=NOW, user=customer.user, organisation=customer.organisation)
    assert client.get(reverse("ticket", args=[ticket.number])).status_code == 404


def test_the_portal_shows_staff_no_customers_request() -> None:
    ticket = a_ticket(a_customer())
    for user in (an_agent(), a_member_of_staff(Role.SUPERVISOR, queues=(the_queue(),))):
        assert signed_in(user).get(reverse("ticket", args=[ticket.number])).status_code == 403
        own = a_customer()
        people.join(actor=SYSTEM, now=NOW, user=user, organisation=own.organisation)
        assert signed_in(user).get(reverse("ticket", args=[ticket.number])).status_code == 404


def test_why_this_deadline_tells_every_stretch_and_adds_up_to_the_promise() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    an_answer(ticket, agent, now=NOW + timedelta(hours=2), then=Verb.WAIT_CUSTOMER)
    with at(NOW, hours=5):
        _write(customer, ticket, "Ramal 204.")
        text = text_of(_see(customer, ticket, "ticket_why"))
    assert "Prometido: 24 h, contando hora a hora, dia e noite." in text
    assert "Prometido: 40 h, contando hora a hora, dia e noite." in text
    assert "2 h Contado hoje às 12:00 até hoje às 14:00" in text
    assert "3 h Pausado: esperávamos por você ou pelo horário marcado, ou estava resolvido" in text
    assert "38 h Contado hoje às 17:00 até dom., 15/11 às 07:00" in text
    assert "Contado até agora: 2 h de 40 h" in text
    assert "Fuso: horário do Recife." in text
    assert "America/Recife" not in text


def test_r4_a_suspension_is_shown_to_the_customer_with_its_reason() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    period = {
        "begins": "2026-11-13T14:00-03:00",
        "ends": "2026-11-13T20:00-03:00",
        "reason": "Temporal no Recife",
    }
    a_policy_in_force({"suspended.periods": [period]})
    run_pending(NOW)
    with at(NOW, hours=1):
        text = text_of(_see(customer, ticket, "ticket_why"))
        assert text.count("6 h Prazos suspensos: Temporal no Recife") == 2
        assert "amanhã às 18:00" in text_of(_see(customer, ticket, "ticket"))


def test_r5_r4_the_customer_reads_until_when_to_answer_and_whom_we_wait_for() -> None:
    customer, agent = a_customer(), an_agent()
    asked, waits = a_ticket(customer), a_ticket(customer)
    an_answer(asked, agent, now=NOW, then=Verb.WAIT_CUSTOMER)
    run_due(NOW + timedelta(days=2))
    an_answer(waits, agent, now=NOW)
    wait_third(
        actor=acting(agent),
        now=NOW,
        ticket_id=waits.pk,
        who="a operadora",
        protocol="77",
        review_on=date(2026, 11, 18),
    )
    with at(NOW, hours=49):
        text = text_of(_see(customer, asked, "ticket"))
        assert "Sem resposta até sex., 20/11 às 12:00, vamos considerar resolvido." in text
        text = text_of(_see(customer, waits, "ticket"))
        assert "Aguardando: a operadora" in text
        assert "Protocolo deles: 77." in text
        assert "18/11/2026" in text
    with at(NOW, days=9):
        text = text_of(_see(customer, waits, "ticket"))
        assert "18/11/2026" not in text
        assert "Estamos cobrando uma resposta." in text


def test_the_list_shows_open_ones_then_all_and_pages_by_position() -> None:
    customer, agent = a_customer(), an_agent()
    open_one, done = a_ticket(customer, subject="Ainda aberto"), _resolved(customer, agent)
    client = signed_in(customer.user)
    text = text_of(client.get(reverse("tickets")))
    assert "Ainda aberto" in text
    assert "Início em 1 dia" in text
    assert "Começa até amanhã às 12:00" in text
    assert done.number not in text.replace(" ", "")
    everything = text_of(client.get(reverse("tickets"), {"v": "todos"})).replace(" ", "")
    assert open_one.number in everything
    assert done.number in everything
    assert client.get(reverse("tickets"), {"depois": "9-9-9"}).status_code == 200


def test_the_list_and_the_first_page_take_the_same_statements_for_many_as_for_few() -> None:
    customer = a_customer()
    client = signed_in(customer.user)
    for number in range(55):
        a_ticket(customer, subject=f"Chamado {number}", now=NOW + timedelta(minutes=number))
    with at(NOW, hours=1):
        with at_most(8):
            first = client.get(reverse("tickets"))
        with at_most(12):
            client.get(reverse("portal_home"))
        assert "Chamado 54" in text_of(first)
        assert "Chamado 3 " not in text_of(first)
        older = next(
            part.split('"')[0]
            for part in first.content.decode().split('href="')
            if "depois=" in part
        ).replace("&amp;", "&")
        second = text_of(client.get(older))
        assert "Chamado 3 " in second
        assert "Chamado 54" not in second


def test_the_page_takes_at_most_twelve_statements_in_every_state() -> None:
    customer, agent = a_customer(), an_agent()
    client = signed_in(customer.user)
    tickets = [a_ticket(customer), _resolved(customer, agent)]
    waiting = a_ticket(customer)
    for _ in range(5):
        an_answer(waiting, agent, now=NOW)
    an_answer(waiting, agent, now=NOW, then=Verb.WAIT_CUSTOMER)
    cancelled = a_ticket(customer)
    change_state(actor=customer.actor, now=NOW, ticket_id=cancelled.pk, verb=Verb.CANCEL)
    for ticket in (*tickets, waiting, cancelled):
        with at_most(12):
            client.get(reverse("ticket", args=[ticket.number]))
    with at_most(12):
        client.get(reverse("ticket_why", args=[waiting.number]))
    sent = {"body": "Ramal 204.", "key": secrets.token_hex(16)}
    with at_most(25):
        client.post(reverse("ticket_reply", args=[waiting.number]), sent)
