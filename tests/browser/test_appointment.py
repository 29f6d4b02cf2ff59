"""From working hours to an agreed time: offered, chosen by the link of a mail, moved."""

import re
from typing import Any

import pytest
import vobject
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.served import Served

pytestmark = pytest.mark.browser
AGENT, SALES, CUSTOMER = "AGENTE22", "VENDAS22", "MARTA222"


def _a_request(page: Page, subject: str) -> str:
    page.goto("/chamados/abrir")
    page.get_by_label("Gravador de Ligações").check()
    page.locator("select[name=service]").select_option("incident")
    page.get_by_label("Assunto").fill(subject)
    page.locator("textarea[name=body]").fill("Queremos aprender a tirar os relatórios.")
    page.get_by_role("button", name="Abrir Chamado").click()
    page.wait_for_url(re.compile(r"/chamados/\d{10}/aberto"))
    return page.url.split("/")[-2]


def _keep_hours(page: Page) -> None:
    page.goto("/mesa/agenda")
    page.get_by_role("link", name="Meu horário e calendário").click()
    for day in range(5):
        page.locator(f"[name=from_{day}_0]").fill("08:00")
        page.locator(f"[name=until_{day}_0]").fill("12:00")
    page.get_by_role("button", name="Salvar").click()
    expect(page.get_by_text("Salvo.")).to_be_visible()


def _offer(page: Page, number: str) -> None:
    page.goto(f"/mesa/{number}/horarios")
    boxes = page.locator("input[name=times]")
    for place in (-3, -2, -1):
        boxes.nth(place).check()
    page.locator("select[name=mode]").select_option("meeting")
    page.locator("[name=provider]").fill("Google Meet")
    page.locator("[name=link]").fill("https://reuniao.example/treino")
    page.get_by_role("button", name="Oferecer estes horários").click()
    expect(page.get_by_text("Oferecidos, ainda sem escolha")).to_be_visible()


def test_s42_a_time_is_offered_chosen_by_the_mails_link_moved_and_in_everybodys_calendar(
    desk: Served, open_page: Open
) -> None:
    customer, agent = desk.person(CUSTOMER), desk.person(AGENT)
    portal, serving = open_page(desk, customer), open_page(desk, agent)
    number = _a_request(portal, "Treinamento dos relatórios")
    _keep_hours(serving)
    _offer(open_page(desk, desk.person(SALES)), number)

    mail: Any = desk.wait_for_mail(customer.address, subject="Escolha um horário")
    body = mail.get_body(("plain",))
    found = re.search(r"/horario/[\w-]+", body.get_content().replace("=\n", ""))
    assert found
    browser = portal.context.browser
    assert browser
    context = browser.new_context(base_url=desk.url, locale="pt-BR")
    visitor = context.new_page()
    visitor.goto(found[0])
    visitor.locator("label.choice-card").first.click()
    visitor.get_by_role("button", name="Marcar este horário").click()
    expect(visitor.get_by_text("Seu horário está marcado")).to_be_visible()
    expect(visitor.get_by_text("Este link já foi usado")).to_be_visible()
    context.close()

    invitation = desk.wait_for_mail(customer.address, subject="Atendimento marcado")
    first = _event(invitation)
    desk.wait_for_mail(agent.address, subject="Atendimento marcado")

    portal.goto(f"/chamados/{number}")
    portal.get_by_role("link", name="Ver ou remarcar o horário").click()
    expect(portal.get_by_role("link", name="Abrir a reunião")).to_be_visible()
    portal.get_by_role("link", name="Remarcar").click()
    portal.locator("label.choice-card").last.click()
    portal.get_by_role("button", name="Remarcar para este horário").click()
    expect(portal.get_by_text("Remarcado. O novo convite vai por e-mail.")).to_be_visible()
    second = _event(desk.wait_for_mail(customer.address, subject="Atendimento remarcado"))
    assert second.uid.value == first.uid.value
    assert int(second.sequence.value) == int(first.sequence.value) + 1

    serving.goto(f"/mesa/agenda?dia={second.dtstart.value.date().isoformat()}")
    shown = f"{number[:3]} {number[3:6]} {number[6:]}"
    booked = serving.get_by_text("Marta Azevedo").filter(has_text=shown)
    expect(booked).to_be_visible()


def _event(mail: Any) -> Any:
    parts = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    return vobject.readOne(parts[0].get_content()).vevent
