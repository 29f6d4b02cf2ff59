"""What is done on a ticket besides answering, and what its customer gets to see of it."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.served import Served
from tests.browser.test_main_job import _grouped, _open_a_ticket

pytestmark = pytest.mark.browser

AGENT, COLLEAGUE, SUPERVISOR = "AGENTE22", "AGENTE33", "SPRVSR22"
CUSTOMER = "MARTA222"


def _more(page: Page, label: str) -> None:
    """Choose something of the ticket's menu."""
    page.locator("summary[data-key=s]").click()
    page.locator(".pop-panel").get_by_role("link", name=label).click()


def _promises(page: Page, number: str) -> list[str | None]:
    """The ticket's deadlines, each as it is written out."""
    page.goto(f"/mesa/{number}")
    times = page.locator(".ticket-head time.chip")
    return [one.get_attribute("datetime") for one in times.all()]


def _place(page: Page, number: str) -> str:
    page.goto("/mesa/?v=fila")
    return page.locator(f"[data-number='{number}'] .row-place").inner_text()


def _answer(page: Page, text: str) -> None:
    page.locator("#composer-text").fill(text)
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(page.locator(".message-staff", has_text=text)).to_be_visible()


def test_s30_another_product_goes_through_the_gate_again_and_keeps_its_place(
    desk: Served, open_page: Open
) -> None:
    portal = open_page(desk, desk.person(CUSTOMER))
    number = _open_a_ticket(portal, "Aberto no produto errado")
    page = open_page(desk, desk.person(AGENT))
    place, promises = _place(page, number), _promises(page, number)
    assert place.strip()
    assert len(promises) == 2
    _more(page, "Trocar produto")
    product = page.get_by_label("Produto")
    covered = product.locator("option", has_text="Tarifador Hoteleiro").get_attribute("value")
    product.select_option(covered)
    page.get_by_role("button", name="Trocar produto").click()
    page.wait_for_url(re.compile(rf"/mesa/{number}(\?|$)"))
    assert _promises(page, number) == promises
    assert _place(page, number) == place
    portal.goto(f"/chamados/{number}")
    expect(portal.get_by_text("Tarifador Hoteleiro").first).to_be_visible()
    address = desk.person(CUSTOMER).address
    told = f"Trocamos o produto ou o serviço do chamado {_grouped(number)}"
    desk.wait_for_mail(address, subject=told)


def test_s02_another_product_of_a_company_without_contract_is_refused_and_changes_nothing(
    desk: Served, open_page: Open
) -> None:
    page = open_page(desk, desk.person(SUPERVISOR))
    page.goto("/mesa/?v=abertos")
    row = page.locator("[data-row]", has_text="Ligações do tronco novo chegam sem número")
    number = str(row.get_attribute("data-number"))
    page.goto(f"/mesa/{number}/produto")
    service = page.get_by_label("Serviço")
    before = service.input_value()
    service.select_option("configuration")
    page.get_by_role("button", name="Trocar produto").click()
    expect(page.locator(".refusal")).to_contain_text(
        "O contrato de suporte de Gráfica Ponto Certo terminou em"
    )
    expect(page.locator(".ticket-body")).to_contain_text("S2")
    expect(service).to_have_value("configuration")
    page.goto(f"/mesa/{number}/produto")
    expect(service).to_have_value(before)
    page.goto(f"/mesa/{number}/historico")
    expect(page.get_by_text("Produto ou serviço trocado")).to_have_count(0)


def test_r04_the_customer_reads_whom_a_ticket_waits_for_and_the_deadline_runs_on(
    desk: Served, open_page: Open
) -> None:
    portal = open_page(desk, desk.person(CUSTOMER))
    number = _open_a_ticket(portal, "Tronco mudo desde cedo")
    page = open_page(desk, desk.person(AGENT))
    page.goto(f"/mesa/{number}")
    _answer(page, "Vou abrir um chamado na operadora.")
    promises = _promises(page, number)
    _more(page, "Aguardar terceiros")
    page.get_by_label("Quem precisa agir").fill("Operadora do tronco")
    page.get_by_label("Protocolo deles").fill("2026-77412")
    today = datetime.now(ZoneInfo("America/Recife")).date()
    review = today + timedelta(4)
    page.get_by_label("Cobrar de novo em").fill(f"{today - timedelta(1)}")
    page.get_by_role("button", name="Salvar").click()
    expect(page.get_by_text("Escolha hoje ou um dia depois.")).to_be_visible()
    expect(page.get_by_label("Quem precisa agir")).to_have_value("Operadora do tronco")
    page.get_by_label("Cobrar de novo em").fill(f"{review}")
    page.get_by_role("button", name="Salvar").click()
    expect(page.locator(".ticket-head .badge-state")).to_have_text("Aguardando terceiros")
    expect(page.locator(".ticket-head")).to_contain_text("Operadora do tronco")
    assert _promises(page, number) == promises

    portal.goto(f"/chamados/{number}")
    told = portal.locator(".notice", has_text="Aguardando: Operadora do tronco")
    expect(told).to_contain_text("2026-77412")
    expect(told).to_contain_text(f"{review:%d/%m}")
    expect(told).to_contain_text("O prazo de conclusão não para.")
    mail = desk.wait_for_mail(
        desk.person(CUSTOMER).address, subject=f"{_grouped(number)}: aguardando"
    )
    assert "Operadora do tronco" in str(mail.get_body(("plain",)))  # type: ignore[attr-defined]


def test_a9_a_remote_access_stands_on_the_ticket_from_its_consent_to_its_end(
    desk: Served, open_page: Open
) -> None:
    portal = open_page(desk, desk.person(CUSTOMER))
    number = _open_a_ticket(portal, "Gravador sem espaço em disco")
    page = open_page(desk, desk.person(AGENT))
    page.goto(f"/mesa/{number}")
    _more(page, "Acesso remoto")
    expect(page.locator("input[type=password]")).to_have_count(0)
    page.get_by_label("Ferramenta").fill("RustDesk")
    session = page.get_by_label("Identificação da sessão")
    session.fill("senha: Mar&Alta2026")
    begin = page.get_by_role("button", name="Iniciar o acesso remoto")
    begin.click()
    expect(page.get_by_text("Isto parece uma senha.").first).to_be_visible()
    session.fill("481 220 913")
    page.get_by_label("Quem concordou").fill("Marta Azevedo")
    begin.click()
    end = page.locator(".ticket-head").get_by_role("button", name="Encerrar o acesso remoto")
    expect(end).to_be_visible()
    expect(page.locator(".ticket-head .badge-state")).to_have_text("Em atendimento")
    expect(page.locator(".thread")).to_contain_text("RustDesk")
    portal.goto(f"/chamados/{number}")
    banner = portal.locator(".notice", has_text="Acesso remoto em andamento")
    expect(banner).to_contain_text("Marta Azevedo")
    expect(portal.locator("body")).not_to_contain_text("481 220 913")

    end.click()
    expect(end).to_have_count(0)
    portal.reload()
    expect(banner).to_have_count(0)
    expect(portal.locator(".thread")).to_contain_text("RustDesk")
    page.goto(f"/mesa/{number}/atendimento")
    expect(page.locator("main")).to_contain_text("481 220 913")


@pytest.mark.parametrize("script", [True, False])
def test_a_colleague_answered_meanwhile_and_nothing_is_lost_or_sent_unseen(
    desk: Served, open_page: Open, script: bool
) -> None:
    number = _open_a_ticket(open_page(desk, desk.person(CUSTOMER)), "Dois atendem ao mesmo tempo")
    mine = open_page(desk, desk.person(AGENT), script=script)
    theirs = open_page(desk, desk.person(COLLEAGUE), script=script)
    mine.goto(f"/mesa/{number}")
    theirs.goto(f"/mesa/{number}")
    _answer(theirs, "Já reiniciei o serviço por aqui.")
    text = mine.locator("#composer-text")
    text.fill("Pode reiniciar o serviço, por favor?")
    mine.get_by_role("button", name="Enviar", exact=True).click()
    expect(mine.get_by_text("1 mensagem nova enquanto você escrevia")).to_be_visible()
    expect(mine.locator(".composer-news")).to_contain_text("Já reiniciei o serviço por aqui.")
    expect(text).to_have_value("Pode reiniciar o serviço, por favor?")
    theirs.reload()
    expect(theirs.locator(".message", has_text="Pode reiniciar o serviço")).to_have_count(0)
    text.fill("Reiniciado pelo colega. Voltou a gravar?")
    mine.get_by_role("button", name="Enviar mesmo assim").click()
    expect(mine.locator(".message-staff", has_text="Voltou a gravar?")).to_be_visible()
    expect(mine.locator(".composer-news")).to_have_count(0)
    expect(text).to_have_value("")
