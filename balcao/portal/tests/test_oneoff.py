"""Chamados avulsos in the portal: what is left of each, and using it (S28-S36, R16)."""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from balcao.appointments.actions import attend
from balcao.entitlements.actions import run_prepaid
from balcao.portal.tests.helping import at, at_most, refusal_of, text_of, where
from balcao.tickets import actions
from balcao.tickets.models import Attachment, Draft, Message, Ticket
from tests.cast import NOW, a_colleague, a_customer, acting, an_agent, an_answer, signed_in
from tests.cast_appointments import a_booking, with_hours
from tests.sales import a_seller, a_sold_ticket

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)
# Bought on 13 November 2026: good until the end of the 13th of the year after, in Recife.
OVER = datetime(2027, 11, 14, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def _typed(**changes: Any) -> dict[str, Any]:
    return {
        "key": uuid.uuid4().hex,
        "service": "incident",
        "subject": "Gravador parado",
        "body": "O gravador parou de gravar.",
    } | changes


def _here(ticket: Ticket) -> str:
    return reverse("oneoff_use", args=[ticket.number])


def _describe(ticket: Ticket) -> None:
    actions.customer_message(
        actor=acting(ticket.opener),
        now=NOW,
        ticket_id=ticket.pk,
        body="O gravador parou de gravar.",
        key=uuid.uuid4().hex,
        subject="Gravador parado",
    )


def test_s28_s43_the_list_says_how_many_are_left_and_counts_their_days_down() -> None:
    holder = a_customer(with_contract=False, with_licence=False)
    new, old = (a_sold_ticket(holder, now=NOW - days * 24 * HOUR) for days in (0, 340))
    used = a_sold_ticket(holder)
    _describe(used)
    stranger = a_sold_ticket()
    browser = signed_in(holder.user)
    with at_most(8):
        page = browser.get(reverse("oneoff"))
    text = text_of(page)
    assert "2 disponíveis" in text
    assert "Disponível até 08/12/2026 faltam 25 dias" in text
    assert "Disponível até 13/11/2027 faltam 365 dias" in text
    assert "Gravador parado Em uso" in text
    numbers = re.findall(r"/avulsos/(\d{10})", page.content.decode())
    assert numbers == [old.number, new.number, used.number]
    assert stranger.number not in page.content.decode()


def test_s28_the_first_page_says_how_many_are_left_and_until_when_the_first_is_good() -> None:
    holder = a_customer()
    browser = signed_in(holder.user)
    assert "Chamados avulsos 1 disponível" not in text_of(browser.get(reverse("portal_home")))
    a_sold_ticket(holder)
    assert "1 disponível · até 13/11/2027" in text_of(browser.get(reverse("portal_home")))
    a_sold_ticket(holder, now=NOW - 240 * HOUR)
    with at_most(12):
        text = text_of(browser.get(reverse("portal_home")))
    assert "2 disponíveis · o primeiro até 03/11/2027" in text


def test_s32_s34_the_page_of_one_says_what_it_covers_and_what_became_of_it() -> None:
    ticket = a_sold_ticket()
    browser = signed_in(ticket.opener)
    with at_most(9):
        text = text_of(browser.get(_here(ticket)))
    assert "Comprado: válido até 13/11/2027." in text
    assert "Coberto: Erro ou falha no sistema Não coberto: Upgrade de licenças" in text
    assert "com #" in text
    assert "08:00 às 18:00" in text


def test_r16_describing_the_problem_submits_it_and_the_same_form_twice_is_once() -> None:
    ticket = a_sold_ticket()
    browser = signed_in(ticket.opener)
    typed = _typed()
    opened = reverse("ticket_opened", args=[ticket.number])
    for _ in range(2):
        with at_most(25):
            assert where(browser.post(_here(ticket), typed)) == opened
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert (fresh.state, fresh.subject) == ("open", "Gravador parado")
    assert Message.objects.filter(ticket=ticket).count() == 1
    assert "Seu chamado está aberto" in text_of(browser.get(opened))


def test_r20_what_was_submitted_is_covered_by_itself_and_stands_among_the_open_ones() -> None:
    ticket = a_sold_ticket()
    browser = signed_in(ticket.opener)
    assert where(browser.get(reverse("ticket", args=[ticket.number]))) == _here(ticket)
    for shown in ("", "todos"):
        page = browser.get(reverse("tickets"), {"v": shown} if shown else {})
        assert ticket.number not in page.content.decode()
    _describe(ticket)
    assert ticket.number in browser.get(reverse("tickets")).content.decode()
    with at_most(12):
        text = text_of(browser.get(reverse("ticket", args=[ticket.number])))
    assert "Coberto : Chamado avulso: problema até 13/11/2027" in text
    assert "Ver o chamado" in text_of(browser.get(_here(ticket)))


def test_s34_an_excluded_service_is_refused_with_the_way_out_and_nothing_typed_is_lost() -> None:
    ticket = a_sold_ticket()
    browser = signed_in(ticket.opener)
    typed = _typed(service="tariff_update", subject="Tabela nova")
    file = SimpleUploadedFile("tabela.txt", b"0800;1,20")
    answer: Any = browser.post(_here(ticket), typed | {"files": file})
    assert answer.status_code == 422
    refused = refusal_of(answer)
    assert "Nada foi usado" in refused
    assert "Ligar para o comercial" in refused
    text = answer.content.decode()
    assert "continua disponível até 13/11/2027" in text_of(answer)
    assert 'value="Tabela nova"' in text
    kept = re.findall(r'name="kept" value="([^"]+)"', text)
    assert len(kept) == 1
    key = re.findall(r'name="key" value="([^"]+)"', text)[0]
    again = browser.post(_here(ticket), _typed(key=key, kept=kept))
    assert where(again) == reverse("ticket_opened", args=[ticket.number])
    assert Attachment.objects.get(message__ticket=ticket).file.name == "tabela.txt"
    assert not Draft.objects.filter(owner=ticket.opener).exists()


def test_s35_s36_what_nobody_listed_is_asked_of_sales_and_the_page_says_until_when() -> None:
    ticket = a_sold_ticket(agreed=False)
    browser = signed_in(ticket.opener)
    page = browser.get(_here(ticket)).content.decode()
    assert re.search(r'label="A confirmar com o comercial">.*value="incident" selected', page)
    answer = browser.post(_here(ticket), _typed())
    opened = text_of(browser.get(where(answer)))
    assert "Você terá a resposta até" in opened
    assert Ticket.objects.get(pk=ticket.pk).state == "asking_sales"


def test_r18_what_sales_says_is_not_covered_is_told_in_its_history() -> None:
    ticket = a_sold_ticket(agreed=False)
    _describe(ticket)
    actions.answer_scope(
        actor=acting(a_seller()),
        now=NOW + HOUR,
        ticket_id=ticket.pk,
        covered=False,
        reason="É de outro fabricante.",
    )
    text = text_of(signed_in(ticket.opener).get(_here(ticket)))
    assert "É de outro fabricante." in text
    assert "O comercial respondeu que não está coberto: nada foi usado." in text
    assert "Disponível até 13/11/2027" in text


def test_s28_what_has_expired_says_so_and_a_form_kept_open_is_refused() -> None:
    ticket = a_sold_ticket()
    with at(OVER):
        browser = signed_in(ticket.opener)
        text = text_of(browser.get(_here(ticket)))
        answer: Any = browser.post(_here(ticket), _typed())
    assert "Vencido em 13/11/2027" in text
    assert "Usar este chamado" not in text
    assert answer.status_code == 422
    assert "valia até 13/11/2027" in refusal_of(answer)
    assert "O gravador parou de gravar." in text_of(answer)
    assert Ticket.objects.get(pk=ticket.pk).state == "sold"


def test_s28_the_history_names_the_day_it_expired_and_not_the_moment_that_was_noted() -> None:
    ticket = a_sold_ticket()
    with at(OVER + timedelta(days=3)):
        run_prepaid(OVER + timedelta(days=3))
        text = text_of(signed_in(ticket.opener).get(_here(ticket)))
    assert "Venceu em 13/11/2027." in text
    assert "17/11" not in text


def test_s42_an_agreed_training_is_scheduled_until_it_is_attended_and_its_time_leads() -> None:
    ticket, agent = a_sold_ticket(kind="oneoff_training"), with_hours(an_agent())
    browser = signed_in(ticket.opener)
    before = text_of(browser.get(_here(ticket)))
    how = before.partition("Como usar")[2]
    assert how.index("Combine um horário com o comercial") < how.index("acesso remoto")
    assert how.index("acesso remoto") < how.index("(81) 2121-9700")
    booked = a_booking(ticket, agent)
    for route in (_here(ticket), reverse("oneoff")):
        agreed = text_of(browser.get(route))
        assert "Agendado para 16/11/2026" in agreed
        assert "Em uso" not in agreed
    page = text_of(browser.get(_here(ticket)))
    assert "O problema já foi descrito" not in page
    how = page.partition("Como usar")[2]
    assert how.strip().startswith("Seu horário: seg., 16/11/2026, 09:00")
    with at(booked.begins):
        attend(actor=acting(agent), now=booked.begins, appointment_id=booked.pk)
        assert "Agendado para" not in text_of(browser.get(_here(ticket)))


def test_r16_thanks_alone_do_not_use_it_and_faults_are_told_beside_their_fields() -> None:
    ticket = a_sold_ticket()
    browser = signed_in(ticket.opener)
    for changes, said in (
        ({"body": "Muito obrigada!"}, "só agradece"),
        ({"subject": ""}, "Diga em poucas palavras"),
        ({"service": "nope"}, "Escolha um dos tipos de ajuda"),
    ):
        answer = browser.post(_here(ticket), _typed(**changes))
        assert answer.status_code == 422
        assert said in text_of(answer)
    assert Ticket.objects.get(pk=ticket.pk).state == "sold"
    assert not Message.objects.filter(ticket=ticket).exists()


def test_s27_outside_business_hours_the_page_says_when_we_are_back() -> None:
    ticket = a_sold_ticket()
    with at(datetime(2026, 11, 14, 15, tzinfo=UTC)):
        text = text_of(signed_in(ticket.opener).get(_here(ticket)))
    assert "voltamos" in text
    assert "Descreva o problema agora" in text


def test_what_somebody_else_described_meanwhile_is_not_written_into_their_request() -> None:
    ticket = a_sold_ticket()
    _describe(ticket)
    answer = signed_in(ticket.opener).post(_here(ticket), _typed(body="Outra coisa"))
    assert answer.status_code == 422
    assert "foi descrito nesse meio-tempo" in text_of(answer)
    assert "Outra coisa" in text_of(answer)
    assert Message.objects.filter(ticket=ticket).count() == 1


def test_b5_the_one_off_of_somebody_else_does_not_exist() -> None:
    ticket = a_sold_ticket()
    stranger = signed_in(a_customer().user)
    assert stranger.get(_here(ticket)).status_code == 404
    assert stranger.post(_here(ticket), _typed()).status_code == 404
    assert Ticket.objects.get(pk=ticket.pk).state == "sold"


def test_b5_a_colleague_finds_it_where_the_company_lets_them_see_each_others() -> None:
    for sees in (True, False):
        holder = a_customer(members_see_all=sees, with_contract=False, with_licence=False)
        ticket = a_sold_ticket(holder)
        page = signed_in(a_colleague(holder).user).get(_here(ticket))
        assert (page.status_code == 200) is sees
        assert (f"É de {holder.user.name}." in text_of(page)) is sees


def test_s33_what_was_used_is_told_with_its_day_and_the_request_stays() -> None:
    ticket = a_sold_ticket()
    _describe(ticket)
    an_answer(ticket, an_agent(), now=NOW + HOUR)
    text = text_of(signed_in(ticket.opener).get(_here(ticket)))
    assert "Utilizado em 13/11/2026" in text
    assert "O chamado avulso não substitui um contrato de suporte." in text


def test_r16_what_waits_for_its_problem_has_no_other_page_that_takes_it_for_a_request() -> None:
    ticket = a_sold_ticket()
    browser = signed_in(ticket.opener)
    for route in ("ticket_why", "ticket_people", "ticket_opened", "ticket"):
        page = browser.get(reverse(route, args=[ticket.number]), follow=True)
        assert page.status_code == 200, route
    for route in ("ticket_cancel", "ticket_resolve", "ticket_reopen"):
        page = browser.post(reverse(route, args=[ticket.number]), follow=True)
        assert page.status_code in (200, 403), route
        assert Ticket.objects.get(pk=ticket.pk).state == "sold", route
    found = browser.get(reverse("tickets"), {"q": ticket.number}, follow=True)
    assert "Usar este chamado" in text_of(found)


def test_r18_a_reply_to_what_is_available_again_is_kept_and_uses_nothing() -> None:
    ticket = a_sold_ticket(agreed=False)
    browser = signed_in(ticket.opener)
    _describe(ticket)
    actions.answer_scope(
        actor=acting(a_seller()), now=NOW + HOUR, ticket_id=ticket.pk, covered=False, reason="Não."
    )
    typed = {"key": uuid.uuid4().hex, "body": "Aqui está o arquivo."}
    file = SimpleUploadedFile("log.txt", b"x")
    page = browser.post(reverse("ticket_reply", args=[ticket.number]), typed | {"files": file})
    assert page.status_code == 422
    assert "Sua mensagem não foi enviada" in text_of(page)
    assert "Aqui está o arquivo." in text_of(page)
    assert Ticket.objects.get(pk=ticket.pk).state == "sold"
    shown = page.content.decode()
    kept = re.findall(r'name="kept" value="([^"]+)"', shown)
    key = re.findall(r'name="key" value="([^"]+)"', shown)[0]
    again = browser.post(_here(ticket), _typed(key=key, kept=kept))
    assert where(again) == reverse("ticket_opened", args=[ticket.number])
    assert Attachment.objects.get(message__ticket=ticket).file.name == "log.txt"
