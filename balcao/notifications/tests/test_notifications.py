"""Who is told what: in their language, at their registered address, once, and never a note."""

from datetime import timedelta

import pytest
from django.conf import LazySettings

from balcao.channels.intake import receive
from balcao.channels.models import Delivery
from balcao.channels.tests.mails import a_mail, about, last_mail, trust_our_server
from balcao.events.models import Job, JobState
from balcao.events.queue import run_pending
from balcao.files.actions import store
from balcao.people import actions as people
from balcao.people.models import User
from balcao.policy.access import SYSTEM
from balcao.policy.lifecycle import Verb
from balcao.policy.numbers import find_subject_number, show_number
from balcao.tickets.actions import change_state, note, staff_reply
from balcao.tickets.models import Ticket
from tests.cast import (
    NOW,
    Customer,
    a_colleague,
    a_customer,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)


def told(ticket: Ticket, kind: str | None = None) -> list[Delivery]:
    run_pending(NOW + 3 * HOUR)
    rows = Delivery.objects.filter(ticket=ticket).order_by("pk")
    return list(rows.filter(kind=kind) if kind else rows)


def opened(**customer: object) -> tuple[Customer, Ticket]:
    made = a_customer(**customer)  # type: ignore[arg-type]
    return made, a_ticket(made)


def test_s12_the_opener_is_told_the_number_and_both_deadlines() -> None:
    customer, ticket = opened()
    [mail] = told(ticket)
    assert (mail.recipient, mail.kind) == (customer.address, "opened")
    assert mail.subject == f"Chamado {show_number(ticket.number)} aberto"
    for part in (mail.text, mail.html.replace("\u00a0", " ")):
        assert show_number(ticket.number) in part
        assert "Começamos até" in part
        assert "sáb., 14/11/2026, 12:00" in part
        assert "Concluímos até" in part
        assert "dom., 15/11/2026, 04:00" in part
        assert f"/chamados/{ticket.number}" in part
        assert ticket.subject in part
    assert find_subject_number(mail.subject) == ticket.number


def test_s7_an_answer_goes_out_and_its_mail_can_be_replied_to(settings: LazySettings) -> None:
    trust_our_server(settings)
    customer, ticket = opened()
    an_answer(ticket, an_agent(), body="Reinicie o serviço.\n\nFuncionou?")
    [mail] = told(ticket, "reply")
    assert mail.subject == f"Re: Chamado {show_number(ticket.number)}: {ticket.subject}"
    assert "Carla Souza escreveu:\n\nReinicie o serviço.\n\nFuncionou?" in mail.text
    assert "Reinicie o serviço.<br>" in mail.html
    assert mail.headers["automatic"] is False
    reply = a_mail(customer.address, answers=mail.mail_id, auth=None)
    assert receive(reply, now=NOW + 4 * HOUR).outcome == "appended"


def test_participants_get_the_answer_too_and_outsiders_nothing() -> None:
    customer, ticket = opened()
    colleague, outsider = a_colleague(customer), a_colleague(customer)
    ticket.participants.add(colleague.user)
    an_answer(ticket, an_agent())
    assert {mail.recipient for mail in told(ticket, "reply")} == {
        customer.address,
        colleague.address,
    }
    assert not Delivery.objects.filter(recipient=outsider.address).exists()


def test_b8_a_note_never_leaves_the_house() -> None:
    _, ticket = opened()
    agent = acting(an_agent())
    note(actor=agent, now=NOW, ticket_id=ticket.pk, body="SEGREDO", key="n")
    an_answer(ticket, an_agent())
    change_state(actor=agent, now=NOW + HOUR, ticket_id=ticket.pk, verb=Verb.RESOLVE)
    mails = told(ticket)
    assert len(mails) == 3
    assert not any("SEGREDO" in mail.text + mail.html for mail in mails)


def test_m4_who_left_or_was_deactivated_is_told_nothing() -> None:
    customer, ticket = opened()
    colleague = a_colleague(customer)
    ticket.participants.add(colleague.user)
    run_pending(NOW)
    people.leave(actor=SYSTEM, now=NOW, user=customer.user, organisation=customer.organisation)
    people.deactivate(actor=SYSTEM, now=NOW, user=colleague.user)
    an_answer(ticket, an_agent())
    assert told(ticket, "reply") == []


def test_an_answer_that_asks_is_one_mail_that_says_so() -> None:
    _, ticket = opened()
    an_answer(ticket, an_agent(), body="Qual a versão?", then=Verb.WAIT_CUSTOMER)
    assert [mail.kind for mail in told(ticket)] == ["opened", "reply"]
    mail = told(ticket)[-1]
    assert mail.subject == f"Precisamos de você no chamado {show_number(ticket.number)}"
    assert "prazo de conclusão fica pausado" in " ".join(mail.text.split())
    assert "Qual a versão?" in mail.text


def test_an_answer_that_resolves_is_one_mail_that_says_so() -> None:
    _, ticket = opened()
    an_answer(ticket, an_agent(), body="Corrigido.", then=Verb.RESOLVE)
    assert [mail.kind for mail in told(ticket)] == ["opened", "reply"]
    mail = told(ticket)[-1]
    assert mail.subject == f"Chamado {show_number(ticket.number)} resolvido: deu certo?"
    assert "em até 7 dias" in mail.text


def test_resolving_and_reopening_are_told() -> None:
    customer, ticket = opened()
    agent = an_agent()
    an_answer(ticket, agent)
    change_state(actor=acting(agent), now=NOW + HOUR, ticket_id=ticket.pk, verb=Verb.RESOLVE)
    change_state(actor=customer.actor, now=NOW + 2 * HOUR, ticket_id=ticket.pk, verb=Verb.REOPEN)
    mails = told(ticket)
    assert [mail.kind for mail in mails] == ["opened", "reply", "resolved", "reopened"]
    assert mails[3].subject == f"Chamado {show_number(ticket.number)} reaberto"


def test_who_says_it_is_solved_is_not_told_so() -> None:
    customer, ticket = opened()
    colleague = a_colleague(customer)
    ticket.participants.add(colleague.user)
    change_state(actor=customer.actor, now=NOW + HOUR, ticket_id=ticket.pk, verb=Verb.RESOLVE)
    assert [mail.recipient for mail in told(ticket, "resolved")] == [colleague.address]


def test_each_reader_reads_their_language() -> None:
    customer, ticket = opened()
    User.objects.filter(pk=customer.user.pk).update(language="en")
    [mail] = told(ticket)
    assert mail.subject == f"Request #{show_number(ticket.number)} opened"
    assert "We start by: Sat, 14 Nov 2026, 12:00" in mail.text
    assert find_subject_number(mail.subject) == ticket.number


def test_the_names_of_files_are_told_and_the_files_stay_in_the_portal() -> None:
    _, ticket = opened()
    file = store(b"1", name="passos.txt", now=NOW)
    staff_reply(
        actor=acting(an_agent()), now=NOW, ticket_id=ticket.pk, body="Veja.", key="f", files=[file]
    )
    [mail] = told(ticket, "reply")
    assert "Arquivo: passos.txt" in mail.text
    assert "Arquivo: passos.txt" in mail.html


def test_g1_what_people_write_is_text_in_html() -> None:
    customer = a_customer(name="<b>Ana</b> Lima")
    ticket = a_ticket(customer, subject="<script>alert(1)</script>")
    an_answer(ticket, an_agent(), body="<img src=x onerror=alert(1)> & é")
    for mail in told(ticket):
        assert "<script" not in mail.html
        assert "<img" not in mail.html
        assert "<b>Ana" not in mail.html
    assert "<img src=x onerror=alert(1)> & é" in told(ticket, "reply")[0].text


def test_a_job_that_runs_twice_tells_once() -> None:
    _, ticket = opened()
    assert len(told(ticket)) == 1
    Job.objects.filter(task="notifications.opened").update(state=JobState.READY)
    assert len(told(ticket)) == 1


def test_e1_two_desks_that_answer_each_other_stop_at_once(settings: LazySettings) -> None:
    trust_our_server(settings)
    customer, ticket = opened()
    an_answer(ticket, an_agent(), then=Verb.WAIT_CUSTOMER)
    sent = len(told(ticket))
    for n in range(20):
        now = NOW + (4 + n) * HOUR
        answer = last_mail(ticket, customer.address)
        raw = a_mail(customer.address, answers=answer.mail_id, body=f"Protocolo {n} recebido")
        receive(raw, now=now)
        run_pending(now)
    assert len(told(ticket)) == sent


def test_no_screen_word_of_ours_reaches_a_customer(settings: LazySettings) -> None:
    trust_our_server(settings)
    customer, ticket = opened()
    an_answer(ticket, an_agent(), then=Verb.WAIT_CUSTOMER)
    receive(a_mail("x@outra.example", subject=about(ticket)), now=NOW)
    receive(a_mail(customer.address, subject="novo"), now=NOW)
    run_pending(NOW + HOUR)
    mails = Delivery.objects.filter(recipient__in=[customer.address, "x@outra.example"])
    assert mails.count() == 4
    for mail in mails:
        for word in ("ticket", "SLA", "quarentena", "política", "violação", "prezado", "S9", "R9"):
            assert word.lower() not in (mail.subject + mail.text).lower().replace("/chamados", "")
