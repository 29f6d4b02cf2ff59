"""An exception by two supervisors lets a refused customer open the draft that was kept (R14)."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.served import Served

pytestmark = pytest.mark.browser

CUSTOMER, ASKER, APPROVER = "HEBERT22", "SPRVSR22", "SPRVSR33"
COMPANY = "Agropecuária Três Rios"
DRAFT = "Relatório mensal não abre"
OPENED = re.compile(r"/chamados/\d{10}/aberto")


def _send_draft(page: Page, subject: str) -> None:
    """Take up the draft with that subject and send it as it stands."""
    page.goto("/inicio")
    page.get_by_role("link", name=subject).first.click()
    page.get_by_role("button", name="Abrir Chamado").click()


def _in_recife(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("America/Recife")).strftime("%Y-%m-%dT%H:%M")


def test_r14_two_supervisors_release_what_an_expired_licence_refused(
    desk: Served, open_page: Open
) -> None:
    customer = open_page(desk, desk.person(CUSTOMER))
    _send_draft(customer, DRAFT)
    expect(customer.locator(".refusal")).to_contain_text("venceu em")

    asker = open_page(desk, desk.person(ASKER))
    asker.goto("/mesa/recusas?dias=90")
    row = asker.locator("tr", has_text=COMPANY).first
    expect(row).to_contain_text("Hebert Nunes")
    row.get_by_role("link", name="Liberar como exceção").click()
    expect(asker.locator("input[name=rules][value=S5]")).to_be_checked()
    asker.locator("input[name=ends]").fill(_in_recife(datetime.now().astimezone() + timedelta(1)))
    asker.locator("textarea[name=reason]").fill("Renovação combinada para sexta-feira.")
    asker.get_by_role("button", name="Pedir a exceção").click()
    expect(asker.get_by_text("Espera uma segunda pessoa")).to_be_visible()
    expect(asker.get_by_role("button", name="Aprovar")).to_have_count(0)
    _send_draft(customer, DRAFT)
    expect(customer.locator(".refusal")).to_be_visible()

    approver = open_page(desk, desk.person(APPROVER))
    approver.goto("/mesa/excecoes")
    approver.locator("tr", has_text=COMPANY).get_by_role("link", name="Responder").click()
    expect(approver.get_by_text("Renovação combinada para sexta-feira.")).to_be_visible()
    approver.get_by_role("button", name="Aprovar", exact=True).click()
    expect(approver.locator(".badge-state")).to_have_text("Em vigor")
    desk.wait_for_mail(desk.person(ASKER).address, subject="Exceção aprovada")

    _send_draft(customer, DRAFT)
    customer.wait_for_url(OPENED)
    number = customer.url.split("/")[-2]
    asker.goto(f"/mesa/{number}/historico")
    expect(asker.get_by_text("Liberado como exceção")).to_be_visible()

    asker.goto("/mesa/excecoes?v=em-vigor")
    asker.locator("tr", has_text=COMPANY).get_by_role("link", name="Ver").click()
    asker.get_by_role("button", name="Retirar a exceção").click()
    expect(asker.locator(".badge-state")).to_have_text("Encerrada")
    customer.goto("/chamados/abrir")
    customer.get_by_label("Tarifador").first.check(force=True)
    customer.locator("select[name=service]").select_option("incident")
    customer.get_by_label("Assunto").fill("Mais uma vez")
    customer.locator("textarea[name=body]").fill("O relatório voltou a falhar.")
    customer.get_by_role("button", name="Abrir Chamado").click()
    expect(customer.locator(".refusal")).to_contain_text("venceu em")
